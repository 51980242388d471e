"""A large made-up graph for walking: merchants on shared identifiers, a few of which everybody has.

Written straight into the offline importer's files: the loader's own bookkeeping of millions of rows is
measured elsewhere. One relation in ten leads to one of a few hubs, more than half of these to the largest
of its kind (some 70,000 holders on 5 M relations); one in five belongs to a region
that the reader may not see, as does one thing in ten. Chains of merchants that nothing else touches are
planted, so that the length of some shortest ways is known.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from graph.ontology import ontology
from graph.store.bulk import WrittenFiles
from graph.store.bulk_import import bulk_load
from graph.store.bulk_rows import RECORD_HEADER, entity_columns, relation_columns

READER_REGION, HIDDEN_REGION, NATIONAL_REGION = "330000", "310000", "000000"
RELATIONS = ("PAID_TO", "SENDS_WITH", "SHIPS_FROM", "USES_DEVICE")
"""Four hands of identifiers; each merchant has three of each, less where two fall together."""

EDGES_PER_MERCHANT = 12
HOLDERS_PER_IDENTIFIER = 6
HUBS_PER_RELATION = 5
HUB_SHARE = 0.1
HIDDEN_RELATIONS, HIDDEN_THINGS = 0.2, 0.1
PLANTED = 30
"""Chains of each length."""
PLANTED_HOPS = (2, 4, 6)

_RECORD = "bench"
_SEEN = "2025-01-01"
_LONGEST_BYTES = 1_000


@dataclass(frozen=True, slots=True)
class PathWorld:
    """What was made: pairs of merchant ids by the length of the way planted between them (a shorter
    one may have come about: never for the first and last of a chain, which have no other relation),
    and pairs of ordinary merchants."""

    edges: int
    merchants: int
    planted: dict[int, list[tuple[str, str]]]
    ordinary: list[tuple[str, str]]
    hub: str


def make(edges: int, seed: int, folder: Path) -> PathWorld:
    """Fill the store folder, which must have no data, with about `edges` relations."""
    chance = random.Random(seed)
    merchants = max(200, edges // EDGES_PER_MERCHANT)
    plan = _Chains.of(merchants)
    work = folder / "rows"
    work.mkdir(parents=True)
    identifiers = max(50, merchants * EDGES_PER_MERCHANT // HOLDERS_PER_IDENTIFIER // 4)
    with bulk_load(folder / "store") as bulk:
        nodes = {"Merchant": _things(work, "Merchant", plan.merchants, plan, chance)}
        relations = {}
        written = 0
        for name in RELATIONS:
            end = ontology().relations[name].end
            total = HUBS_PER_RELATION + identifiers + plan.links_of(name)
            nodes[end] = _things(work, end, total, plan, chance)
            paths, count = _links(work, name, merchants, identifiers, plan, chance)
            relations[name] = paths
            written += count
        record = work / "Record.csv"
        record.write_text(
            RECORD_HEADER
            + f"{_RECORD},bench,bench:1,{_SEEN}T08:00:00+08:00,{NATIONAL_REGION},x,{{}}\n"
        )
        nodes["Record"] = (record,)
        bulk.writer.join(WrittenFiles(nodes, relations, False, _LONGEST_BYTES), {})
        bulk.finish()
    ordinary = [tuple(chance.sample(range(merchants), 2)) for _ in range(200)]
    return PathWorld(
        written,
        plan.merchants,
        {hops: plan.pairs(hops) for hops in PLANTED_HOPS},
        [(_merchant(a), _merchant(b)) for a, b in ordinary],
        _identifier(ontology().relations[RELATIONS[0]].end, 0),
    )


@dataclass(frozen=True, slots=True)
class _Chains:
    """Where the planted chains stand: their merchants come after all others."""

    first: int
    chains: tuple[tuple[int, tuple[int, ...]], ...]

    @classmethod
    def of(cls, merchants: int) -> _Chains:
        at, chains = merchants, []
        for hops in PLANTED_HOPS:
            for _ in range(PLANTED):
                chains.append((hops, tuple(range(at, at + hops // 2 + 1))))
                at += hops // 2 + 1
        return cls(merchants, tuple(chains))

    @property
    def merchants(self) -> int:
        """All merchants, those of the chains included."""
        return self.chains[-1][1][-1] + 1

    def links(self, name: str) -> Iterator[tuple[int, int]]:
        """Pairs of neighbours in chains that share an identifier by this relation."""
        at = RELATIONS.index(name)
        for number, (_, chain) in enumerate(self.chains):
            for step, pair in enumerate(pairwise(chain)):
                if (number + step) % len(RELATIONS) == at:
                    yield pair

    def links_of(self, name: str) -> int:
        return sum(1 for _ in self.links(name))

    def inner(self) -> frozenset[int]:
        """Merchants inside of chains: like others, they have a hub each."""
        return frozenset(m for _, chain in self.chains for m in chain)

    def pairs(self, hops: int) -> list[tuple[str, str]]:
        return [(_merchant(c[0]), _merchant(c[-1])) for length, c in self.chains if length == hops]


def _merchant(number: int) -> str:
    return f"Merchant:M{number}"


def _identifier(type_name: str, number: int) -> str:
    parts = len(ontology().entities[type_name].key)
    return f"{type_name}:{'zto/' * (parts - 1)}K{number}"


def _things(
    folder: Path, type_name: str, count: int, plan: _Chains, chance: random.Random
) -> tuple[Path, ...]:
    """Nodes numbered from 0; of the ordinary ones, one in ten is not the reader's to see."""
    entity = ontology().entities[type_name]
    names, header = entity_columns(entity)
    tail = "," * (len(names) - len(entity.key))
    path = folder / f"{type_name}.csv"
    whole = (
        plan.first if type_name == "Merchant" else count - plan.links_of(_relation_to(type_name))
    )
    if names[: len(entity.key)] != entity.key:
        raise ValueError(f"the key of {type_name} does not come first in its table")
    with path.open("w", encoding="utf-8") as file:
        file.write(header)
        for n in range(count):
            is_ordinary = (0 if type_name == "Merchant" else HUBS_PER_RELATION) <= n < whole
            region = _region(chance, HIDDEN_THINGS) if is_ordinary else NATIONAL_REGION
            key = _merchant(n) if type_name == "Merchant" else _identifier(type_name, n)
            cells = ",".join(key.partition(":")[2].split("/"))
            file.write(f"{n},{key},{_RECORD},{region},{_SEEN},{cells}{tail}\n")
    return (path,)


def _relation_to(type_name: str) -> str:
    return next(name for name in RELATIONS if ontology().relations[name].end == type_name)


def _links(
    folder: Path,
    name: str,
    merchants: int,
    identifiers: int,
    plan: _Chains,
    chance: random.Random,
) -> tuple[tuple[Path, ...], int]:
    relation = ontology().relations[name]
    names, header = relation_columns(relation)
    tail = "," * len(names)
    path = folder / f"{name}.csv"
    count = 0
    with path.open("w", encoding="utf-8") as file:
        file.write(header)
        for merchant in range(merchants):
            ends = {
                int(HUBS_PER_RELATION * chance.random() ** 3)
                if chance.random() < HUB_SHARE
                else HUBS_PER_RELATION + chance.randrange(identifiers)
                for _ in range(EDGES_PER_MERCHANT // len(RELATIONS))
            }
            for end in sorted(ends):
                region = _region(chance, HIDDEN_RELATIONS)
                file.write(f"{merchant},{end},{_RECORD},{region},{_SEEN}{tail}\n")
            count += len(ends)
        for number, pair in enumerate(plan.links(name)):
            for merchant in pair:
                end = HUBS_PER_RELATION + identifiers + number
                file.write(f"{merchant},{end},{_RECORD},{READER_REGION},{_SEEN}{tail}\n")
                count += 1
        if name == RELATIONS[0]:
            # Everybody in a chain is on a hub too: a shorter way that says nothing.
            for merchant in sorted(plan.inner()):
                file.write(f"{merchant},0,{_RECORD},{NATIONAL_REGION},{_SEEN}{tail}\n")
                count += 1
    return (path,), count


def _region(chance: random.Random, hidden: float) -> str:
    drawn = chance.random()
    if drawn < hidden:
        return HIDDEN_REGION
    return READER_REGION if drawn < hidden + 0.3 else NATIONAL_REGION
