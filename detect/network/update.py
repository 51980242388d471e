"""Corroboration kept up to date: a thousand changed links without reading the other seven million.

The full run is a chain of stages: cores from ties, then per round cores merged and single merchants
let in. Corroboration is not monotone (an identifier that gains a holder may cross the cap or cease to
be owned, which takes a cluster apart), so no fixed distance around a change is safe. What is safe is
that every stage is local: what it says of a merchant depends on a few things alone. The partition
after every stage is therefore kept, and an update walks the same chain, recomputing of each stage only
what depends on something that differs from last time. All else is copied. The region is closed per
stage, and that is why the answer is exactly that of a full run:

* *Touched* are the merchants and identifiers that a changed link names, and all holders of an identifier
  that became, or ceased to be, rare (or rare enough to be strong).
* **Ties.** Whether two merchants are tied depends on what both hold, so only pairs with a touched merchant
  change. The region is the touched merchants, whoever they are tied to now, and all former cores of
  these. No tie leaves it: one between two untouched merchants existed before, so both were in one core.
* **Merging.** Whether two cores join depends on their holdings, so only pairs with a *changed core* (one
  whose members differ, or hold other things) change. The region is the changed cores, those that now
  share `merge_shared` identifiers with one, and all that the previous merging had put together with any
  of these. By the same argument nothing outside is joined to anything inside.
* **Letting in.** What becomes of a single merchant depends on its identifiers, on who else holds them, and
  on the cores these are in, their size included; never on other single merchants. So those who hold a
  touched identifier, or any identifier of a core whose members changed, are decided anew, before the
  eyes of all holders and whole cores they could see. A core that merely holds something new matters to
  those alone who hold the same, and that is a touched identifier.
  In later rounds those alone who now meet a core that changed since the round before: to everybody else
  the answer is still no.
* **Owners** are looked at anew for touched identifiers, and those of merchants whose core differs.
* **Rounds** end when one changes nothing, as in the full run; a stage that the last run did not reach
  equals its last one, because a round that changed nothing never changes anything again.

Each region is given to the very functions of `corroboration`, with holders counted over the world.
Where belief depends on more than a merchant's own links (`same_source_worth` below 1 looks at all links
of an identifier) the region cannot be bounded this way, and the update is a full run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detect.network.changes import Edited, LinkChange, Links, edited, links_of
from detect.network.clustering import (
    NO_CLUSTER,
    Clustering,
    Holdings,
    holdings,
    numbered,
    ownership,
)
from detect.network.corroboration import (
    DEFAULT,
    CorroborationSettings,
    Evidence,
    cores,
    each_once,
    evidence_of,
    is_rare,
    let_in,
    merge,
    ties,
)
from detect.network.incidence import Incidence, IntArray
from detect.network.runs import distinct, grouped, joined, shared_pairs


@dataclass(frozen=True, slots=True)
class Followed:
    """A clustering, and what is needed to update it.

    `stages`: per stage the core of every merchant, -1 for none: cores, then per round merged and let
    in. A core is named by the smallest merchant index it began with, so that cores which did not
    change keep their name. 4 bytes a merchant and stage. `owned`: the core that owns each identifier, by
    name, -1 for none.
    """

    links: Links
    settings: CorroborationSettings
    stages: tuple[IntArray, ...]
    owned: IntArray
    clustering: Clustering

    @property
    def incidence(self) -> Incidence:
        """The links that were clustered."""
        return self.links.incidence


def follow(incidence: Incidence, settings: CorroborationSettings = DEFAULT) -> Followed:
    """Cluster from nothing, and keep what `update` needs; the same as `corroboration.cluster`."""
    return _from_nothing(links_of(incidence), settings)


def update(
    last: Followed, gained: Iterable[LinkChange] = (), lost: Iterable[LinkChange] = ()
) -> Followed:
    """Cluster after some links were lost, then some gained: exactly what a full run would give.

    A link gained again keeps its earliest day; one lost that was not there is passed over; merchants
    and identifiers stay, even without links. Raises KeyError for a kind the incidence lacks.
    """
    edit = edited(last.links, gained, lost)
    if last.settings.same_source_worth != 1.0:
        return _from_nothing(edit.links, last.settings)
    old = [_renamed(stage, edit) for stage in last.stages]
    step = _Step(edit.links, last.settings, edit.identifiers, _touched(edit, last))
    stages = [step.cores(old[0])]
    for turn in range(last.settings.rounds):
        entered = stages[-1]
        known = tuple(old[min(2 * turn + more, len(old) - 1)] for more in range(3))
        merged = step.merged((known[0], entered), known[1])
        earlier = stages[-2] if turn else None
        stages += [merged, step.let_in((known[1], merged), known[2], earlier)]
        if np.array_equal(stages[-1], entered):
            break
    owned = _renamed_owners(last.owned, edit)
    names = _large(stages[-1], last.settings.min_members)
    differ = np.flatnonzero(names != _large(old[-1], last.settings.min_members)).astype(np.int32)
    asked = distinct(np.concatenate((edit.identifiers, edit.links.held_by(differ))))
    owned[asked] = _owners(edit.links, last.settings, names, asked)
    return _finished(edit.links, last.settings, stages, owned)


def _from_nothing(links: Links, settings: CorroborationSettings) -> Followed:
    held = holdings(links.incidence)
    identifiers = np.flatnonzero(is_rare(held.holders, settings.cap))
    evidence = evidence_of(links.incidence, held, identifiers, settings)
    stages = [_named(cores(evidence, settings), np.arange(evidence.merchants, dtype=np.int32))]
    for _ in range(settings.rounds):
        entered = stages[-1]
        merged = _named(merge(evidence.rare, numbered(entered), settings), entered)
        let = _named(let_in(evidence.rare, numbered(merged), settings), merged)
        stages += [merged, let]
        if np.array_equal(let, entered):
            break
    names = _large(stages[-1], settings.min_members)
    members = np.flatnonzero(names >= 0).astype(np.int32)
    used, evidence = _evidence(links, settings, members)
    owned = np.full(links.holders.size, NO_CLUSTER, np.int32)
    owned[used] = ownership(evidence.rare, names[members], settings.cap)
    return _finished(links, settings, stages, owned)


def _finished(
    links: Links, settings: CorroborationSettings, stages: list[IntArray], owned: IntArray
) -> Followed:
    """Number the clusters; `owned` says by name what they own."""
    names = _large(stages[-1], settings.min_members)
    label = numbered(names)
    number = np.full(label.size + 1, NO_CLUSTER, np.int32)  # one more, where -1 points to
    inside = np.flatnonzero(label >= 0)
    number[names[inside]] = label[inside]
    return Followed(links, settings, tuple(stages), owned, Clustering(label, number[owned]))


def _large(stage: IntArray, min_members: int) -> IntArray:
    """The names of a stage, less those of cores with fewer members."""
    inside = np.flatnonzero(stage >= 0)
    size = np.bincount(stage[inside], minlength=1)
    small = inside[size[stage[inside]] < min_members]
    return _with(stage, small.astype(np.int32), np.full(small.size, NO_CLUSTER, np.int32))


def _owners(
    links: Links, settings: CorroborationSettings, names: IntArray, identifiers: NDArray[np.int64]
) -> IntArray:
    """Which core owns each of the identifiers, by name."""
    at, row = joined(links.holders[identifiers], links.holders_begin[identifiers])
    held = Holdings(links.merchant[row], at.astype(np.int32), links.holders[identifiers])
    return ownership(held, names, settings.cap)


def _renamed_owners(owned: IntArray, edit: Edited) -> IntArray:
    """The owner of each identifier in the numbers of now; nobody owns a new one."""
    now = edit.links.holders.size
    named = np.full(now, NO_CLUSTER, np.int32)
    named[edit.identifier_at] = np.append(edit.merchant_at, np.int32(NO_CLUSTER))[owned]
    return named


def _evidence(
    links: Links, settings: CorroborationSettings, merchants: IntArray
) -> tuple[IntArray, Evidence]:
    """Rare identifiers of the given merchants, and the evidence these hold, both numbered from 0."""
    place, row = links.rows_of(merchants)
    incidence = links.incidence
    identifier = incidence.identifier[row]
    holders = links.holders[identifier]
    strong = np.flatnonzero(is_rare(holders, settings.strong_cap))
    is_strong_kind = np.array([kind.is_strong for kind in incidence.kinds], bool)
    strong = strong[is_strong_kind[incidence.kind[row[strong]]]]
    rare = np.flatnonzero(is_rare(holders, settings.cap))
    who, what = _each_once(place[rare], identifier[rare])
    used, at, _ = grouped(what, links.holders.size)
    made = Evidence(
        merchants.size,
        Holdings(who, at.astype(np.int32), links.holders[used]),
        *_each_once(place[strong], identifier[strong]),
        np.zeros(0, np.int32),
    )
    return used.astype(np.int32), made


def _each_once(merchant: NDArray[np.integer], identifier: IntArray) -> tuple[IntArray, IntArray]:
    """`each_once` for links that are sorted, so that those of several kinds are neighbours."""
    is_new = np.ones(merchant.size, bool)
    is_new[1:] = (merchant[1:] != merchant[:-1]) | (identifier[1:] != identifier[:-1])
    return merchant[is_new].astype(np.int32), identifier[is_new]


def _renamed(stage: IntArray, edit: Edited) -> IntArray:
    """A stage of the last run in the merchant numbers of now."""
    now = len(edit.links.incidence.merchants)
    if now == stage.size:
        return stage
    moved = np.full(now, -1, np.int32)
    moved[edit.merchant_at] = np.append(edit.merchant_at, np.int32(-1))[stage]
    return moved


def _touched(edit: Edited, last: Followed) -> IntArray:
    """Merchants whose holdings of rare or strong identifiers may differ from last time."""
    after = edit.links.holders[edit.identifiers]
    before = np.zeros_like(after)
    old_at = np.searchsorted(edit.identifier_at, edit.identifiers)
    is_old = np.append(edit.identifier_at, np.int32(-1))[old_at] == edit.identifiers
    before[is_old] = last.links.holders[old_at[is_old]]
    flips = np.zeros(before.size, bool)
    for cap in (last.settings.cap, last.settings.strong_cap):
        flips |= is_rare(before, cap) != is_rare(after, cap)
    holders = edit.links.holders_of(edit.identifiers[flips])
    return distinct(np.concatenate((edit.merchants, holders))).astype(np.int32)


def _named(label: IntArray, before: IntArray) -> IntArray:
    """Name each core of a stage by the smallest name among those it was made of."""
    count = int(label.max(initial=-1)) + 1
    name = np.full(count, np.iinfo(np.int32).max, np.int32)
    known = np.flatnonzero((label >= 0) & (before >= 0))
    np.minimum.at(name, label[known], before[known])
    made = np.full(label.size, -1, np.int32)
    inside = np.flatnonzero(label >= 0)
    made[inside] = name[label[inside]]
    return made


def _with(stage: IntArray, merchants: IntArray, names: IntArray) -> IntArray:
    changed = stage.copy()
    changed[merchants] = names
    return changed


def _of_changed_cores(before: IntArray, now: IntArray) -> NDArray[np.bool_]:
    """Members, now or before, of cores of which the members changed."""
    differ = np.flatnonzero(before != now)
    found = _members(now, np.concatenate((before[differ], now[differ])))
    found[differ] = True  # all others of a core that changed are in it now as before
    return found


def _members(stage: IntArray, names: IntArray) -> NDArray[np.bool_]:
    """Which merchants are in one of the named cores (-1 among the names is none)."""
    is_named = np.zeros(stage.size + 1, bool)
    is_named[names] = True
    found = np.zeros(stage.size, bool)
    inside = np.flatnonzero(stage >= 0)  # few are in any core
    found[inside] = is_named[stage[inside]]
    return found


@dataclass(frozen=True, slots=True)
class _Step:
    """One update under way: links as they are now, and what was touched."""

    links: Links
    settings: CorroborationSettings
    identifiers: IntArray
    merchants: IntArray

    def cores(self, old: IntArray) -> IntArray:
        """First stage: see "Ties" above."""
        around = self._holders_around(
            self.merchants, max(self.settings.cap, self.settings.strong_cap)
        )
        left, right = ties(self._evidence(around), self.settings)
        is_touched = np.zeros(old.size, bool)
        is_touched[self.merchants] = True
        counts = is_touched[around[left]] | is_touched[around[right]]
        near = np.concatenate((self.merchants, around[left[counts]], around[right[counts]]))
        is_inside = _members(old, old[near])
        is_inside[near] = True
        region = np.flatnonzero(is_inside).astype(np.int32)
        label = cores(self._evidence(region), self.settings)
        return _with(old, region, _named(label, region))

    def merged(self, entered: tuple[IntArray, IntArray], old: IntArray) -> IntArray:
        """See "Merging" above; `entered` is the stage before, last time and now."""
        before, now = entered
        differ = np.flatnonzero(before != now)
        who = np.concatenate((differ, self.merchants))
        changed = distinct(np.concatenate((before[who], now[who]))).astype(np.int32)
        members = np.flatnonzero(_members(now, changed)).astype(np.int32)
        reached = np.concatenate((changed, self._reached(now, members, changed)))
        is_near = _members(now, reached)
        is_near[differ] |= np.isin(before[differ], changed[changed >= 0])
        is_inside = is_near | _members(old, distinct(old[is_near]).astype(np.int32))
        region = np.flatnonzero(is_inside).astype(np.int32)
        rare = self._evidence(region).rare
        label = merge(rare, numbered(now[region]), self.settings)
        return _with(old, region, _named(label, now[region]))

    def let_in(
        self, entered: tuple[IntArray, IntArray], old: IntArray, earlier: IntArray | None
    ) -> IntArray:
        """See "Letting in" above; `earlier` is what merging gave in the round before."""
        before, now = entered
        is_changed = _of_changed_cores(before, now)
        seen = self.links.held_by(np.flatnonzero(is_changed).astype(np.int32))
        asking = self._rare(np.concatenate((seen, self.identifiers)))
        is_asked = is_changed
        is_asked[self.links.holders_of(asking)] = True
        is_asked[self.merchants] = True
        asked = np.flatnonzero(is_asked & (now < 0)).astype(np.int32)
        decided = asked if earlier is None else self._who_met_change(asked, earlier, now)
        around = self._holders_around(decided, self.settings.cap)
        is_inside = _members(now, now[around])
        is_inside[around] = True
        region = np.flatnonzero(is_inside).astype(np.int32)
        label = let_in(self._evidence(region).rare, numbered(now[region]), self.settings)
        # Members stay where merging put them; who was not asked anew is where it was. Who was asked in
        # the round before, and meets the same cores, is still left out.
        made = np.where(now >= 0, now, old)
        made[asked] = -1
        made[decided] = _named(label, now[region])[np.searchsorted(region, decided)]
        return made

    def _who_met_change(self, asked: IntArray, earlier: IntArray, now: IntArray) -> IntArray:
        """Those single merchants that share an identifier with a core whose members changed."""
        is_changed = _of_changed_cores(earlier, now)
        place, row = self.links.rows_of(asked)
        identifier = self.links.incidence.identifier[row]
        rare = np.flatnonzero(is_rare(self.links.holders[identifier], self.settings.cap))
        used, at, _ = grouped(identifier[rare], self.links.holders.size)
        of, row = joined(self.links.holders[used], self.links.holders_begin[used])
        meets = np.zeros(used.size, bool)
        meets[of[is_changed[self.links.merchant[row]]]] = True
        return asked[distinct(place[rare[meets[at]]])]

    def _reached(self, now: IntArray, members: IntArray, changed: IntArray) -> IntArray:
        """Names of cores that share enough identifiers with a changed one to be considered."""
        held = self._rare(self.links.held_by(members))
        others = self.links.holders_of(held)
        others = others[now[others] >= 0]
        rare = self._evidence(others).rare
        core, identifier = each_once(now[others][rare.merchant], rare.identifier)
        pairs = shared_pairs(core, identifier)
        enough = pairs.shared >= self.settings.merge_shared
        left, right = pairs.left[enough], pairs.right[enough]
        is_named = np.zeros(now.size + 1, bool)
        is_named[changed] = True
        counts = is_named[left] | is_named[right]
        return np.concatenate((left[counts], right[counts])).astype(np.int32)

    def _rare(self, identifiers: IntArray) -> IntArray:
        """Those of the identifiers that are rare, each once."""
        is_kept = is_rare(self.links.holders[identifiers], self.settings.cap)
        return distinct(identifiers[is_kept]).astype(np.int32)

    def _holders_around(self, merchants: IntArray, cap: int) -> IntArray:
        """The merchants and all who share an identifier of 2..`cap` holders with one of them."""
        used = self.links.held_by(merchants)
        used = distinct(used[is_rare(self.links.holders[used], cap)]).astype(np.int32)
        return distinct(np.concatenate((merchants, self.links.holders_of(used)))).astype(np.int32)

    def _evidence(self, merchants: IntArray) -> Evidence:
        """What the given merchants (ascending) hold; they are numbered from 0."""
        return _evidence(self.links, self.settings, merchants)[1]


def stages_agree(one: Followed, other: Followed) -> bool:
    """Whether two runs passed through the very same partitions (used to check an update)."""
    return len(one.stages) == len(other.stages) and all(
        np.array_equal(left, right) for left, right in zip(one.stages, other.stages, strict=True)
    )
