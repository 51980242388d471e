"""Judgements in the store: run the rules, list what people should look at, judge, withdraw, conflicts."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from graph.errors import NotFound, ValueRefused
from graph.model.ids import type_of
from graph.store.session import Step, Store
from graph.store.statement import Statement
from ingest.resolve.decisions import Settled, Verdict
from ingest.resolve.identity import Conflict, Identity, identity
from ingest.resolve.judgements import (
    RULE_PREFIX,
    WITHDRAWN_PREFIX,
    Changes,
    Judgement,
    changes,
    in_force,
    of_person,
)
from ingest.resolve.proposals import Proposals, propose
from ingest.resolve.reading import READERS

_ALL = Statement.load(__file__, "judgements.cypher")
_WRITE = Statement.load(__file__, "write_judgements.cypher")
_WITHDRAW = Statement.load(__file__, "withdraw_judgements.cypher")
_KEY = Statement.load(__file__, "judged_id.cypher")
_EXIST = Statement.load(__file__, "subjects_exist.cypher")

_BATCH_ROWS = 5000
_RULES_WITHDRAW = RULE_PREFIX + "rerun"


@dataclass(frozen=True, slots=True)
class Kept:
    """A judgement as kept, with the names and codes of both ends and the number of their relations."""

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


def names_of(store: Store, ids: Iterable[str]) -> dict[str, str]:
    """Names of merchants and labs by node id; unknown ids are missing."""
    return {row["id"]: row["name"] for row in store.read(_EXIST, ids=sorted(ids))}


def prepare(store: Store) -> None:
    """Make the key on judgements; safe to repeat."""
    store.run_schema(_KEY)


def kept(store: Store) -> list[Kept]:
    """All judgements ever made, oldest first."""
    return [
        Kept(
            Judgement(a=row["a"], b=row["b"], **row["properties"]),
            row["name_a"],
            row["name_b"],
            row["uscc_a"],
            row["uscc_b"],
            row["links"],
        )
        for row in store.read(_ALL)
    ]


def run_rules(store: Store, type_name: str, as_of: date) -> tuple[Proposals, list[Judgement]]:
    """What the rules say of all subjects of a type, given what people judged; nothing is written.

    Returns the proposals and the judgements they were made beside. KeyError for a type without reader.
    """
    before = [each.judgement for each in kept(store)]
    of_type = [each for each in before if type_of(each.a) == type_name]
    counted = in_force(of_type).values()
    settled = Settled(
        frozenset(j.pair for j in counted if j.author == "person" and j.verdict == "same"),
        frozenset(j.pair for j in counted if j.author == "person" and j.verdict == "different"),
    )
    return propose(READERS[type_name](store, as_of), settled), of_type


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
    )
    store.write_batches(_WRITE, map(_row, changed.write), _BATCH_ROWS)
    return changed


def queue(store: Store) -> list[Kept]:
    """What people should look at, the most valuable answer first: pairs a rule is unsure of."""
    everything = kept(store)
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
    store: Store, pair: tuple[str, str], verdict: Verdict, *, by: str, why: str, now: datetime
) -> Judgement:
    """Keep a person's judgement on two merchants or two labs, given by node id.

    Raises ValueRefused (`judgement.one_subject`, `judgement.types`, `judgement.by`, `judgement.why`) and
    NotFound (no such node).
    """
    if pair[0] == pair[1]:
        raise ValueRefused("judgement.one_subject")
    if type_of(pair[0]) != type_of(pair[1]):
        raise ValueRefused("judgement.types")
    if not by.strip() or by.startswith(RULE_PREFIX):
        raise ValueRefused("judgement.by")
    if not why.strip():
        raise ValueRefused("judgement.why")
    known = names_of(store, pair)
    if missing := sorted(set(pair) - known.keys()):
        raise NotFound(", ".join(missing))
    stamp = now.isoformat(timespec="microseconds")
    made = of_person(pair, verdict, by=by.strip(), at=stamp, why=why.strip())
    store.write_together([Step(_WRITE, {"rows": [_row(made)]})])
    return made


def withdraw(store: Store, judgement_id: str, *, by: str, why: str, now: datetime) -> None:
    """Withdraw a standing judgement; what was in force before it is in force again.

    Raises ValueRefused (`judgement.by`, `judgement.why`), NotFound (no such standing judgement).
    """
    if not by.strip() or by.startswith(RULE_PREFIX):
        raise ValueRefused("judgement.by")
    if not why.strip():
        raise ValueRefused("judgement.why")
    stamp = now.isoformat(timespec="microseconds")
    rows = [{"id": judgement_id}]
    if not store.write(_WITHDRAW, rows=rows, by=by.strip(), at=stamp, why=why.strip()):
        raise NotFound(judgement_id)


def read_identity(store: Store) -> Identity:
    """Who is one, by the judgements in force; conflicts are held back and listed."""
    everything = kept(store)
    counted = in_force(each.judgement for each in everything)
    ends = [(k.judgement.a, k.uscc_a) for k in everything]
    ends += [(k.judgement.b, k.uscc_b) for k in everything]
    codes = {node: code for node, code in ends if code}
    return identity(
        [pair for pair, j in counted.items() if j.verdict == "same"],
        [pair for pair, j in counted.items() if j.verdict == "different"],
        codes,
    )


def conflicts(store: Store) -> tuple[Conflict, ...]:
    """Subjects that are different and yet joined by `same`: for people to decide."""
    return read_identity(store).conflicts


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
