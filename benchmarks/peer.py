"""The same questions to Suyuan, to @neo4j/graphql (npm) and to plain strawberry, over one Neo4j.

All three are processes of their own on loopback and are asked in turns, so that a busy machine slows
all of them alike; a time is from sending the request to the last byte of the answer, and beside it
stands the CPU time of the service's own process (the database is the same for all). The peers read
plainly, while Suyuan filters by region, masks and orders by id: the ratio is against less work.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import psutil

from benchmarks.figures import Figure, at_most
from benchmarks.node import packages
from benchmarks.served import (
    LASTING,
    KeptConnection,
    credentials,
    free_port,
    process,
    readers,
    served,
)
from graph.model.provenance import Record, payload_of
from graph.store.connection import Connection
from graph.store.constraints import prepare
from graph.store.naming import Namer
from graph.store.rows import EntityRow, RelationRow
from graph.store.session import Store
from graph.store.upsert import materialise, upsert_entities, upsert_relations

PEER = Path(__file__).parent / "peer"
OURS, NEO4J_GRAPHQL, STRAWBERRY = "suyuan", "@neo4j/graphql 7.6.3", "strawberry, plain"
STORES, MERCHANTS, STORES_EACH = 10_000, 500, 5
WARM_UP = 20
"""Answers before those that count: Java compiles what is asked again and again."""
_READERS, _ATTEMPTS = 20, 5
_REGION, _DAY = "330000", "2025-09-01"
_STORE = "id platform nativeId name openedOn"
_MERCHANT = "id merchantId name division firstSeen"


@dataclass(frozen=True, slots=True)
class Question:
    """One question in the words of each; `goal` is the ratio to the peer that was asked for."""

    figure: str
    ours: str
    theirs: str
    goal: float

    def asked_of(self, name: str) -> str:
        """The query for one of the three."""
        return self.ours if name == OURS else self.theirs


QUESTIONS = (
    Question(
        "graphql.list10k",
        f"{{ stores(first: {STORES}) {{ nodes {{ {_STORE} }} }} }}",
        f"{{ stores(limit: {STORES}) {{ {_STORE} }} }}",
        0.25,
    ),
    Question(
        "graphql.nested",
        f"{{ merchants(first: {MERCHANTS}) {{ nodes {{ {_MERCHANT} "
        f"operates(first: {STORES_EACH}) {{ nodes {{ {_STORE} }} }} }} }} }}",
        f"{{ merchants(limit: {MERCHANTS}) {{ {_MERCHANT} operates {{ {_STORE} }} }} }}",
        0.5,
    ),
    Question(
        "graphql.small",
        f"{{ merchants(first: 10) {{ nodes {{ {_MERCHANT} "
        f"operates(first: {STORES_EACH}) {{ nodes {{ {_STORE} }} }} }} }} }}",
        f"{{ merchants(limit: 10) {{ {_MERCHANT} operates {{ {_STORE} }} }} }}",
        1.0,
    ),
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What one answer took, in ms: on the wall, and of the CPU by the service (in ticks of 10)."""

    wall_ms: float
    cpu_ms: float


Times = dict[str, dict[str, list[Taken]]]
"""Question → which of the three → what each of its answers took."""


class Differs(RuntimeError):
    """The three do not answer alike, so that their times say nothing."""


def run(repetitions: int, folder: Path) -> tuple[list[Figure], Times]:
    """Fill a store below `folder`, ask, and compare; the figures, and what every answer took.

    Raises benchmarks.node.NodeUnavailable where the peer cannot be had, and Differs.
    """
    with Store.open(folder / "store", LASTING) as store:
        prepare(store)
        fill(store)
        with services(store.connection, folder / "tokens.json") as clients:
            check(clients)
            times = _measure(clients, repetitions)
    return figures(times), times


def fill(store: Store, stores_in_all: int = STORES, merchants_in_all: int = MERCHANTS) -> None:
    """Stores on one platform, and merchants that operate five each of the first; all of one region."""
    namer = Namer.of(store)
    stores = [
        _entity(
            ("taobao", f"{at:05d}"),
            platform="taobao",
            native_id=f"{at:05d}",
            name=f"宏达电子第{at}旗舰店",
            opened_on=f"2024-{1 + at % 12:02d}-{1 + at % 28:02d}",
        )
        for at in range(stores_in_all)
    ]
    merchants = [
        _entity(
            (f"M{at:04d}",),
            merchant_id=f"M{at:04d}",
            name=f"杭州宏达{at}电子商行",
            division="330106",
        )
        for at in range(merchants_in_all)
    ]
    links = [
        RelationRow(
            merchants[at].key,
            stores[at * STORES_EACH + each].key,
            {},
            _record(f"OPERATES {at} {each}", {}),
        )
        for at in range(merchants_in_all)
        for each in range(STORES_EACH)
    ]
    upsert_entities(store, namer, "Store", stores)
    upsert_entities(store, namer, "Merchant", merchants)
    upsert_relations(store, namer, "OPERATES", links)
    materialise(store)


def figures(times: Times) -> list[Figure]:
    """For every question the ratio of the medians, then median, p99 and CPU of each of the three."""
    found = []
    for question in QUESTIONS:
        by_name = times[question.figure]
        medians = {name: _median(taken) for name, taken in by_name.items()}
        ratio = round(medians[OURS] / medians[NEO4J_GRAPHQL], 3)
        note = f"to plain strawberry {medians[OURS] / medians[STRAWBERRY]:.3f}"
        found.append(
            at_most(f"{question.figure}_ratio_to_peer", ratio, question.goal, "times", note)
        )
        for name, taken in by_name.items():
            walls = sorted(each.wall_ms for each in taken)
            p99 = walls[min(len(walls) - 1, int(0.99 * len(walls)))]
            cpu = statistics.fmean(each.cpu_ms for each in taken)
            note = f"{name}; p99 {p99:.1f} ms of {len(walls)}; {cpu:.0f} ms of CPU in its process"
            found.append(Figure(f"{question.figure}_ms", round(medians[name], 1), "ms", note=note))
    return found


def _median(taken: Sequence[Taken]) -> float:
    return statistics.median(each.wall_ms for each in taken)


def plainly(value: Any) -> Any:
    """An answer with connections as the lists of their nodes, ordered by id."""
    if isinstance(value, dict):
        if value.keys() == {"nodes"}:
            return plainly(value["nodes"])
        return {name: plainly(item) for name, item in value.items()}
    if isinstance(value, list):
        return sorted(map(plainly, value), key=lambda item: str(item["id"]))
    return value


class Client:
    """One of the three, over a connection that is kept; `tokens` are those of its readers."""

    def __init__(self, url: str, pid: int, tokens: Sequence[str] = ("",)) -> None:
        self._connection = KeptConnection(url, "application/json")
        self._process = psutil.Process(pid)
        self._tokens = tokens

    def ask(self, query: str, reader: int = 0) -> tuple[Taken, bytes]:
        """What it took to the last byte, and the body."""
        body, token = orjson.dumps({"query": query}), self._tokens[reader % len(self._tokens)]
        cpu_s, started = self._cpu_s(), time.perf_counter()
        _, answer = self._connection.post(body, token)
        wall_s = time.perf_counter() - started
        return Taken(wall_s * 1_000, (self._cpu_s() - cpu_s) * 1_000), answer

    def close(self) -> None:
        """Close its connection."""
        self._connection.close()

    def _cpu_s(self) -> float:
        spent = self._process.cpu_times()
        return spent.user + spent.system


@contextmanager
def services(connection: Connection, tokens: Path) -> Iterator[dict[str, Client]]:
    """All three, ready to be asked."""
    node = packages(PEER)
    given = readers(tokens, _READERS, [_REGION])
    environment = credentials(connection)
    with ExitStack() as stack:
        ours = stack.enter_context(served(connection, tokens))
        clients = {OURS: Client(ours.url, ours.pid, given)}
        for name, command, live in (
            (NEO4J_GRAPHQL, node.command("server.mjs"), "/graphql?query=%7B__typename%7D"),
            (STRAWBERRY, [sys.executable, "-m", "benchmarks.peer_plain"], "/health/live"),
        ):
            port = free_port()
            at = f"http://127.0.0.1:{port}"
            place = {**environment, "PORT": str(port)}
            child = stack.enter_context(process(command, place, at + live))
            clients[name] = Client(f"{at}/graphql", child.pid)
        for client in clients.values():
            stack.callback(client.close)
        yield clients


def check(clients: Mapping[str, Client]) -> None:
    """All answer, and with the same things where all things are asked for; else Differs."""
    for question in QUESTIONS:
        answers = {
            name: _warmed(client, question.asked_of(name)) for name, client in clients.items()
        }
        for name, answer in answers.items():
            if answer.get("errors"):
                raise Differs(f"{question.figure}, {name}: {answer['errors'][:1]}")
        plain = [plainly(answer["data"]) for answer in answers.values()]
        is_whole = question.figure != "graphql.small"
        if is_whole and any(each != plain[0] for each in plain):
            raise Differs(question.figure)
        if len({len(each) for data in plain for each in data.values()}) != 1:
            raise Differs(question.figure)


def _warmed(client: Client, query: str) -> Any:
    """The answer; a database that plans a statement for the first time may need a few attempts."""
    for _ in range(_ATTEMPTS):
        answer = orjson.loads(client.ask(query)[1])
        if not answer.get("errors"):
            break
    return answer


def _measure(clients: Mapping[str, Client], repetitions: int) -> Times:
    times: Times = {question.figure: {name: [] for name in clients} for question in QUESTIONS}
    names, sizes = list(clients), dict[tuple[str, str], int]()
    for at in range(WARM_UP + repetitions):
        for question in QUESTIONS:
            # Another one begins every time, so that none always follows the same.
            for name in names[at % len(names) :] + names[: at % len(names)]:
                taken, body = clients[name].ask(question.asked_of(name), at)
                # A refusal would be fast.
                if len(body) != sizes.setdefault((question.figure, name), len(body)):
                    raise Differs(f"{question.figure}, {name}: {body[:300]!r}")
                if at >= WARM_UP:
                    times[question.figure][name].append(taken)
    return times


def _entity(key: tuple[str, ...], **said: str) -> EntityRow:
    return EntityRow(key, said, _record(":".join(key), said))


def _record(asserts: str, said: Mapping[str, Any]) -> Record:
    return Record(
        "register", "peer.csv:1", f"{_DAY}T08:00:00+08:00", _REGION, asserts, payload_of(said)
    )
