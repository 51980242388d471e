"""One run of the rules over the subjects of a store, or of a benchmark."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ingest.resolve import comparisons, records
from ingest.resolve.blocking import LeftOut
from ingest.resolve.decisions import (
    Backer,
    Proposal,
    Settled,
    from_scores,
    known_pairs,
    merchant_backing,
    strong_keys,
)
from ingest.resolve.records import Subject
from ingest.resolve.scoring import Scored, score


@dataclass(frozen=True, slots=True)
class Proposals:
    """What the rules say: certain and unsure proposals; `disputed` keys that stand beside two credit
    codes, as (kind, key); what blocking left out; how many pairs were compared."""

    proposals: tuple[Proposal, ...]
    disputed: tuple[tuple[str, str], ...]
    left_out: tuple[LeftOut, ...]
    compared: int

    def of(self, verdict: str) -> list[Proposal]:
        """Proposals of one verdict."""
        return [each for each in self.proposals if each.verdict == verdict]


@dataclass(frozen=True, slots=True)
class How:
    """How subjects of one type are scored, and what must agree beside a score to be certain."""

    match: Callable[[Sequence[Subject]], tuple[Scored, list[records.Features]]]
    backing: Backer


def propose(
    subjects: Sequence[Subject], settled: Settled | None = None, how: How | None = None
) -> Proposals:
    """Strong keys, then scores. `settled` is what people have judged: it is taken for granted.

    `how` is that of merchants unless given.

    Deterministic, and independent of the order of the subjects.
    """
    ordered = sorted(subjects, key=lambda each: each.id)
    known = settled or Settled()
    strong, disputed = strong_keys(ordered)
    strong = [each for each in strong if (each.a, each.b) not in known.different]
    if len(ordered) < 2:
        return Proposals(tuple(strong), tuple(disputed), (), 0)
    way = how or How(match, merchant_backing)
    scored, taken = way.match(ordered)
    guessed = from_scores(ordered, taken, scored, strong, known, way.backing)
    chosen = _without_settled([*strong, *guessed], known)
    return Proposals(chosen, tuple(disputed), scored.pairs.left_out, len(scored.pairs))


def match(subjects: Sequence[Subject]) -> tuple[Scored, list[records.Features]]:
    """Scores of all candidate pairs, and the subjects taken apart."""
    data, taken = records.columns(subjects)
    scored = score(data, comparisons.plan(data), lambda found: known_pairs(subjects, taken, found))
    return scored, taken


def _without_settled(found: Iterable[Proposal], known: Settled) -> tuple[Proposal, ...]:
    return tuple(
        each
        for each in found
        if (each.a, each.b) not in known.same and (each.a, each.b) not in known.different
    )
