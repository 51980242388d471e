"""Which changed links only moved from one name of a merchant to another, and by which judgement.

When two merchants are judged to be one, the links of the second appear under the first; when the
judgement is withdrawn they go back. No record changed, so the judgement itself is the changed record:
such links carry its id, and the cause gate and the flags name it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from detect.network.incidence import Incidence
from detect.weekly.changes import ChangedLink, LinkChange
from detect.weekly.snapshot import Snapshot
from graph.model.identity import Forest

_Holding = tuple[str, str]


def with_judgements(
    links: tuple[ChangedLink, ...], previous: Snapshot, current: Snapshot
) -> tuple[ChangedLink, ...]:
    """The same links; those that a judgement made or withdrawn moved carry its id.

    Where several judgements on one merchant changed at once, their ids are joined by a blank.
    """
    changed = _changed(previous, current)
    if not changed:
        return links
    before = _holdings(previous.incidence, changed)
    now = _holdings(current.incidence, changed)

    def marked(link: ChangedLink) -> ChangedLink:
        said = changed.get(link.merchant)
        if said is None:
            return link
        other = before if link.change is LinkChange.ADDED else now
        # Held by a name of the merchant in the other week too: it moved, and nothing else happened.
        is_moved = (link.identifier, link.kind) in other[said]
        return replace(link, judgement=said) if is_moved else link

    return tuple(marked(link) for link in links)


def _changed(previous: Snapshot, current: Snapshot) -> dict[str, str]:
    """Every merchant of a group in which a judgement came or went → these judgements."""
    before = {joining.id: joining for joining in previous.fold.joinings}
    now = {joining.id: joining for joining in current.fold.joinings}
    fresh = before.keys() ^ now.keys()
    if not fresh:
        return {}
    forest, merchants = Forest(), set[str]()
    for joining in (before | now).values():
        forest.join(joining.a, joining.b)
        merchants |= {joining.a, joining.b}
    by_root: defaultdict[str, list[str]] = defaultdict(list)
    for judgement_id in sorted(fresh):
        joining = before.get(judgement_id) or now[judgement_id]
        by_root[forest.root(joining.a)].append(judgement_id)
    return {
        merchant: " ".join(by_root[root])
        for merchant in sorted(merchants)
        if (root := forest.root(merchant)) in by_root
    }


def _holdings(incidence: Incidence, changed: Mapping[str, str]) -> dict[str, set[_Holding]]:
    """Judgements → what merchants they concern hold, as (identifier, kind)."""
    held: defaultdict[str, set[_Holding]] = defaultdict(set)
    for merchant, said in changed.items():
        held[said] |= set(_held(incidence, merchant))
    return held


def _held(incidence: Incidence, merchant: str) -> Iterable[_Holding]:
    at = bisect_left(incidence.merchants, merchant)
    if at == len(incidence.merchants) or incidence.merchants[at] != merchant:
        return
    start, stop = np.searchsorted(incidence.merchant, (at, at + 1)).tolist()
    for row in range(start, stop):
        yield (
            incidence.identifiers[incidence.identifier[row]],
            incidence.kinds[incidence.kind[row]].name,
        )
