"""Operations made by chance over the real schema and a real store: none ends in a fault of ours.

`suyuan bench fuzz` asks thousands more, of a service in a process of its own.
"""

from __future__ import annotations

import asyncio
import gc
import random
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from graphql import build_schema
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from api import schema
from api.app import create_app
from api.settings import ApiSettings
from benchmarks.fuzz import GRAPHQL, judge
from benchmarks.fuzz_operations import Operation, Operations
from benchmarks.fuzz_values import Pool, Values
from graph.store.async_session import AsyncStore
from graph.store.connection import Connection
from graph.store.session import Store
from tests.conftest import cleared
from tests.integration.api.service import NOW, Service
from tests.integration.queries.world import HERE, NATION, THERE, World

OPERATIONS = 300

#: Whoever is cancelled while the driver opens a connection leaves a socket behind (a fault of neo4j 6.4),
#: which is closed when it is collected; operations made by chance are cancelled all the time.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")


@dataclass(slots=True)
class Asked:
    """A service that stays open, and operations made for it."""

    loop: asyncio.AbstractEventLoop
    client: httpx.AsyncClient
    operations: Operations

    def ask(self, operation: Operation) -> str:
        headers = {"content-type": "application/json", "accept": GRAPHQL}
        request = self.client.post("/graphql", content=operation.body, headers=headers)
        response = self.loop.run_until_complete(request)
        verdict = judge(response.status_code, response.content)
        assert verdict.defect is None, response.text
        return verdict.outcome


@pytest.fixture(scope="module")
def asked(
    server: Connection, store: Store, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Asked]:
    fill(World(cleared(store)))
    tokens = Service(server, tmp_path_factory.mktemp("fuzz"))
    app = ApiSettings(tokens.folder / "tokens.json", now=lambda: NOW)
    loop = asyncio.new_event_loop()
    opened = loop.run_until_complete(AsyncStore.open(server, wait=False))
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(opened, app), raise_app_exceptions=False),
        base_url="http://test",
        headers={"authorization": f"Bearer {tokens.tokens['here']}"},
    )
    yield Asked(loop, client, Operations(schema.executable(), Values(Pool.of(store))))
    loop.run_until_complete(client.aclose())
    loop.run_until_complete(opened.close())
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()  # here, and not in a test that has nothing to do with it


def fill(world: World) -> None:
    """A thing of most kinds, with relations, a finding, a network and a flag, in two regions."""
    platform = world.thing("Platform", ("taobao",), name="淘宝", region=NATION)
    merchants = [world.thing("Merchant", (f"M{n}",), name=f"宏达电子{n}") for n in range(6)]
    hidden = world.thing("Merchant", ("M9",), name="远方商行", region=THERE)
    phone = world.thing("Phone", ("+8613800138000",))
    for number, merchant in enumerate([*merchants, hidden]):
        shop = world.thing("Store", ("taobao", f"{number}"), name=f"店{number}")
        world.link("ON_PLATFORM", shop, platform)
        world.link("OPERATES", merchant, shop, region=THERE if merchant == hidden else HERE)
        world.link("USES_PHONE", merchant, phone, role="contact")
    lab = world.thing("TestLab", ("L1",), name="检测所", region=NATION)
    world.thing("TestReport", ("L1", "R1"), issued_on="2025-09-02")
    world.thing("Certificate", ("C1",), scheme="CCC")
    world.thing("CertificateStatus", ("C1", "2025-09-01"), state="valid")
    world.settle()
    world.finding(1, merchants[:2], [HERE])
    world.finding(2, [lab, hidden], [HERE, THERE])
    cluster = world.cluster("C1", [HERE, THERE])
    for merchant in (*merchants[:3], hidden):
        world.member(cluster, merchant, [(phone, "USES_PHONE", [HERE])])
    world.flag(1, [HERE], cluster_ids=[cluster], member_ids=merchants[:3])


@settings(
    max_examples=OPERATIONS,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(rng=st.randoms(use_true_random=False))
def test_no_operation_ends_in_a_fault_of_ours(asked: Asked, rng: random.Random) -> None:
    asked.ask(asked.operations.operation(rng))


def test_operations_by_seed_are_mostly_executed(asked: Asked) -> None:
    rng = random.Random(11)
    outcomes = Counter(asked.ask(asked.operations.operation(rng)) for _ in range(60))
    # Operations that are all refused before they run would find nothing.
    assert outcomes["data"] >= 24
    assert len(outcomes) >= 3


@pytest.mark.parametrize(
    "query",
    [
        # No things, and no property that is measured: the statement returned no row at all.
        "{ payeeAccountsAggregate(first: 1) { count } }",
        "{ payeeAccountsAggregate(groupBy: [REGIONS], first: 1) { count groups { count } } }",
    ],
)
def test_what_chance_once_found(asked: Asked, query: str) -> None:
    assert asked.ask(Operation(query)) == "data"


def test_a_seed_says_what_is_asked() -> None:
    built = build_schema("type Query { a(b: String, first: Int): Query  c: Int }")
    pool = Pool(("Merchant:M1",), {"name": ("宏达",)})

    def some() -> list[Operation]:
        rng = random.Random(3)
        return [Operations(built, Values(pool)).operation(rng) for _ in range(20)]

    assert some() == some()
    assert len({str(operation.query) for operation in some()}) > 10


@pytest.mark.parametrize(
    ("status", "body", "defect"),
    [
        (200, b'{"data": {"a": 1}}', None),
        (400, b'{"errors": [{"extensions": {"code": "BAD_USER_INPUT"}}]}', None),
        (503, b'{"errors": [{"extensions": {"code": "SERVICE_UNAVAILABLE"}}]}', None),
        (200, b'{"data": null}', "nothing, and no word why"),
        (500, b'{"errors": [{"extensions": {"code": "ODD"}}]}', "HTTP 500"),
        (200, b'{"data": {}, "errors": [{"message": "x"}]}', "an error without a code"),
        (
            200,
            b'{"data": {}, "errors": [{"extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}',
            "INTERNAL_SERVER_ERROR",
        ),
        (500, b"Internal Server Error", "no JSON"),
        (200, b"[]", "neither data nor errors"),
        (0, b"TimeoutError()", "no JSON"),
    ],
)
def test_what_is_a_defect(status: int, body: bytes, defect: str | None) -> None:
    assert judge(status, body).defect == defect
