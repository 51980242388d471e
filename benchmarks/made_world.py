"""The links of a made-up world read straight from its tables, so that engines need no database.

It reads what `detect.network.reading` reads from a store that has loaded all weeks: links known and not
known to have ended, identifiers that may link, payee accounts that are somebody's own. Arrays made by
`benchmarks.planted_world` keep every identifier where it is; here telephones, devices and addresses
change hands, are lent to strangers, and half of the hubs are unknown.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np

from benchmarks.planted_world import PlantedWorld
from detect.network.incidence import Incidence, build
from detect.network.reading import link_kinds
from graph.model.values import KINDS, address, phone
from graph.ontology import LinkRule, RelationType, ontology
from synth.scoring import planted
from synth.truth import Truth
from synth.truth import load as load_truth

Key = tuple[str, ...]
Row = dict[str, str]
Edges = dict[tuple[Key, Key], str]
"""Start key and end key of each relation that holds, with the day it was first read."""

_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class MadeWorld:
    """`planted` holds the links without registered hubs, and networks and lawful groups as labels.

    A shell farm counts as a lawful group there: neither a network nor merchants of no group.
    `declared` are pairs of merchants joined by PARENT_OF or AUTHORISES.
    """

    planted: PlantedWorld
    truth: Truth
    declared: tuple[tuple[str, str], ...]


def read_made_world(folder: Path) -> MadeWorld:
    """Read the tables of all weeks below `folder`, as `suyuan generate` writes them."""
    tables = _Tables(folder)
    truth = load_truth(folder / "truth" / "truth.json")
    incidence = _incidence(tables)
    at = {name: index for index, name in enumerate(incidence.merchants)}

    def labelled(groups: list[frozenset[str]]) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
        label = np.full(len(at), -1, np.int32)
        for number, group in enumerate(groups):
            label[[at[f"Merchant:{m}"] for m in sorted(group) if f"Merchant:{m}" in at]] = number
        return label

    lawful = [frozenset(g.merchant_ids) for g in (*truth.lawful_groups, *truth.shell_farms)]
    declared = tuple(
        (f"Merchant:{a[0]}", f"Merchant:{b[0]}")
        for name in ("PARENT_OF", "AUTHORISES")
        for a, b in sorted(tables.edges(ontology().relations[name]))
    )
    world = PlantedWorld(incidence, labelled(planted(truth)), labelled(lawful))
    return MadeWorld(world, truth, declared)


class _Tables:
    """The canonical tables of a folder, weeks in order."""

    def __init__(self, folder: Path) -> None:
        self.weeks = sorted((folder / "tables").glob("week_*"))

    def rows(self, table: str) -> Iterator[Row]:
        """Every row of a table, older weeks first."""
        for week in self.weeks:
            path = week / f"{table}.csv"
            if path.exists():
                with path.open(encoding="utf-8", newline="") as handle:
                    yield from csv.DictReader(handle)

    def edges(self, relation: RelationType) -> Edges:
        """The relations of one type that have not ended by the last week; a later row replaces."""
        starts, ends = (tuple(columns) for columns in ontology().end_columns(relation))
        first: dict[tuple[Key, Key, Key], str] = {}
        over: dict[tuple[Key, Key, Key], bool] = {}
        for row in self.rows(relation.table):
            name = (_key(row, starts), _key(row, ends), _key(row, relation.key))
            over[name] = bool(row["valid_to"])
            first.setdefault(name, row["retrieved_at"][:10])
        edges: Edges = {}
        for (start, end, _), day in ((name, first[name]) for name in over if not over[name]):
            edges[start, end] = min(day, edges.get((start, end), day))
        return edges

    def classes(self, entity: str, name: str) -> dict[Key, str]:
        """Key → the last value of one property that is not empty."""
        known = ontology().entities[entity]
        return {_key(row, known.key): row[name] for row in self.rows(known.table) if row[name]}


def _key(row: Row, columns: tuple[str, ...]) -> Key:
    return tuple(row[column] for column in columns)


def _incidence(tables: _Tables) -> Incidence:
    kinds = link_kinds()
    links = {}
    for relation, rule in ontology().links():
        silent = _silent(tables, relation, rule)
        columns: tuple[list[str], list[str], list[int]] = ([], [], [])
        for (start, end), day in _walked(tables, relation, rule).items():
            if end not in silent and _may_link(relation.end, end):
                columns[0].append(f"Merchant:{start[0]}")
                columns[1].append(_node(relation.end, end))
                columns[2].append(date.fromisoformat(day).toordinal() - _EPOCH)
        links[kinds[relation.name]] = columns
    hubs = frozenset(
        _node(row["identifier_type"], tuple(row["identifier_key"].split("/")))
        for row in tables.rows("hub_registration")
    )
    return build(links).without_hubs(hubs)


def _walked(tables: _Tables, relation: RelationType, rule: LinkRule) -> Edges:
    """Merchant to identifier; a link that runs over stores and listings is as young as its last hop."""
    edges = tables.edges(relation)
    for step in reversed(rule.through):
        onward: dict[Key, list[tuple[Key, str]]] = {}
        for (start, end), day in edges.items():
            onward.setdefault(start, []).append((end, day))
        edges = {}
        for (start, middle), day in tables.edges(ontology().relations[step]).items():
            for end, later in onward.get(middle, ()):
                known = edges.get((start, end))
                edges[start, end] = min(max(day, later), known or max(day, later))
    return edges


def _silent(tables: _Tables, relation: RelationType, rule: LinkRule) -> frozenset[Key]:
    """Identifiers that link nobody, because of what the tables say of them."""
    silent: set[Key] = set()
    if rule.unless:
        name, values = rule.unless
        silent |= {
            key for key, value in tables.classes(relation.end, name).items() if value in values
        }
    if any(p.name == "is_linkable" for p in ontology().entities[relation.end].properties):
        known = tables.classes(relation.end, "is_linkable")
        silent |= {key for key, value in known.items() if value == "false"}
    return frozenset(silent)


def _may_link(entity: str, key: Key) -> bool:
    if entity == "Address":
        return address.may_link(address.parse(key[0]))
    return entity != "Phone" or phone.may_link(str(KINDS["phone"].clean(key[0])))


@cache
def _address_id(text: str) -> str:
    return str(KINDS["address_id"].clean(text))


def _node(entity: str, key: Key) -> str:
    return f"{entity}:{_address_id(key[0]) if entity == 'Address' else '/'.join(key)}"
