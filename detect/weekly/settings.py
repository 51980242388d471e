"""Every threshold of the weekly follow-up, with its unit and why it has that value.

The values were chosen on planted worlds (`benchmarks.planted_weeks`), on seeds other than those
reported. Weeks are *changed* weeks: a week in which the data did not change moves no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from detect.network import corroboration


@dataclass(frozen=True, slots=True)
class VisibilityRule:
    """When a cluster is followed, and when it is shown.

    Followed: at least `tracked_size` merchants and `tracked_identifiers` owned identifiers. Shown:
    the larger counts below. More than `oversize` merchants is a flag on the event, never a reason
    to disappear: a cap that hides a cluster reads as its dissolution.
    """

    tracked_size: int = 3
    tracked_identifiers: int = 2
    visible_size: int = 5
    visible_identifiers: int = 3
    visible_mean_owned: float = 1.5
    oversize: int = 500


@dataclass(frozen=True, slots=True)
class MatchRule:
    """How alike a track and a cluster must be (shares 0..1; see `matching.Overlap`)."""

    weight_floor: float = 0.25
    weight_ceiling: float = 4.0
    min_shared_identifiers: int = 2
    min_likeness: float = 0.2
    dead_identifier_share: float = 0.2
    dead_identifier_share_of_track: float = 0.4
    dead_member_share: float = 0.3
    absorbed_share: float = 0.5


@dataclass(frozen=True, slots=True)
class CauseRule:
    """Which share of the merchants concerned must have a changed record (0..1), how lately.

    `bridging_links` new records between two sides announce a merge. `dissolved_share` is the share
    of members closed or cut off at which a lost cluster is announced at once.
    """

    window_weeks: int = 2
    bridge_window_weeks: int = 4
    born_share: float = 0.5
    split_share: float = 0.3
    grew_share: float = 0.3
    shrank_share: float = 0.5
    dissolved_share: float = 0.6
    bridging_links: int = 2


@dataclass(frozen=True, slots=True)
class TrackerSettings:
    """All rules of the weekly follow-up.

    `size_change_share` and `size_change_members`: growth and shrinkage are counted against the smallest and
    the largest core since the last *announced* one, so a slow drip is seen too. `late_days`, `late_share`:
    merchants whose records were dated before the announcement and became known within so many days of it
    fill in what was announced, and are growth only where they are at least that part of it.
    `remnant_share`: a lost cluster of whose members so many still share identifiers, of at most
    `remnant_holders`, has shrunk, not dissolved. `dissolve_after_weeks`: how long a lost cluster is
    waited for. `forget_after_weeks`: how long a dead one may be reborn. A feed alarm is raised when
    one kind of link falls by `alarm_share` and at least `alarm_links` links in a week; it ends when
    the feed is back, or after `alarm_max_weeks` when the loss must be taken for real. Records on
    identifiers with more than `history_holders` holders are not remembered: they cause nothing.
    `alert_rest_days`: one newly-linked alert per pair in this many calendar days.
    """

    visibility: VisibilityRule = field(default_factory=VisibilityRule)
    match: MatchRule = field(default_factory=MatchRule)
    cause: CauseRule = field(default_factory=CauseRule)
    size_change_share: float = 0.25
    size_change_members: int = 3
    late_days: int = 35
    late_share: float = 0.5
    remnant_share: float = 0.3
    remnant_holders: int = corroboration.DEFAULT.cap
    dissolve_after_weeks: int = 3
    forget_after_weeks: int = 52
    alarm_share: float = 0.04
    alarm_links: int = 50
    alarm_max_weeks: int = 8
    history_holders: int = 50
    alert_identifiers: int = 2
    alert_rest_days: int = 56


DEFAULT_SETTINGS = TrackerSettings()
