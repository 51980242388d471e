"""Judgements on who is one: what is kept of each, and which is in force, now or on a day in the past.

A judgement is never changed and never deleted; it can be withdrawn, and then says by whom and why. A
person's judgement outranks any rule's; of several by persons on one pair, the latest counts. It is
known from the day it was made and until the day it was withdrawn, as every relation of the graph is
known from the day it was first seen and until its end was.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Literal

from graph.model.ids import digest
from graph.model.provenance import NATIONAL

Pair = tuple[str, str]
Author = Literal["rule", "person"]
Verdict = Literal["same", "different", "unsure"]

RULE_PREFIX = "rule:"
WITHDRAWN_PREFIX = "withdrawn_"

_CHINA = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Judgement:
    """One judgement on two nodes, `a < b`. `by` is a person, or `rule:<key>`; `at` is an ISO time.

    `score` is the probability of one identity where a rule judged, `parts` the JSON list of what it is
    made of. `region` is the judge's (a rule's is the nation): it says who speaks, not who may read.
    `withdrawn_at`, `withdrawn_by` and `withdrawn_why` are None while it stands.
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
    region: str = NATIONAL
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

    def stood_on(self, day: str) -> bool:
        """Whether it was made by the end of `day` (ISO date) and not yet withdrawn."""
        return day_of(self.at) <= day and (
            self.withdrawn_at is None or day_of(self.withdrawn_at) > day
        )

    @property
    def bars_rules(self) -> bool:
        """Whether rules must stay silent on the pair: a person judged it, or withdrew a rule's word."""
        if self.author == "person":
            return self.stands
        return self.withdrawn_by is not None and not self.withdrawn_by.startswith(RULE_PREFIX)


def of_person(
    pair: Pair, verdict: Verdict, *, by: str, at: str, why: str, region: str = NATIONAL
) -> Judgement:
    """A person's judgement; the pair in any order."""
    a, b = sorted(pair)
    return Judgement(digest(a, b, verdict, by, at), a, b, verdict, by, at, why, region=region)


def day_of(stamp: str) -> str:
    """The day of an ISO time in China (UTC+8), where all days of the graph are counted."""
    return datetime.fromisoformat(stamp).astimezone(_CHINA).date().isoformat()


def in_force(judgements: Iterable[Judgement], as_of: str | None = None) -> dict[Pair, Judgement]:
    """The judgement that counts for each pair: standing, a person's before a rule's, the latest.

    With `as_of` (ISO date) those count that stood at the end of that day.
    """
    ranked = sorted(
        (each for each in judgements if (each.stands if as_of is None else each.stood_on(as_of))),
        key=lambda each: (each.author == "person", each.at, each.id),
    )
    return {each.pair: each for each in ranked}


def readers_of_both(one: Collection[str], other: Collection[str]) -> tuple[str, ...]:
    """Regions whose readers see two things with these owning regions, sorted.

    A reader sees what his own region owns and what the nation does, so a national thing beside one of
    a province is seen from that province; two of two provinces are seen by neither alone.
    """
    return tuple(
        region
        for region in sorted({*one, *other})
        if all(region in owners or NATIONAL in owners for owners in (one, other))
    )
