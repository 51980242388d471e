"""The cause gate: a change of clusters is announced only when changed records explain it.

Clusters also change when some third record crosses a threshold of the clusterer. Such a change has
no cause that could be shown to an investigator, so it is logged and nobody is told.

A judgement that two merchants are one, made or withdrawn, is a changed record of both. It changes who
counts as a member at all, so for what comes, goes, joins or parts one is enough; for a change of size it
counts for the merchants concerned, like any record.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from detect.weekly.changes import ChangedLink, RecentChanges
from detect.weekly.matching import Front
from detect.weekly.settings import CauseRule
from detect.weekly.tracks import Track


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the changed `links` explain the event, and the links."""

    is_explained: bool
    links: tuple[ChangedLink, ...]


def born(front: Front, changes: RecentChanges, rule: CauseRule) -> Verdict:
    """A birth: enough members have a new record on an identifier that the cluster owns."""
    found = _share_with_new(front.members, front.identifiers, changes, (rule, rule.born_share))
    return _or_judged(found)


def grew(gained: Sequence[str], front: Front, changes: RecentChanges, rule: CauseRule) -> Verdict:
    """Growth: enough of the gained merchants have a new record on an owned identifier."""
    return _share_with_new(gained, front.identifiers, changes, (rule, rule.grew_share))


def shrank(lost: Sequence[str], track: Track, changes: RecentChanges, rule: CauseRule) -> Verdict:
    """Shrinkage: enough of the lost merchants closed or lost a record on an owned identifier."""
    return _share_gone(lost, _owned(track), changes, (rule, rule.shrank_share))


def dissolved(track: Track, changes: RecentChanges, rule: CauseRule) -> Verdict:
    """Dissolution: enough members closed or lost a record on an owned identifier."""
    found = _share_gone(track.members, _owned(track), changes, (rule, rule.dissolved_share))
    return _or_judged(found)


def split(parent: Track, child: Front, changes: RecentChanges, rule: CauseRule) -> Verdict:
    """A split: on either side, enough members lost a record on the parent's identifiers.

    Both sides are tested, because the half that kept the records may be the one that looks new.
    """
    together = frozenset(parent.members) | parent.anchor.members
    left = sorted(together & frozenset(child.members))
    left = left or sorted(child.members)  # they had left before they were enough to be shown
    stayed = sorted(together - frozenset(child.members))
    identifiers = _owned(parent)
    verdicts = [
        _or_judged(_share_lost(side, identifiers, changes, rule)) for side in (left, stayed)
    ]
    links = {link for verdict in verdicts if verdict.is_explained for link in verdict.links}
    return Verdict(any(verdict.is_explained for verdict in verdicts), tuple(sorted(links)))


def merged(one: Track, other: Track, changes: RecentChanges, rule: CauseRule) -> Verdict:
    """A merge: enough new records of one side's merchants on identifiers that the other owns."""
    links = sorted({*_bridging(one, other, changes, rule), *_bridging(other, one, changes, rule)})
    return _or_judged(Verdict(len(links) >= rule.bridging_links, tuple(links)))


def _bridging(
    side: Track, other: Track, changes: RecentChanges, rule: CauseRule
) -> list[ChangedLink]:
    # Who changed sides last week, by these very records, is still one of those that bridge.
    merchants = (frozenset(side.members) | side.anchor.members) - other.anchor.members
    identifiers = _owned(other) - side.identifiers
    return [
        link
        for merchant in merchants
        for link in changes.new_on(merchant, identifiers, rule.bridge_window_weeks)
    ]


def _or_judged(found: Verdict) -> Verdict:
    return Verdict(found.is_explained or any(link.judgement for link in found.links), found.links)


def _owned(track: Track) -> frozenset[str]:
    return track.identifiers | track.anchor.identifiers


def _share_with_new(
    merchants: Iterable[str],
    identifiers: frozenset[str],
    changes: RecentChanges,
    gate: tuple[CauseRule, float],
) -> Verdict:
    rule, share = gate
    found = [changes.new_on(merchant, identifiers, rule.window_weeks) for merchant in merchants]
    return _verdict(sum(map(bool, found)), len(found), share, found)


def _share_lost(
    merchants: Iterable[str],
    identifiers: frozenset[str],
    changes: RecentChanges,
    rule: CauseRule,
) -> Verdict:
    found = [changes.lost_on(merchant, identifiers, rule.window_weeks) for merchant in merchants]
    return _verdict(sum(map(bool, found)), len(found), rule.split_share, found)


def _share_gone(
    merchants: Iterable[str],
    identifiers: frozenset[str],
    changes: RecentChanges,
    gate: tuple[CauseRule, float],
) -> Verdict:
    rule, share = gate
    names = list(merchants)
    found = [changes.lost_on(merchant, identifiers, rule.window_weeks) for merchant in names]
    gone = sum(
        1 for name, links in zip(names, found, strict=True) if links or name in changes.closed
    )
    return _verdict(gone, len(names), share, found)


def _verdict(
    explained: int, total: int, share: float, found: Iterable[Sequence[ChangedLink]]
) -> Verdict:
    links = tuple(sorted({link for links in found for link in links}))
    return Verdict(total > 0 and explained >= share * total, links)
