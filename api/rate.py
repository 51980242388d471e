"""How much each reader may ask for in a while, in the cost units of `api.limits`.

A token bucket: it holds at most `capacity` units, every operation takes its cost, and `per_s` units
flow back each second. An operation that costs more than is there is refused and takes nothing.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from api.errors import RequestRefused, Shown
from api.gate_settings import RateSettings

_EXCEEDED = Shown("RATE_LIMITED", 429, "api.error.rate")
_MOST_READERS = 10_000
_ROUNDING = 1e-6
"""Waiting as long as one was told must suffice, however the refill is rounded."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What one operation cost its reader, and what is left to him.

    `reset_s`: seconds until the bucket is full again, if he asks for nothing meanwhile.
    """

    limit: int
    cost: int
    remaining: int
    reset_s: int

    @property
    def headers(self) -> Mapping[str, str]:
        """Header fields after draft-ietf-httpapi-ratelimit-headers-06."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_s),
        }


class Buckets:
    """The buckets of all readers by name; full ones need not be remembered."""

    def __init__(
        self, settings: RateSettings, clock_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self._clock_s = clock_s
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, reader: str, cost: int) -> Budget:
        """Take the cost of an operation; RequestRefused (RATE_LIMITED, 429) when it is not there."""
        settings, now_s = self._settings, self._clock_s()
        level = self._level(reader, now_s)
        if cost > level + _ROUNDING:
            wait_s = max(1, math.ceil((min(cost, settings.capacity) - level) / settings.per_s))
            refused = self._budget(level, cost)
            headers = {**refused.headers, "Retry-After": str(wait_s)}
            raise RequestRefused(_EXCEEDED, headers=headers, seconds=wait_s)
        level = max(0.0, level - cost)
        self._levels[reader] = (level, now_s)
        self._levels.move_to_end(reader)
        while len(self._levels) > _MOST_READERS:
            self._levels.popitem(last=False)  # idle for longest, so the nearest to full
        return self._budget(level, cost)

    def fine(self, reader: str, cost: int) -> None:
        """Take the cost of a refusal, as far as it is there."""
        now_s = self._clock_s()
        self._levels[reader] = (max(0.0, self._level(reader, now_s) - cost), now_s)
        self._levels.move_to_end(reader)

    def _level(self, reader: str, now_s: float) -> float:
        level, then_s = self._levels.get(reader, (float(self._settings.capacity), now_s))
        flowed = level + max(0.0, now_s - then_s) * self._settings.per_s
        return min(float(self._settings.capacity), flowed)

    def _budget(self, level: float, cost: int) -> Budget:
        settings = self._settings
        missing = settings.capacity - level
        return Budget(settings.capacity, cost, int(level), math.ceil(missing / settings.per_s))
