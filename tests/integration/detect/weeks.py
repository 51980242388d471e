"""Weeks of two rings in two regions, for the tests of what the weekly run tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from graph.store.session import Store
from graph.store.statement import Statement
from ingest.resolve import review
from tests.integration.queries.world import HERE, NATION, THERE, World

WEEK_1, WEEK_2, WEEK_3, WEEK_4 = (date(2025, 10, day) for day in (1, 8, 15, 22))

#: Every node and relation with every property, but the bookkeeping of who may write.
_ALL_NODES = Statement(
    "test_all_nodes",
    "MATCH (n) WHERE NOT n:SuyuanMeta "
    "RETURN labels(n) AS labels, n.id AS id, properties(n) AS properties",
)
_ALL_RELATIONS = Statement(
    "test_all_relations",
    "MATCH (a)-[r]->(b) RETURN a.id AS a, type(r) AS type, b.id AS b, properties(r) AS properties",
)


def at(day: date) -> str:
    """The morning of a day, as records tell it."""
    return f"{day.isoformat()}T08:00:00+08:00"


def everything(store: Store) -> list[str]:
    """The whole store, in an order of its own."""
    rows = [*store.read(_ALL_NODES), *store.read(_ALL_RELATIONS)]
    return sorted(repr(sorted(row.items(), key=lambda item: item[0])) for row in rows)


@dataclass(slots=True)
class Rings:
    """`one` is a ring of HERE, `other` one of THERE; `settle` after every week."""

    world: World
    one: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, store: Store) -> Rings:
        """The first week: two rings, and nothing between them."""
        review.prepare(store)
        rings = cls(World(store))
        rings.one = rings.merchants("abcde", HERE)
        rings.other = rings.merchants("vwxyz", THERE)
        rings.share(rings.one, ["11111", "22222", "33333"], HERE)
        rings.share(rings.other, ["44444", "55555", "66666"], THERE)
        rings.world.settle()
        return rings

    def merchants(self, names: str, region: str, day: date = date(2025, 9, 1)) -> list[str]:
        """Merchants known by records of a region."""
        return [
            self.world.thing("Merchant", (name,), name=f"商户{name}", region=region, at=at(day))
            for name in names
        ]

    def share(
        self,
        holders: Sequence[str],
        numbers: Sequence[str],
        region: str,
        day: date = date(2025, 9, 1),
        **said: Any,
    ) -> None:
        """Every holder uses every telephone."""
        for number in numbers:
            phone = self.world.thing(
                "Phone", (f"+86138000{number}",), is_linkable=True, region=NATION, at=at(day)
            )
            for holder in holders:
                self.world.link(
                    "USES_PHONE", holder, phone, role="contact", region=region, at=at(day), **said
                )

    def join(self, day: date) -> None:
        """A merchant of HERE takes up two telephones of the ring of THERE."""
        self.share(self.one[4:], ["44444", "55555", "66666"], HERE, day)
        self.share(self.one[3:4], ["44444", "55555"], HERE, day)
        self.world.settle()

    def part(self, day: date) -> None:
        """They no longer have them."""
        said = {"valid_to": day.isoformat()}
        self.share(self.one[4:], ["44444", "55555", "66666"], HERE, day, **said)
        self.share(self.one[3:4], ["44444", "55555"], HERE, day, **said)
        self.world.settle()

    def noise(self, name: str, day: date) -> None:
        """Somebody nobody knows gets a telephone."""
        self.share(self.merchants(name, HERE, day), [f"9999{ord(name) % 10}"], HERE, day)
        self.world.settle()
