"""What another region loads changes nothing in an answer but the number of things withheld."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.store.session import Store
from graph.store.statement import Statement
from tests.conftest import cleared
from tests.integration.api.service import Service
from tests.integration.queries.world import HERE, LATER, START, THERE, World

_DROP_FLAG = Statement("test_drop_flag", "MATCH (f:Flag {id: $id}) DETACH DELETE f")
_NUMBERS = [f"+861380013800{n}" for n in range(4)]
_MERCHANTS = [f"M{n}" for n in range(5)]
_SEEN = ["Merchant:M0", "Merchant:M1"]

QUESTION = """query ($ids: [ID!]!, $a: ID!, $b: ID!) {
  nodes(ids: $ids) {
    id label firstSeen regions sources { id source payload }
    expand { truncated withheldCount pageInfo { endCursor } edges { cursor direction
      relation { id properties validFrom validTo firstSeen endSeen regions records { id } }
      node { id label } } }
  }
  pages: expand(id: $a, first: 1) { pageInfo { hasNextPage endCursor } withheldCount }
  search(query: "商户电子") { truncated withheldCount edges { cursor score reason node { id label } } }
  sound: search(query: "shanghudianzi") { truncated edges { cursor score reason node { id label } } }
  whole: search(query: "商户电子M1", types: ["Merchant"]) { truncated edges { score reason node { id } } }
  phone: search(query: "13800138001") { withheldCount edges { score node { id } } }
  shortestPath(from: $a, to: $b) { truncated withheldCount paths { length nodes { id label }
    relations { id endSeen } } }
  clusters { truncated withheldCount edges { cursor node { id label score size status withheldCount
    reasons identifiers { id } members { withheldCount edges { cursor node { role strength
      merchant { id label }
      ties { relation holdersInside identifier { id } } } } } } } }
  findings { withheldCount edges { node { id subjects { id label } } } }
  weeklyFlags { withheldCount edges { node { id kind regions values memberIds clusterIds withheldCount
    clusters { size withheldCount } } } }
  explain(id: $a) { id payload }
}"""

#: What the other region may load: a change of a thing that is here too, or something of its own.
hidden_facts = st.lists(
    st.one_of(
        st.tuples(
            st.just("merchant"), st.sampled_from(_MERCHANTS), st.sampled_from(["商户电子", "乙"])
        ),
        st.tuples(st.just("phone"), st.sampled_from(_NUMBERS), st.just("")),
        st.tuples(st.just("uses"), st.sampled_from(_MERCHANTS), st.sampled_from(_NUMBERS)),
        st.tuples(st.just("ends"), st.sampled_from(_MERCHANTS[:3]), st.sampled_from(_NUMBERS[:2])),
        st.tuples(st.just("finding"), st.sampled_from(_MERCHANTS), st.just("")),
        st.tuples(st.just("flag"), st.just(""), st.just("")),
        st.tuples(st.just("flagged"), st.sampled_from(_MERCHANTS), st.just("")),
        st.tuples(st.just("member"), st.sampled_from(_MERCHANTS[3:]), st.just("")),
    ),
    min_size=1,
    max_size=5,
)


def visible(world: World) -> None:
    """What is here: three merchants on two phones, a cluster, a finding and a flag."""
    phones = [world.thing("Phone", (number,)) for number in _NUMBERS[:2]]
    for name in _MERCHANTS[:3]:
        merchant = world.thing("Merchant", (name,), name=f"商户电子{name}")
        for phone in phones:
            world.link("USES_PHONE", merchant, phone, role="contact")
    world.crowd(500)
    cluster = world.cluster("Cluster:C-1", [HERE, THERE])
    for name in _MERCHANTS[:3]:
        ties = [(phone, "USES_PHONE", [HERE]) for phone in phones]
        world.member(cluster, f"Merchant:{name}", ties)
    for n, name in enumerate(_MERCHANTS[:3]):
        world.finding(n, [f"Merchant:{name}"], [HERE])
    world.flag(1, [HERE], cluster_ids=[cluster])
    wide_flag(world, [])


def wide_flag(world: World, hidden: list[str]) -> None:
    """A flag of two merchants here and one there; those of `hidden` the other region adds to it."""
    world.store.write(_DROP_FLAG, id="Flag:2")
    named = {"Merchant:M0": [HERE], "Merchant:M1": [HERE], "Merchant:H": [THERE]}
    named |= {f"Merchant:{name}-there": [THERE] for name in hidden}
    said = {"identifier": "Phone:1", "relation": "USES_PHONE", "change": "added", "records": []}
    said |= {"first_seen": "2025-10-01", "noticed": "2025-10-06"}
    links = [{**said, "merchant": name, "regions": regions} for name, regions in named.items()]
    links += [{**said, "merchant": f"Merchant:{name}", "regions": [THERE]} for name in hidden]
    values = {
        "links": links,
        "sides": [{"cluster": "Cluster:C-1", "members": sorted(named)}],
        "regions_of": named,
        "sources": {},
    }
    world.flag(
        2,
        [HERE, THERE],
        kind="grew",
        seen_by=[HERE, THERE],
        member_ids=sorted(named),
        cluster_ids=["Cluster:C-1"],
        values=json.dumps(values),
    )


def hide(world: World, facts: list[tuple[str, str, str]]) -> None:
    """Load some facts of the other region."""
    for name in _MERCHANTS:
        if any(name == one and kind not in {"flag", "flagged"} for kind, one, _ in facts):
            world.thing("Merchant", (name,), name=f"商户{name}", region=THERE, at=START)
    for number in _NUMBERS:
        if any(number in fact for fact in facts):
            world.thing("Phone", (number,), region=THERE, at=LATER, link_class="mobile")
    if added := sorted({one for kind, one, _ in facts if kind == "flagged"}):
        wide_flag(world, added)
    for n, (kind, one, other) in enumerate(facts):
        merchant = f"Merchant:{one}"
        if kind == "merchant":
            world.thing("Merchant", (one,), name=other, region=THERE, at=LATER)
        elif kind in {"uses", "ends"}:
            said: dict[str, Any] = {"valid_to": "2025-10-01"} if kind == "ends" else {}
            phone = world.thing("Phone", (other,), region=THERE, at=LATER)
            world.link(
                "USES_PHONE", merchant, phone, role="contact", region=THERE, at=LATER, **said
            )
        elif kind == "finding":
            world.finding(100 + n, [merchant], [HERE, THERE], severity=5)
        elif kind == "flag":
            world.flag(100 + n, [HERE, THERE], cluster_ids=["Cluster:C-1"])
        elif kind == "member":
            phone = world.thing("Phone", (_NUMBERS[0],), region=THERE, at=LATER)
            world.member("Cluster:C-1", merchant, [(phone, "USES_PHONE", [THERE])])


def what_is_hidden_tells_nothing(
    store: Store, facts: list[tuple[str, str, str]], answer: Callable[[], str]
) -> None:
    """The answer over a small visible world is the same once other regions have spoken too."""
    world = World(cleared(store))
    visible(world)
    world.settle()
    before = answer()
    hide(world, facts)
    world.settle()
    assert answer() == before


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(facts=hidden_facts)
def test_hidden_data_changes_only_what_is_withheld(
    service: Service, clean_store: Store, facts: list[tuple[str, str, str]]
) -> None:
    what_is_hidden_tells_nothing(clean_store, facts, lambda: answer(service))


def answer(service: Service) -> str:
    """The whole answer to a reader of HERE, without the counts of what is withheld."""
    ids = [*_SEEN, "Merchant:M3", "Merchant:M4", "Cluster:C-1"]
    response = service.post(QUESTION, ids=ids, a=_SEEN[0], b=_SEEN[1])
    assert "errors" not in response.json(), response.text
    return re.sub(r'"withheldCount":\d+', "", response.text)
