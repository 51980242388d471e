"""Judgements on who is one: what is kept of each, and which is in force.

A judgement is never changed and never deleted; it can be withdrawn, and then says by whom and why. A
person's judgement outranks any rule's; of several by persons on one pair, the latest counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from graph.model.ids import digest
from ingest.resolve.decisions import Proposal, Verdict
from ingest.resolve.explain import part_dict

Pair = tuple[str, str]
Author = Literal["rule", "person"]

RULE_PREFIX = "rule:"
WITHDRAWN_PREFIX = "withdrawn_"


@dataclass(frozen=True, slots=True)
class Judgement:
    """One judgement on two nodes, `a < b`. `by` is a person, or `rule:<key>`; `at` is an ISO time.

    `score` is the probability of one identity where a rule judged, `parts` the JSON list of what it is
    made of. `withdrawn_at`, `withdrawn_by` and `withdrawn_why` are None while it stands.
    """

    id: str
    a: str
    b: str
    verdict: Verdict
    by: str
    at: str
    why: str
    score: float | None = None
    parts: str = "[]"
    withdrawn_at: str | None = None
    withdrawn_by: str | None = None
    withdrawn_why: str | None = None

    @property
    def pair(self) -> Pair:
        """The two node ids, in order."""
        return (self.a, self.b)

    @property
    def author(self) -> Author:
        """Whether a rule or a person judged."""
        return "rule" if self.by.startswith(RULE_PREFIX) else "person"

    @property
    def stands(self) -> bool:
        """Whether it was not withdrawn."""
        return self.withdrawn_at is None

    @property
    def bars_rules(self) -> bool:
        """Whether rules must stay silent on the pair: a person judged it, or withdrew a rule's word."""
        if self.author == "person":
            return self.stands
        return self.withdrawn_by is not None and not self.withdrawn_by.startswith(RULE_PREFIX)


def of_person(pair: Pair, verdict: Verdict, *, by: str, at: str, why: str) -> Judgement:
    """A person's judgement; the pair in any order."""
    a, b = sorted(pair)
    return Judgement(digest(a, b, verdict, by, at), a, b, verdict, by, at, why)


def of_rule(proposal: Proposal, at: str) -> Judgement:
    """A rule's judgement."""
    by = RULE_PREFIX + proposal.rule
    parts = json.dumps([part_dict(part) for part in proposal.parts], ensure_ascii=False)
    return Judgement(
        digest(proposal.a, proposal.b, proposal.verdict, by, at),
        proposal.a,
        proposal.b,
        proposal.verdict,
        by,
        at,
        proposal.reason,
        proposal.probability,
        parts,
    )


def in_force(judgements: Iterable[Judgement]) -> dict[Pair, Judgement]:
    """The judgement that counts for each pair: standing, a person's before a rule's, the latest."""
    ranked = sorted(
        (each for each in judgements if each.stands),
        key=lambda each: (each.author == "person", each.at, each.id),
    )
    return {each.pair: each for each in ranked}


@dataclass(frozen=True, slots=True)
class Changes:
    """What a run of the rules changes: judgements to write, and standing ones that no longer hold."""

    write: tuple[Judgement, ...]
    withdraw: tuple[Judgement, ...]


def changes(standing: Iterable[Judgement], proposals: Iterable[Proposal], at: str) -> Changes:
    """Compare what rules say now with what they said before.

    Pairs that a person judged are left alone. A rule's judgement that still holds is kept as it is, so
    a repeated run changes nothing; one that no longer holds is withdrawn by the rule, not deleted.
    """
    known = list(standing)
    barred = {each.pair for each in known if each.bars_rules}
    before = {each.pair: each for each in known if each.author == "rule" and each.stands}
    wanted: Mapping[Pair, Proposal] = {
        (each.a, each.b): each for each in proposals if (each.a, each.b) not in barred
    }
    gone = [
        old
        for pair, old in sorted(before.items())
        if (new := wanted.get(pair)) is None
        or (new.verdict, RULE_PREFIX + new.rule) != (old.verdict, old.by)
    ]
    lost = {each.pair for each in gone}
    fresh = [
        of_rule(new, at)
        for pair, new in sorted(wanted.items())
        if pair not in before or pair in lost
    ]
    # What a person has overruled stays as history.
    return Changes(tuple(fresh), tuple(each for each in gone if each.pair not in barred))
