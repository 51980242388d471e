"""The weeks after the base: runs the calendar and decides which networks have which event when."""

from __future__ import annotations

from collections.abc import Callable

from synth.calendar import WeekKind, calendar
from synth.churn import Churn
from synth.events import Events, rest_weeks
from synth.networks import Network, Networks
from synth.offences import Offences
from synth.state import World

_RATE = 0.02
"""Events of each kind per network and event week (tracking study §2)."""

_QUIET_SHARE, _LATE_SHARE = 0.4, 0.2
_KINDS = ("grew", "born", "merged", "shrank", "split", "dissolved", "slow")
_REBIRTH_AFTER_WEEKS = 3
_SLOW_WEEKS = 6


class Life:
    """Lets the world live week by week."""

    def __init__(self, networks: Networks, offences: Offences) -> None:
        self.world: World = networks.world
        self.networks = networks
        self.churn = Churn(networks, offences)
        self.events = Events(networks, offences, self.churn)
        self.rng = self.world.rng("life")
        self.kinds = calendar(self.world.settings.weeks)
        self._due: list[tuple[int, Callable[[], None]]] = []
        self._turn = 0
        active = (WeekKind.EVENTS, WeekKind.CHURN, WeekKind.RESTORE)
        self.world.active_weeks = tuple(
            week for week, kind in enumerate(self.kinds, 1) if kind in active
        )

    def live(self) -> None:
        """Run all weeks. The first two networks wait for the last week, where they merge."""
        self._cast()
        for week, kind in enumerate(self.kinds, 1):
            self.world.week = week
            if kind is WeekKind.QUIET:
                continue
            if kind is WeekKind.OUTAGE:
                self.churn.break_feed()
                continue
            if kind is WeekKind.RESTORE:
                self.churn.restore_feed()
            if kind is WeekKind.EVENTS:
                self._event_week(week)
            self.churn.week()

    def _cast(self) -> None:
        """Decide who stays quiet and who waits for the last week."""
        networks = self.networks.all
        weeks = len(self.kinds)
        for network in networks[:2]:
            network.rests_until = weeks
        if len(networks) >= 8:
            for network in networks[2:]:
                network.is_quiet = self.rng.random() < _QUIET_SHARE

    def _event_week(self, week: int) -> None:
        is_last = week == len(self.kinds)
        waiting, self._due = self._due, []
        for due, happen in waiting:
            if due <= week:
                happen()
            else:
                self._due.append((due, happen))
        if is_last:
            self._last_week()
        wanted = [kind for kind in _KINDS for _ in range(self._draw())]
        if not wanted and not is_last:
            wanted = [_KINDS[self._turn % len(_KINDS)]]
            self._turn += 1
        for kind in wanted:
            self._happen(kind, week)

    def _draw(self) -> int:
        exact = _RATE * len(self.networks.alive())
        return int(exact) + (self.rng.random() < exact % 1)

    def _last_week(self) -> None:
        """A merger and newcomers, so that the newest week of every world has a story."""
        pair = [network for network in self.networks.all[:2] if network.is_alive]
        if len(pair) == 2:
            self.events.merged(pair[0], pair[1])
        ready = self._ready(len(self.kinds), least=3)
        if ready:
            self.events.grew(self.rng.choice(ready))

    def _ready(self, week: int, least: int = 5) -> list[Network]:
        """Networks that may have an event now."""
        return [
            network
            for network in self.networks.alive()
            if not network.is_quiet
            and network.rests_until <= week
            and len(network.members) >= least
        ]

    def _happen(self, kind: str, week: int) -> None:
        """One event, a fifth of them reported only weeks after they took place."""
        if kind == "born":
            self._late(self.events.born, week)
            return
        ready = self._ready(week, least=12 if kind == "split" else 5)
        if not ready:
            return
        network = self.rng.choice(ready)
        if kind == "merged":
            others = [other for other in ready if other is not network]
            if others:
                other = self.rng.choice(others)
                self._late(lambda: self.events.merged(network, other), week)
        elif kind == "slow":
            self._grow_slowly(network, week)
        else:
            happen = getattr(self.events, kind)
            self._late(lambda: happen(network), week)
            if kind == "dissolved" and not network.is_alive:
                due = week + _REBIRTH_AFTER_WEEKS
                self._due.append((due, lambda: self.events.reborn(network)))

    def _late(self, happen: Callable[[], object], week: int) -> None:
        if week > 2 and self.rng.random() < _LATE_SHARE:
            self.world.lag_weeks = self.rng.randint(1, min(3, week - 1))
        happen()
        self.world.lag_weeks = 0

    def _grow_slowly(self, network: Network, week: int) -> None:
        """Half as many members again, spread over six event weeks, in worlds long enough for it."""
        later = [w for w in self.world.active_weeks if week <= w][:_SLOW_WEEKS]
        if len(later) < _SLOW_WEEKS:
            return
        network.rests_until = later[-1] + rest_weeks(len(self.kinds))
        drip = max(1, round(len(network.members) / 2 / _SLOW_WEEKS))
        self.events.slow(network, drip)
        for due in later[1:]:
            self._due.append((due, lambda: self.events.slow(network, drip)))
