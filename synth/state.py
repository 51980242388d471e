"""What the made-up world knows while it is being made: merchants, what they hold, and who is free."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING

from synth.catalogue import CLASSES, Product, Shelf
from synth.names import Names
from synth.places import Place, Places
from synth.settings import WorldSettings, day_of
from synth.tables import TableWriter
from synth.truth import Truth

if TYPE_CHECKING:
    from synth.listings import ShownReport

Key = tuple[str, ...]


@dataclass(eq=False, slots=True)
class Store:
    """One storefront."""

    platform: str
    native_id: str
    opened_on: date
    closed_on: date | None = None


@dataclass(eq=False, slots=True)
class Link:
    """One identifier held by one merchant: `kind` as in synth.ledger, `key` the identifier's key.

    `carrier` is the listing through which a document is shown. `seen_week` is the week whose tables
    say so, which may be later than the week it happened in.
    """

    kind: str
    key: Key
    since: date
    seen_week: int
    carrier: Key | None = None


@dataclass(eq=False, slots=True)
class Merchant:
    """One operator. `group` names what it was made for; empty for the ordinary background."""

    merchant_id: str
    name: str
    place: Place
    product_class: str
    registered_on: date
    group: str = ""
    stores: list[Store] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)
    closed_week: int | None = None

    @property
    def node(self) -> str:
        """The merchant's node id in the graph."""
        return f"Merchant:{self.merchant_id}"

    @property
    def province(self) -> str:
        """Province code, which owns most statements about the merchant."""
        return self.place.province

    def held(self, kind: str) -> list[Link]:
        """The links of one kind."""
        return [link for link in self.links if link.kind == kind]


@dataclass(frozen=True, slots=True)
class Hub:
    """One identifier many merchants share for a good reason."""

    kind: str
    key: Key
    reason: str
    is_registered: bool


class World:
    """Everything the parts of the generator hand to each other.

    `rng(concern)` gives each part a stream of its own, so that a change in one part leaves the
    others alone. `week` is the week whose tables are being written.
    """

    def __init__(self, settings: WorldSettings, tables: TableWriter) -> None:
        self._streams: dict[str, Random] = {}
        self.settings = settings
        self.tables = tables
        self.truth = Truth()
        self.week = 0
        self.lag_weeks = 0  # how long ago what is being written happened
        self.active_weeks: tuple[int, ...] = ()
        self.merchants: list[Merchant] = []
        self.shelves: dict[str, Shelf] = {item.code: Shelf() for item in CLASSES}
        self.hubs: dict[str, list[Hub]] = defaultdict(list)
        self.places = Places(self.rng("places"))
        self.names = Names(self.rng("names"))
        self.seen_identifiers: dict[tuple[str, Key, str], int] = {}
        self.payee_classes: dict[str, str] = {}
        self.phone_classes: dict[str, str] = {}
        self.trap_hubs: list[Hub] = []
        self.closures: list[tuple[Merchant, date, tuple[Link, ...]]] = []
        self.waiting_shows: list[ShownReport] = []
        self.own_papers: set[str] = set()  # certificates got for one offender alone
        self._numbers: dict[str, int] = defaultdict(int)

    def rng(self, concern: str) -> Random:
        """The random stream of one concern, from the seed and the concern's name alone."""
        if concern not in self._streams:
            self._streams[concern] = Random(f"{self.settings.seed}/{concern}")
        return self._streams[concern]

    @property
    def today(self) -> date:
        """The day on which the current week's tables are read."""
        return day_of(self.week)

    @cached_property
    def first_day(self) -> date:
        """The day of the base tables."""
        return day_of(0)

    def days_ago(self, low: int, high: int, rng: Random) -> date:
        """A day between `low` and `high` days before the base tables."""
        return self.first_day - timedelta(days=low + int(rng.random() * (high - low + 1)))

    def number(self, series: str) -> int:
        """The next number of a series, from 1."""
        self._numbers[series] += 1
        return self._numbers[series]

    def all_hubs(self) -> list[Hub]:
        """Every hub, those of the background by kind and then those of the traps."""
        return [hub for kind in sorted(self.hubs) for hub in self.hubs[kind]] + self.trap_hubs

    def successions(self) -> list[tuple[Merchant, Merchant]]:
        """Merchants closed by force and merchants that opened within 30 days with two of their keys.

        That is the letter of rule D8; most such pairs are a network's ordinary comings and goings.
        """
        wanted = {(k.kind, k.key) for _, _, links in self.closures for k in links if not k.carrier}
        holders: dict[tuple[str, Key], list[Merchant]] = defaultdict(list)
        for merchant in self.merchants:
            for link in merchant.links:
                if (link.kind, link.key) in wanted:
                    holders[link.kind, link.key].append(merchant)
        found = []
        for old, closed_on, links in self.closures:
            shared: dict[str, set[str]] = defaultdict(set)
            news = {}
            for link in links:
                for new in holders.get((link.kind, link.key), ()):
                    gaps = [(store.opened_on - closed_on).days for store in new.stores]
                    if new is not old and any(0 <= days <= 30 for days in gaps):
                        shared[new.merchant_id].add(link.kind)
                        news[new.merchant_id] = new
            found += [(old, news[name]) for name, kinds in shared.items() if len(kinds) >= 2]
        return found

    def free(self) -> list[Merchant]:
        """Open merchants of the ordinary background, in order of making."""
        return [m for m in self.merchants if not m.group and m.closed_week is None]
