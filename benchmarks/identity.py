"""How well identity is found: on noisy copies of a real register, and on public sets.

Precision and recall are of pairs after everything that follows from them: two subjects count as joined
when they end up in one group. Only what is kept without asking a person counts as found.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from benchmarks import identity_febrl, identity_world
from benchmarks.figures import Figure
from benchmarks.identity_febrl import Persons
from benchmarks.identity_world import World
from benchmarks.identity_yardstick import ask, companies_task, persons_task
from graph.model.identity import identity
from ingest.resolve.proposals import Proposals, propose

PRECISION_GOAL, RECALL_GOAL = 0.99, 0.95
#: Splink's published figures on FEBRL 3, in its own settings.
FEBRL_GOALS = {"febrl3": (0.9995, 0.985)}
COPIES, NEAR = 6000, 3000

Pairs = frozenset[tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Quality:
    """Pairs found, right and to be found."""

    found: int
    right: int
    truth: int

    @property
    def precision(self) -> float:
        """Share of the found pairs that are right; 1 where nothing was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of the true pairs that were found; 1 where there was none."""
        return self.right / self.truth if self.truth else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def quality(found: Pairs, truth: Pairs) -> Quality:
    """Compare found pairs with the truth."""
    return Quality(len(found), len(found & truth), len(truth))


def companies(seed: int, level: str, splink_python: str | None = None) -> list[Figure]:
    """Figures on one made-up world; FileNotFoundError where the register is missing."""
    rows = identity_world.read()
    world = identity_world.Maker(rows, seed, identity_world.QUALITIES[level]).make(COPIES, NEAR)
    started = time.process_time()
    found = propose(world.subjects)
    cpu_s = time.process_time() - started
    name = "identity.companies" if level == "reported" else f"identity.companies_{level}"
    figures = [
        *_of_world(name, world, found),
        Figure(f"{name}.compared", found.compared, "pairs", note=f"{len(world.subjects)} subjects"),
        Figure(f"{name}.left_out", sum(each.pairs for each in found.left_out), "pairs"),
        Figure(f"{name}.cpu_s", cpu_s, "s"),
    ]
    if splink_python:
        figures += _splink_of_world(name, world, splink_python)
    return figures


def _of_world(name: str, world: World, found: Proposals) -> list[Figure]:
    codes = world.codes()
    joined = identity([(each.a, each.b) for each in found.of("same")], [], codes)
    pairs = frozenset(pair for group in joined.groups for pair in combinations(group, 2))
    truth = world.truth()
    measured = quality(pairs, truth)
    # A shared code joins two by itself; what is left shows what scores can do.
    uncoded = quality(_uncoded(pairs, codes), _uncoded(truth, codes))
    kinds = dict(zip((each.id for each in world.subjects), world.kind, strict=True))
    wrong = Counter("+".join(sorted((kinds[a], kinds[b]))) for a, b in pairs - truth)
    asked = frozenset((each.a, each.b) for each in found.of("unsure"))
    with_people = quality(pairs | (asked & truth), truth)
    note = ", ".join(f"{count} {kind}" for kind, count in sorted(wrong.items())) or "none wrong"
    return [
        _goal(f"{name}.precision", measured.precision, PRECISION_GOAL, note),
        _goal(f"{name}.recall", measured.recall, RECALL_GOAL, f"{measured.right} of {len(truth)}"),
        Figure(f"{name}.precision_without_code", uncoded.precision, "share"),
        Figure(
            f"{name}.recall_without_code",
            uncoded.recall,
            "share",
            note=f"{uncoded.right} of {uncoded.truth} pairs that no code joins",
        ),
        Figure(
            f"{name}.recall_with_review",
            with_people.recall,
            "share",
            note="where people answer the queue rightly",
        ),
        Figure(f"{name}.queue", len(asked), "pairs", note=f"{len(asked & truth)} of them one"),
    ]


def _splink_of_world(name: str, world: World, python: str) -> list[Figure]:
    """Splink on the same world. Two codes are two for it too: it is given that rule of ours."""
    answer = ask(companies_task(world.subjects), python)
    ids, codes = [each.id for each in world.subjects], world.codes()
    pairs = (tuple(sorted((ids[a], ids[b]))) for a, b in answer["pairs"])
    kept = frozenset((a, b) for a, b in pairs if len({codes.get(a), codes.get(b)} - {None}) < 2)
    note = f"Splink {answer['version']}"
    return [
        *_three(f"{name}.splink_", quality(kept, world.truth())),
        Figure(f"{name}.splink_cpu_s", answer["cpu_s"], "s", note=note),
    ]


def _uncoded(pairs: Pairs, codes: Mapping[str, str]) -> Pairs:
    return frozenset((a, b) for a, b in pairs if a not in codes or b not in codes)


def over_seeds(seeds: Sequence[int], level: str, splink_python: str | None = None) -> list[Figure]:
    """The mean of each figure over several worlds; the note gives the range where there are several."""
    # Splink is measured on the first world only: one run of it shows what it does.
    runs = [companies(seed, level, None) for seed in seeds[1:]]
    first = companies(seeds[0], level, splink_python)
    count = len(runs[0]) if runs else len(first)
    return [*averaged([first[:count], *runs]), *first[count:]]


def averaged(runs: Sequence[Sequence[Figure]]) -> list[Figure]:
    """The mean of each figure over runs that report the same figures; the note gives the range."""
    return [_mean(each) for each in zip(*runs, strict=True)]


def _mean(figures: Sequence[Figure]) -> Figure:
    first = figures[0]
    if len(figures) == 1:
        return first
    values = [each.value for each in figures]
    value = sum(values) / len(values)
    met = None if first.met is None else all(each.met for each in figures)
    note = f"{min(values):.4g} to {max(values):.4g} over {len(values)} seeds"
    return Figure(first.name, value, first.unit, first.goal, met, note)


def _goal(name: str, value: float, goal: float, note: str) -> Figure:
    return Figure(name, value, "share", f">= {goal:g}", value >= goal, note)


def febrl(name: str, persons: Persons, splink_python: str | None = None) -> list[Figure]:
    """Figures on one public set, and Splink's on the same where an interpreter with it is given."""
    started = time.process_time()
    scored = identity_febrl.match(persons)
    cpu_s = time.process_time() - started
    own = quality(identity_febrl.found_pairs(scored, identity_febrl.THRESHOLD), persons.truth)
    figures = _three(f"identity.{name}.", own, FEBRL_GOALS.get(name))
    figures.append(Figure(f"identity.{name}.cpu_s", cpu_s, "s"))
    if splink_python:
        answer = ask(persons_task(persons), splink_python)
        theirs = quality(frozenset(map(_ordered, answer["pairs"])), persons.truth)
        figures += _three(f"identity.{name}.splink_", theirs)
        figures.append(
            Figure(
                f"identity.{name}.splink_cpu_s",
                answer["cpu_s"],
                "s",
                note=f"Splink {answer['version']}",
            )
        )
    return figures


def _three(
    prefix: str, measured: Quality, goals: tuple[float, float] | None = None
) -> list[Figure]:
    both = ((f"{prefix}precision", measured.precision), (f"{prefix}recall", measured.recall))
    judged = [_goal(n, v, goal, "") for (n, v), goal in zip(both, goals or (), strict=False)]
    return [
        *(judged or [Figure(name, value, "share") for name, value in both]),
        Figure(f"{prefix}f1", measured.f1, "share"),
    ]


def _ordered(pair: Sequence[int]) -> tuple[int, int]:
    a, b = pair
    return (a, b) if a < b else (b, a)


def all_febrl(names: Iterable[str], splink_python: str | None = None) -> list[Figure]:
    """Figures on several public sets; none where the package that ships them is missing."""
    where = identity_febrl.folder()
    if where is None:
        return []
    return [
        figure
        for name in names
        for figure in febrl(name, identity_febrl.read(name, where), splink_python)
    ]
