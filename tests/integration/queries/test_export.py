"""What others load changes no row of an export, and what is exported is what was known on its day."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from graph.errors import NotFound
from graph.store.connection import Connection
from graph.store.session import Store
from queries.export.question import Question
from queries.export.spool import Bounds, Spool
from queries.reading import Reading
from tests.integration.queries.asking import TODAY, ask
from tests.integration.queries.world import HERE, LATER, THERE, World

QUESTIONS: dict[str, dict[str, Any]] = {
    "search": {"kind": "SEARCH", "query": "商户"},
    "things": {"kind": "THINGS", "types": ("Merchant", "Phone")},
    "cluster": {"kind": "CLUSTER", "ids": ("Cluster:C-1",)},
    "near": {"kind": "NEIGHBOURHOOD", "ids": ("Merchant:M1",), "depth": 3},
}


@pytest.fixture
def world(clean_store: Store) -> World:
    """Two merchants of here on a phone of here, in a cluster."""
    made = World(clean_store)
    phone = made.thing("Phone", ("+8613800138001",))
    cluster = made.cluster("Cluster:C-1", [HERE])
    for name in ("M1", "M2"):
        merchant = made.thing("Merchant", (name,), name=f"商户{name}")
        made.link("USES_PHONE", merchant, phone, role="contact")
        made.member(cluster, merchant, [(phone, "USES_PHONE", [HERE])])
    return made.settle()


def hide(world: World) -> None:
    """The other region speaks of the same phone and merchants, and has a third."""
    phone = world.thing("Phone", ("+8613800138001",), region=THERE, link_class="mobile")
    for name in ("M1", "M3"):
        merchant = world.thing("Merchant", (name,), name=f"商户别名{name}", region=THERE, at=LATER)
        world.link("USES_PHONE", merchant, phone, role="service", region=THERE, at=LATER)
    world.settle()


def exported(
    server: Connection, folder: Path, as_of: str = TODAY, **asked: Any
) -> tuple[list[Any], int | None]:
    question = Question.of({"as_of": as_of, **asked})

    async def collect(reading: Reading) -> tuple[list[Any], int | None]:
        def fresh() -> Reading:
            return Reading(reading.store, reading.reader, as_of, reading.deadline)

        path = folder / "spool.db"
        path.unlink(missing_ok=True)
        with Spool(path, Bounds()) as spool:
            async for piece in question.pieces(fresh):
                spool.add(piece)
            return [*spool.items("nodes"), *spool.items("relations")], spool.withheld

    return ask(server, collect)


def test_what_others_load_changes_only_the_number_withheld(
    server: Connection, world: World, tmp_path: Path
) -> None:
    before = {name: exported(server, tmp_path, **asked) for name, asked in QUESTIONS.items()}
    assert {name: len(items) for name, (items, _) in before.items()} == {
        "search": 2,
        "things": 3,
        "cluster": 5,
        "near": 5,
    }
    assert {withheld for _, withheld in before.values()} == {0}
    hide(world)
    after = {name: exported(server, tmp_path, **asked) for name, asked in QUESTIONS.items()}
    for name, (items, _) in before.items():
        assert after[name][0] == items, name
    assert after["things"][1] == 1
    assert (after["near"][1] or 0) > 0


def test_an_export_is_of_its_day(server: Connection, world: World, tmp_path: Path) -> None:
    late = world.thing("Merchant", ("M4",), name="商户后来", at=LATER)
    phone = world.thing("Phone", ("+8613800138001",), at=LATER)
    world.link("USES_PHONE", late, phone, role="contact", at=LATER)
    world.settle()
    for name in ("search", "things", "near"):
        now = {item["id"] for item in exported(server, tmp_path, **QUESTIONS[name])[0]}
        then = {
            item["id"] for item in exported(server, tmp_path, "2025-09-15", **QUESTIONS[name])[0]
        }
        assert "Merchant:M4" in now, name
        assert then < now, name
        assert "Merchant:M4" not in then, name
    with pytest.raises(NotFound):
        exported(server, tmp_path, "2025-01-01", **QUESTIONS["near"])


def test_a_node_of_many_relations_comes_whole(
    server: Connection, world: World, tmp_path: Path
) -> None:
    phone = world.thing("Phone", ("+8613800138001",))
    for number in range(250):
        merchant = world.thing("Merchant", (f"N{number:03}",), name="某店")
        world.link("USES_PHONE", merchant, phone, role="contact")
    world.settle()
    items, _ = exported(server, tmp_path, kind="NEIGHBOURHOOD", ids=(phone,))
    assert len([item for item in items if item.get("start")]) == 252
    items, _ = exported(server, tmp_path, kind="THINGS", types=("Merchant",))
    assert len(items) == 252
