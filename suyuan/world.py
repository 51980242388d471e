"""Reads a made-up world's folder, and what the graph says of it, in the terms of the scoring."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from graph.store.session import Store
from graph.store.statement import Statement
from synth.scoring import Found, FoundFlag
from synth.settings import day_of

_CLUSTERS = Statement.load(__file__, "world_clusters.cypher")
_FINDINGS = Statement.load(__file__, "world_findings.cypher")
_FLAGS = Statement.load(__file__, "world_flags.cypher")

LAB_FINDING = "LAB"


Weeks = list[tuple[date, tuple[Path, ...]]]


def read_world(world: Path) -> tuple[dict[str, Any], Weeks]:
    """The settings of a world, and the tables of each week with the day they were read.

    A week in which nothing changed has no tables, but it is a week: the weekly job runs in it too.
    """
    settings = json.loads((world / "world.json").read_text(encoding="utf-8"))
    return settings, [
        (day_of(int(folder.name.removeprefix("week_"))), tuple(sorted(folder.glob("*.csv"))))
        for folder in sorted((world / "tables").glob("week_*"))
    ]


def found_in(store: Store) -> Found:
    """Everything published in a store, as the scoring wants it (merchant ids without their type)."""
    networks = [
        (frozenset(_bare(m) for m in row["members"]), row["label"]) for row in store.read(_CLUSTERS)
    ]
    findings = [(row["detector"], frozenset(row["subjects"])) for row in store.read(_FINDINGS)]
    labs = frozenset(
        _bare(subject)
        for detector, subjects in findings
        if detector == LAB_FINDING
        for subject in subjects
    )
    return Found(
        networks,
        labs,
        [finding for finding in findings if finding[0] != LAB_FINDING],
        [_flag(row) for row in store.read(_FLAGS)],
    )


def _flag(row: dict[str, Any]) -> FoundFlag:
    sides = [
        frozenset(_bare(m) for m in side["members"]) for side in json.loads(row["values"])["sides"]
    ]
    members = frozenset(_bare(m) for m in row["member_ids"])
    return FoundFlag(
        date.fromisoformat(row["as_of"]),
        row["kind"],
        sides[0] if sides else members,
        sides[1] if len(sides) > 1 else frozenset(),
    )


def _bare(node_id: str) -> str:
    return node_id.partition(":")[2]
