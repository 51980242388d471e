"""Every operation has an example, and each, asked as it stands there, is answered with something."""

from __future__ import annotations

import asyncio
import importlib
import itertools
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from api.client_code.reading import snake
from api.examples.page import missing
from api.schema import executable
from graph.store.connection import Connection
from tests.integration.api.example_world import CLUSTER, CODE, documents, example_world, variables
from tests.integration.api.live import Live, Lives, Talk
from tests.integration.queries.world import HERE, World

_MERCHANT = f"Merchant:{CODE}"

#: Lists that may well be empty in a good answer.
_MAY_BE_EMPTY = frozenset(
    {
        "hubs",  # no hub was met
        "dormantIds",
        "endedIds",
        "steps",
        "incompleteFeeds",
        "body.incomplete",
        "body.entries",
        "legalBasis",
        "errors",
        "control.relation",
        "entities.properties",  # every type has some; a relation need not
        "relations.properties",
        "sections.rows.flags",
    }
)


def test_every_operation_has_a_valid_example() -> None:
    schema = executable()
    assert missing(schema) == []
    named = {
        (kind, name)
        for kind, root in [
            ("query", schema.query_type),
            ("mutation", schema.mutation_type),
            ("subscription", schema.subscription_type),
        ]
        if root
        for name in root.fields
    }
    assert {(path.parent.name, path.stem) for path in documents()} == named


@pytest.fixture
def lives(server: Connection, tmp_path: Path) -> Lives:
    return Lives(server, tmp_path)


@pytest.mark.timeout(1800)  # two hundred statements, each planned for the first time
def test_each_example_is_answered(lives: Lives, world: World) -> None:
    example_world(world)

    async def use(live: Live) -> dict[str, Any]:
        found = {}
        for path in sorted(documents(), key=lambda path: path.parent.name, reverse=True):
            if path.parent.name != "subscription":
                asked = {"query": path.read_text("utf-8"), "variables": variables(path)}
                answer = await live.client.post("/graphql", json=asked, headers=live.headers())
                found[f"{path.parent.name}.{path.stem}"] = answer.json()
        return found

    answers = lives.run(use)
    wrong = {name: what for name, body in answers.items() if (what := list(_wrong(name, body)))}
    assert wrong == {}
    for name, body in answers.items():
        module = importlib.import_module(f"suyuan_client.generated.{snake(name.partition('.')[2])}")
        assert fields(module.Data.of(body["data"]))


def test_each_subscription_is_told_of_something(lives: Lives, world: World) -> None:
    example_world(world)

    async def use(live: Live) -> None:
        async with live.socket() as talk:
            for path in documents():
                if path.parent.name != "subscription":
                    continue
                query = {"query": path.read_text("utf-8"), "variables": variables(path)}
                await talk.say(type="subscribe", id=path.stem, payload=query)
                message = await _heard(world, path.stem, talk)
                assert message["type"] == "next", message
                assert not list(_wrong(path.stem, message["payload"]))
                if path.stem == "jobProgress":
                    assert (await talk.hear())["type"] == "complete"
                else:
                    await talk.say(type="complete", id=path.stem)

    lives.run(use)


async def _heard(world: World, name: str, talk: Talk) -> dict[str, Any]:
    """What a subscription says; until it does there is something new now and then."""
    heard = asyncio.ensure_future(talk.hear())
    for number in itertools.count(900):
        if name == "weeklyFlags":
            world.flag(number, [HERE], member_ids=[_MERCHANT], cluster_ids=[CLUSTER])
        elif name == "findings":
            world.finding(number, [_MERCHANT], [HERE], legal_basis=["电子商务法 第15条"])
        await asyncio.wait({heard}, timeout=0.5)
        if heard.done():
            break
    return heard.result()


def _wrong(name: str, body: Any) -> Iterator[str]:
    """What is wrong with an answer: an error, nothing, or a list that is empty wherever it stands."""
    if "errors" in body:
        yield f"{body['errors']}"
        return
    (answer,) = body["data"].values()
    if answer is None or answer in ([], {}):
        yield "nothing"
        return
    if name.startswith("mutation."):
        yield from (f"{error}" for error in answer["errors"])
        yield from (key for key, value in answer.items() if value is None)
    lengths: dict[str, int] = {}
    _lengths(answer, "", lengths)
    yield from (path for path, most in lengths.items() if not most and path not in _MAY_BE_EMPTY)


def _lengths(value: Any, path: str, into: dict[str, int]) -> None:
    """The greatest length of each list, by its path."""
    if isinstance(value, dict):
        for name, below in value.items():
            _lengths(below, f"{path}.{name}".lstrip("."), into)
    elif isinstance(value, list):
        into[path] = max(into.get(path, 0), len(value))
        for below in value:
            _lengths(below, path, into)
