"""Which test labs are one: by name parts, seat and the CMA and CNAS numbers.

The same number is a strong key already (`decisions.strong_keys`); here numbers count that nearly agree, and
those that differ. An institution's full name is unique at its registrar (事业单位登记管理暂行条例 art. 6,
企业名称登记管理规定 art. 17), so the same city backs an equal name. Two labs of one group bear one core
in two cities, and one legal person may hold several CNAS numbers for several sites: such pairs are asked.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from rapidfuzz.distance import OSA

from ingest.resolve import comparisons, records
from ingest.resolve.blocking import rule_on
from ingest.resolve.decisions import Backing, known_pairs
from ingest.resolve.names import may_be_one_region
from ingest.resolve.proposals import How
from ingest.resolve.records import Features, Subject, share_a_city
from ingest.resolve.scoring import Comparison, Plan, Scored, score
from ingest.resolve.table import Table, column, table

_YEAR_CHARS = 2
_NEVER = 9
"""More things than a lab has: numbers that differ are for people to weigh."""


def cma(one: Hashable, other: Hashable) -> int:
    """Two different CMA numbers: the same but for the year it was issued in, one slip, or other ones."""
    a, b = str(one), str(other)
    if a[_YEAR_CHARS:] == b[_YEAR_CHARS:]:
        return 1
    return 2 if OSA.distance(a, b, score_cutoff=1) <= 1 else 3


def cnas(one: Hashable, other: Hashable) -> int:
    """Two different CNAS numbers: one slip, or other ones."""
    return 1 if OSA.distance(str(one), str(other), score_cutoff=1) <= 1 else 2


COMPARISONS = (
    *(each for each in comparisons.COMPARISONS if each.name in {"core", "trade", "form", "region"}),
    Comparison(
        "cma", "cma", ("same", "renewed", "one_slip", "other"), cma,
        (0.8, 0.12, 0.05, 0.03), (1e-4, 1e-4, 5e-3, 0.9948),
    ),
    Comparison(
        "cnas", "cnas", ("same", "one_slip", "other"), cnas, (0.9, 0.05, 0.05), (1e-4, 5e-3, 0.9949),
    ),
)  # fmt: skip

RULES: tuple[tuple[str, ...], ...] = (
    ("core_sound", "city"),
    ("body_sound",),
    ("holes",),
    ("cma_serial",),
    ("cma_holes",),
    ("cnas_holes",),
)


def match(subjects: Sequence[Subject]) -> tuple[Scored, list[Features]]:
    """Scores of all candidate pairs of labs, and the labs taken apart."""
    named, taken = records.columns(subjects)
    numbers = [dict(subject.codes) for subject in subjects]
    cells: dict[str, list[Hashable | None]] = {
        "cma": [held.get("cma") for held in numbers],
        "cma_serial": [held["cma"][_YEAR_CHARS:] if "cma" in held else None for held in numbers],
        "cma_holes": [_holes(held.get("cma", "")) or None for held in numbers],
        "cnas": [held.get("cnas") for held in numbers],
        "cnas_holes": [_holes(held.get("cnas", "")) or None for held in numbers],
    }
    data = table(
        [*named.columns.values(), *(column(name, values) for name, values in cells.items())]
    )
    return score(data, _plan(data), lambda found: known_pairs(subjects, taken, found)), taken


def _plan(data: Table) -> Plan:
    rules = tuple(rule_on("+".join(names), [data[name] for name in names]) for names in RULES)
    return Plan(COMPARISONS, rules, ((("body_sound",), frozenset({"core", "trade"})),))


def _holes(number: str) -> frozenset[str]:
    """The number with each one character left out: what one wrong character cannot hide."""
    return frozenset(f"{number[:at]}_{number[at + 1 :]}" for at in range(len(number)))


def backing(levels: dict[str, str], a: Features, b: Features) -> Backing:
    """Whether the names agree, and how much beside the name does."""
    one, other = a.name, b.name
    is_exact = one.body == other.body
    has_name = (
        levels.get("core") in {"same", "parted_elsewhere", "sounds_alike"}
        and levels.get("trade") != "other"
        and levels.get("form") != "other"
        and levels.get("region") != "elsewhere"
        and may_be_one_region(one.regions, other.regions)
    )
    near = (levels.get("cma") in {"renewed", "one_slip"}) + (levels.get("cnas") == "one_slip")
    differ = "other" in {levels.get("cma"), levels.get("cnas")}
    count = near + (is_exact and share_a_city(a.seats, b.seats))
    return Backing(has_name, count, _NEVER if differ else 1 if is_exact else 2)


LABS = How(match, backing)
