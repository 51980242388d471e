"""One run of the rules over the subjects of a store, or of a benchmark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.resolve import comparisons, records
from ingest.resolve.blocking import LeftOut
from ingest.resolve.decisions import Proposal, Settled, from_scores, known_pairs, strong_keys
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


def propose(subjects: Sequence[Subject], settled: Settled | None = None) -> Proposals:
    """Strong keys, then scores. `settled` is what people have judged: it is taken for granted.

    Deterministic, and independent of the order of the subjects.
    """
    ordered = sorted(subjects, key=lambda each: each.id)
    known = settled or Settled()
    strong, disputed = strong_keys(ordered)
    strong = [each for each in strong if (each.a, each.b) not in known.different]
    if len(ordered) < 2:
        return Proposals(tuple(strong), tuple(disputed), (), 0)
    scored, taken = match(ordered)
    guessed = from_scores(ordered, taken, scored, strong, known)
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
