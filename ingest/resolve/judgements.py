"""What the rules say as judgements, and what a further run of them changes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graph.model.ids import digest
from graph.model.judgements import RULE_PREFIX, Judgement, Pair
from ingest.resolve.decisions import Proposal
from ingest.resolve.explain import part_dict


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
