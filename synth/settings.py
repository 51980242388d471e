"""What a made-up world is asked to be: its size, its length, its seed and how well its networks hide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

FIRST_DATE = date(2025, 9, 1)
"""Monday on which the base tables were read; week w was read w weeks later."""

MIN_MERCHANTS = 300
"""Below this the look-alikes alone would not fit."""


@dataclass(frozen=True, slots=True)
class Level:
    """How hard the planted networks are to see; all but `least_shared` are probabilities.

    `attach`: a member uses the network's pool for one kind of identifier. `leak`: an outsider picks
    up one of the network's identifiers (drawn once per three members). `cross`: a network lends an
    identifier to a member of another one. `coincidence`: share of merchants that meet a stranger's
    phone or device (recycled number, shared exit). `own_papers`: an offender shows papers nobody else
    shows instead of the network's. `least_shared`: identifiers of the pools that a member shares with
    another member at least (every member holds two, but perhaps alone).

    The first four are those of the community study. Its members have no papers in common and may hold
    what no other member holds, which the last two bring about at the two levels where it matters.
    """

    attach: float
    leak: float
    cross: float
    coincidence: float
    own_papers: float = 0.0
    least_shared: int = 2


LEVELS: dict[str, Level] = {
    "easy": Level(0.85, 0.05, 0.0, 0.03),
    "medium": Level(0.60, 0.20, 0.20, 0.10),
    "hard": Level(0.40, 0.40, 0.40, 0.20, own_papers=0.7, least_shared=1),
    "brutal": Level(0.30, 0.80, 0.80, 0.35, own_papers=0.9, least_shared=1),
}


@dataclass(frozen=True, slots=True)
class WorldSettings:
    """Settings of one world: the same settings always make the same bytes.

    `merchants` are open at the base (week 0), up to a third more in worlds under 500, whose
    look-alikes keep their least size; `weeks` further weeks follow. Raises ValueError for a world too
    small for its look-alikes, a negative number of weeks or an unknown level.
    """

    merchants: int = 1_000
    weeks: int = 6
    seed: int = 1
    level: str = "medium"

    def __post_init__(self) -> None:
        if self.merchants < MIN_MERCHANTS:
            raise ValueError(f"a world needs at least {MIN_MERCHANTS} merchants")
        if self.weeks < 0:
            raise ValueError("weeks must not be negative")
        if self.level not in LEVELS:
            raise ValueError(f"unknown level {self.level!r}; known: {', '.join(LEVELS)}")

    @property
    def hardness(self) -> Level:
        """What the level asks for."""
        return LEVELS[self.level]

    @property
    def networks(self) -> int:
        """Networks planted at the base: one in 500 merchants, at least three."""
        return max(3, self.merchants // 500)

    @property
    def fake_labs(self) -> int:
        """Fake-report labs: about one per eight networks, at least two."""
        return max(2, round(self.networks / 8))


def day_of(week: int) -> date:
    """The day on which the tables of a week were read."""
    return FIRST_DATE + timedelta(weeks=week)
