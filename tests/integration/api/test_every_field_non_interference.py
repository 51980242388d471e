"""Whatever can be asked is asked, and what another region loads changes none of the answers.

The questions are made from the schema, so a new field is asked without a word here; one that cannot be
has to stand among the exemptions of `wide_questions`, with a reason.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import httpx
import pytest

from api.limits import DEFAULT_LIMITS
from api.schema import executable
from graph.model.ids import type_of
from graph.ontology import Property, ontology
from tests.integration.api.example_world import CLUSTER, example_world, variables
from tests.integration.api.service import Service
from tests.integration.api.wide_questions import EXEMPT, Widening
from tests.integration.queries.world import HERE, LATER, START, THERE, World

_WIDE = replace(
    DEFAULT_LIMITS, cost=50_000_000, tokens=50_000, depth=60, nesting=200, repeats=2_000
)
#: What is told of the hidden, as policy has it: how much there is.
_WITHHELD = re.compile(r'"withheldCount":(\d+|null)|另有\d+名成员您无权查看')
#: A value for each kind of property, of which others say another.
_VALUES: dict[str, tuple[Any, Any]] = {
    "integer": (3, 5),
    "money_fen": (300, 500),
    "decimal": (3.0, 5.0),
    "boolean": (True, False),
    "date": ("2025-03-01", "2025-02-01"),
}


def test_every_field_is_asked_or_exempt_for_a_reason() -> None:
    schema = executable()
    widening = Widening(schema)
    list(widening.documents())
    assert widening.unasked() == []
    for coordinate, reason in EXEMPT.items():
        owner, _, name = coordinate.partition(".")
        assert name in schema.type_map[owner].fields, coordinate  # type: ignore[attr-defined]
        assert reason
    assert len(EXEMPT) < 6


@pytest.mark.timeout(1800)  # some hundreds of statements, each planned for the first time
def test_what_others_load_changes_no_answer(service: Service, world: World) -> None:
    seen = visible(world)
    service.limits = _WIDE
    before = answers(service)
    hidden(world, seen)
    after = answers(service)
    changed = {
        name: difference(text, after[name]) for name, text in before.items() if after[name] != text
    }
    assert not changed, json.dumps(changed, ensure_ascii=False, indent=1)


def difference(one: str, other: str) -> tuple[str, str]:
    """Where two answers part."""
    pairs = enumerate(zip(one, other, strict=False))
    at = next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
    return one[max(0, at - 150) : at + 150], other[max(0, at - 150) : at + 150]


def visible(world: World) -> dict[str, str]:
    """What the examples name, each kind of thing and relation with values; ids by type."""
    example_world(world)
    seen: dict[str, str] = {}
    for identifier in world._keys:
        seen.setdefault(type_of(identifier), identifier)
    speak(world, seen, HERE, 0)
    # Of a cluster with hidden members its reader is told less; this one has had one all the time.
    hidden_one = world.thing("Merchant", ("H",), region=THERE)
    world.member(CLUSTER, hidden_one, [(seen["Phone"], "USES_PHONE", [THERE])])
    world.settle()
    return seen


def hidden(world: World, seen: dict[str, str]) -> None:
    """Others speak of the same things and relations, and have things of their own beside them."""
    speak(world, seen, THERE, 1)
    own = {}
    for entity in ontology().entities.values():
        key = world._keys[seen[entity.name]]
        said = values(entity.properties, entity.key, 1)
        own[entity.name] = world.thing(
            entity.name, (*key[:-1], f"{key[-1]}9"), region=THERE, at=LATER, **said
        )
    for relation in ontology().relations.values():
        for start, end in (
            (own[relation.start], seen[relation.end]),
            (seen[relation.start], own[relation.end]),
        ):
            link(world, relation.name, (start, end), THERE, 1)
    merchant, mine = seen["Merchant"], own["Merchant"]
    world.finding(900, [merchant], [HERE, THERE], severity=5)
    world.finding(901, [mine], [THERE], severity=5)
    world.flag(900, [HERE, THERE], member_ids=[merchant, mine], cluster_ids=[CLUSTER])
    world.flag(901, [THERE], member_ids=[merchant], cluster_ids=[CLUSTER])
    world.member(CLUSTER, mine, [(seen["Phone"], "USES_PHONE", [THERE])])
    other = world.cluster("Cluster:C-900000", [THERE], score=99)
    for name in (mine, merchant):
        world.member(other, name, [(own["Device"], "USES_DEVICE", [THERE])])
    world.settle()


def speak(world: World, seen: dict[str, str], region: str, which: int) -> None:
    """Every property of every type and relation, with the first or the second value."""
    at = (START, LATER)[which]
    for entity in ontology().entities.values():
        said = values(entity.properties, entity.key, which)
        world.thing(entity.name, world._keys[seen[entity.name]], region=region, at=at, **said)
    for relation in ontology().relations.values():
        link(world, relation.name, (seen[relation.start], seen[relation.end]), region, which)


def link(world: World, name: str, ends: tuple[str, str], region: str, which: int) -> None:
    relation = ontology().relations[name]
    said = values(relation.properties, relation.key, which)
    said |= dict.fromkeys(relation.key, "contact")
    dates = {"valid_to": "2025-09-20"} if which else {"valid_from": "2024-01-01"}
    at = (START, LATER)[which]
    world.link(name, ends[0], ends[1], region=region, at=at, **said, **dates)


def values(properties: tuple[Property, ...], key: tuple[str, ...], which: int) -> dict[str, Any]:
    """A value of each property that is no key."""
    return {
        prop.name: _VALUES.get(prop.kind, ("甲商贸", "乙商贸"))[which]
        for prop in properties
        if prop.name not in key
    }


def answers(service: Service) -> dict[str, str]:
    """Every answer to a reader of HERE, without the counts of what is withheld."""
    service.deadline_s = 600.0
    headers = {"authorization": f"Bearer {service.tokens['here']}"}

    async def ask(client: httpx.AsyncClient) -> dict[str, str]:
        found = {}
        for path, text in Widening(executable()).documents():
            asked = {"query": text, "variables": variables(path)}
            response = await client.post("/graphql", json=asked, headers=headers)
            body = response.json()
            assert "errors" not in body, (path.stem, json.dumps(body["errors"])[:2_000])
            found[path.stem] = _WITHHELD.sub("", response.text)
        return found

    return service.call(ask)
