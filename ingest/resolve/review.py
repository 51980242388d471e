"""Judgements in the store: run the rules, list what people should look at, judge, withdraw, conflicts.

A judgement is visible where both of its subjects are. `regions` everywhere below are those a reader may
see (province codes and 000000), None for one who sees all.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from graph.errors import NotFound, ValueRefused
from graph.model.identity import Conflict, Identity, identity_of
from graph.model.ids import type_of
from graph.model.judgements import (
    RULE_PREFIX,
    WITHDRAWN_PREFIX,
    Judgement,
    Verdict,
    in_force,
    of_person,
)
from graph.model.provenance import NATIONAL
from graph.store.session import Step, Store
from graph.store.statement import Statement
from ingest.resolve.decisions import Settled
from ingest.resolve.judgements import Changes, changes
from ingest.resolve.kinds import rules_of
from ingest.resolve.proposals import Proposals
from ingest.resolve.records import place_of

_ALL = Statement.load(__file__, "judgements.cypher")
_WRITE = Statement.load(__file__, "write_judgements.cypher")
_WITHDRAW = Statement.load(__file__, "withdraw_judgements.cypher")
_KEY = Statement.load(__file__, "judged_id.cypher")
_EXIST = Statement.load(__file__, "subjects_exist.cypher")

_BATCH_ROWS = 5000
_RULES_WITHDRAW = RULE_PREFIX + "rerun"


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who judges or withdraws: the name, the region whose officer that is, and what he may see.

    `sees` are regions, None for all; the judgement carries `region`, so that readers know whose word
    it is.
    """

    name: str
    region: str = NATIONAL
    sees: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A judgement as kept, with the names and codes of both ends and the number of their relations.

    To a reader who sees both ends but not all that is said of them the score, its parts, names and
    codes are left out (names are then ids): they may rest on what is hidden.
    """

    judgement: Judgement
    name_a: str
    name_b: str
    uscc_a: str | None
    uscc_b: str | None
    links: int

    @property
    def value(self) -> float:
        """What an answer is worth: most where the score is undecided and much hangs on the two."""
        p = self.judgement.score if self.judgement.score is not None else 0.5
        return 4 * p * (1 - p) * math.log2(2 + self.links)


def names_of(
    store: Store, ids: Iterable[str], regions: Collection[str] | None = None
) -> dict[str, str]:
    """Names of merchants, labs and addresses by node id; unknown and unseen ids are missing."""
    rows = store.read(_EXIST, ids=sorted(ids), regions=_listed(regions))
    return {row["id"]: _name(row["id"], row["name"]) for row in rows}


def _name(node: str, name: str) -> str:
    """A name fit for a list: of an address no more than the house, never the room (personal)."""
    if type_of(node) != "Address" or name == node:
        return name
    place, _ = place_of(name)
    return place.shown if place else node


def _listed(regions: Collection[str] | None) -> list[str] | None:
    return None if regions is None else sorted(regions)


def prepare(store: Store) -> None:
    """Make the key on judgements; safe to repeat."""
    store.run_schema(_KEY)


def kept(store: Store, regions: Collection[str] | None = None) -> list[Kept]:
    """All judgements ever made that the reader may see, oldest first."""
    return [_kept(row) for row in store.read(_ALL, regions=_listed(regions))]


def _kept(row: dict[str, Any]) -> Kept:
    said = Judgement(a=row["a"], b=row["b"], **row["properties"])
    if not row["is_whole"]:
        said = replace(said, score=None, parts="[]")
        return Kept(said, said.a, said.b, None, None, row["links"])
    return Kept(
        said,
        _name(said.a, row["name_a"]),
        _name(said.b, row["name_b"]),
        row["uscc_a"],
        row["uscc_b"],
        row["links"],
    )


def history(
    store: Store, node: str | None = None, regions: Collection[str] | None = None
) -> list[Kept]:
    """Judgements ever made, withdrawn ones too, oldest first; of one subject when `node` is given."""
    return [
        each
        for each in kept(store, regions)
        if node is None or node in {each.judgement.a, each.judgement.b}
    ]


def run_rules(
    store: Store, type_name: str, as_of: date, engine: str = "own"
) -> tuple[Proposals, list[Judgement]]:
    """What the rules say of all subjects of a type, given what people judged; nothing is written.

    Returns the proposals and the judgements they were made beside. `engine` is one of `kinds.ENGINES`.
    KeyError for a type without rules, EngineMissing for an engine that is not installed.
    """
    before = [each.judgement for each in kept(store)]
    of_type = [each for each in before if type_of(each.a) == type_name]
    counted = in_force(of_type).values()
    settled = Settled(
        frozenset(j.pair for j in counted if j.author == "person" and j.verdict == "same"),
        frozenset(j.pair for j in counted if j.author == "person" and j.verdict == "different"),
    )
    return rules_of(type_name, engine)(store, as_of, settled), of_type


def write_rules(
    store: Store, found: Proposals, before: Sequence[Judgement], now: datetime
) -> Changes:
    """Keep what the rules say: certain ones as `same`, the rest as `unsure`, which is the queue.

    Repeating it changes nothing; what no longer holds is withdrawn. Each batch is one transaction.
    """
    stamp = now.isoformat(timespec="seconds")
    changed = changes(before, found.proposals, stamp)
    # Withdrawn first: cut off in between, a pair is without a judgement, never with two.
    store.write_batches(
        _WITHDRAW,
        [{"id": each.id} for each in changed.withdraw],
        _BATCH_ROWS,
        by=_RULES_WITHDRAW,
        at=stamp,
        why="no_longer_holds",
        regions=None,
    )
    store.write_batches(_WRITE, map(_row, changed.write), _BATCH_ROWS)
    return changed


def queue(store: Store, regions: Collection[str] | None = None) -> list[Kept]:
    """What people should look at, the most valuable answer first: pairs a rule is unsure of."""
    everything = kept(store, regions)
    counted = {each.id for each in in_force(k.judgement for k in everything).values()}
    barred = {k.judgement.pair for k in everything if k.judgement.bars_rules}
    waiting = [
        k
        for k in everything
        if k.judgement.id in counted
        and k.judgement.verdict == "unsure"
        and k.judgement.author == "rule"
        and k.judgement.pair not in barred
    ]
    return sorted(waiting, key=lambda k: (-k.value, k.judgement.pair))


def judge(
    store: Store, pair: tuple[str, str], verdict: Verdict, *, by: Speaker, why: str, now: datetime
) -> Judgement:
    """Keep a person's judgement on two merchants, two labs or two addresses, given by node id.

    Raises what `judging` raises and NotFound (no such node that the judge sees).
    """
    made = judging(pair, verdict, by=by, why=why, now=now)
    known = names_of(store, pair, by.sees)
    if missing := sorted(set(pair) - known.keys()):
        raise NotFound(", ".join(missing))
    store.write_together([write_step(made)])
    return made


def judging(
    pair: tuple[str, str], verdict: Verdict, *, by: Speaker, why: str, now: datetime
) -> Judgement:
    """A person's judgement, checked and not written yet.

    Raises ValueRefused (`judgement.one_subject`, `judgement.types`, `judgement.by`, `judgement.why`).
    """
    if pair[0] == pair[1]:
        raise ValueRefused("judgement.one_subject")
    if type_of(pair[0]) != type_of(pair[1]):
        raise ValueRefused("judgement.types")
    _check(by, why)
    stamp = now.isoformat(timespec="microseconds")
    return of_person(pair, verdict, by=by.name.strip(), at=stamp, why=why.strip(), region=by.region)


def names_step(ids: Iterable[str], regions: Collection[str] | None) -> Step:
    """Reads which subjects a reader sees, as rows with `id`: one step of a longer transaction."""
    return Step(_EXIST, {"ids": sorted(ids), "regions": _listed(regions)})


def write_step(judgement: Judgement) -> Step:
    """Writes a judgement; one that is there already stays as it is."""
    return Step(_WRITE, {"rows": [_row(judgement)]})


def withdraw(store: Store, judgement_id: str, *, by: Speaker, why: str, now: datetime) -> None:
    """Withdraw a standing judgement; what was in force before it is in force again.

    Raises ValueRefused (`judgement.by`, `judgement.why`), NotFound (no such standing judgement whose
    two ends the speaker sees).
    """
    step = withdraw_step(judgement_id, by=by, why=why, now=now)
    found = store.write_together([step])
    if not found:
        raise NotFound(judgement_id)


def withdraw_step(judgement_id: str, *, by: Speaker, why: str, now: datetime) -> Step:
    """Withdraws a standing judgement; returns its `id` as a row when there was one.

    Raises ValueRefused (`judgement.by`, `judgement.why`).
    """
    _check(by, why)
    return Step(
        _WITHDRAW,
        {
            "rows": [{"id": judgement_id}],
            "by": by.name.strip(),
            "at": now.isoformat(timespec="microseconds"),
            "why": why.strip(),
            "regions": _listed(by.sees),
        },
    )


def _check(by: Speaker, why: str) -> None:
    if not by.name.strip() or by.name.startswith(RULE_PREFIX):
        raise ValueRefused("judgement.by")
    if not why.strip():
        raise ValueRefused("judgement.why")


def read_identity(store: Store, as_of: str | None = None) -> Identity:
    """Who is one, by the judgements in force now or at the end of a day (ISO date).

    Conflicts are held back and listed.
    """
    everything = kept(store)
    ends = [(k.judgement.a, k.uscc_a) for k in everything]
    ends += [(k.judgement.b, k.uscc_b) for k in everything]
    codes = {node: code for node, code in ends if code}
    return identity_of((each.judgement for each in everything), codes, as_of)


def conflicts(store: Store, regions: Collection[str] | None = None) -> tuple[Conflict, ...]:
    """Subjects that are different and yet joined by `same`: for people to decide.

    A reader is told of those whose every joining judgement he may see.
    """
    found = read_identity(store).conflicts
    if regions is None:
        return found
    seen = {each.judgement.pair for each in kept(store, regions)}
    return tuple(each for each in found if seen.issuperset(each.via))


def _row(judgement: Judgement) -> dict[str, Any]:
    said = asdict(judgement)
    ends = {"id": judgement.id, "a": said.pop("a"), "b": said.pop("b")}
    # An absent property is null in the graph, and reads as None again.
    properties = {
        name: value
        for name, value in said.items()
        if value is not None and not name.startswith(WITHDRAWN_PREFIX)
    }
    return {**ends, "properties": properties}


def parts_of(judgement: Judgement) -> list[dict[str, Any]]:
    """What a rule's score is made of."""
    found: list[dict[str, Any]] = json.loads(judgement.parts)
    return found
