"""Judges things that a statement could not be sure of, after gathering what is seen around them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from queries.condition_judge import Thing, holds
from queries.conditions import AllOf, Condition, steps
from queries.pages import Page
from queries.reading import Reading
from queries.related import End, FarEnd, Found, RelatedList, ends, found, page
from queries.views import NodeView


@dataclass(frozen=True, slots=True)
class Judged:
    """The things that a condition holds of, in the order given; `is_cut` when a bound kept the
    judge from seeing all that they are related to."""

    kept: tuple[NodeView, ...]
    is_cut: bool = False


async def judge(
    reading: Reading, condition: Condition, views: Sequence[NodeView], as_of: str
) -> Judged:
    """Judge things of one type, with one statement per relation that the condition looks at."""
    if not views:
        return Judged(())
    gathered, is_cut = await _gather(reading, condition, views, as_of)
    kept = tuple(view for view in views if holds(condition, gathered[view.id]))
    return Judged(kept, is_cut)


async def related_pages(
    reading: Reading, ids: Iterable[str], asked: RelatedList
) -> dict[str, Page[End | FarEnd]]:
    """A page of relations for each thing that is visible: one statement for all of them, and more only
    where others spoke of what is asked about."""
    return await pages_of(reading, await found(reading, ids, asked), asked)


async def pages_of(
    reading: Reading, by_id: Mapping[str, Found], asked: RelatedList
) -> dict[str, Page[End | FarEnd]]:
    """The pages of what was found, once what is doubtful has been judged."""
    doubtful = {end.node.id: end.node for one in by_id.values() for end in one.doubtful}
    judged = await judge(reading, asked.condition, list(doubtful.values()), asked.as_of)
    kept = {view.id for view in judged.kept}
    return {
        name: page(
            reading,
            one,
            [end for end in one.doubtful if end.node.id in kept],
            asked,
            is_cut=judged.is_cut and bool(one.doubtful),
        )
        for name, one in by_id.items()
    }


async def _gather(
    reading: Reading, condition: Condition, views: Iterable[NodeView], as_of: str
) -> tuple[dict[str, Thing], bool]:
    things = {view.id: Thing(view, {}) for view in views}
    is_cut = False
    if not things:
        return things, is_cut
    for step, parts in steps(condition).items():
        found_ends, step_cut = await ends(reading, things, step, as_of)
        nodes = {end.node.id: end.node for some in found_ends.values() for end in some}
        beyond, deep_cut = await _gather(reading, AllOf(parts), nodes.values(), as_of)
        is_cut |= step_cut or deep_cut
        for name, thing in things.items():
            reached = tuple(
                replace(beyond[end.node.id], by=end.relation) for end in found_ends.get(name, ())
            )
            things[name] = Thing(thing.view, {**thing.related, step: reached})
    return things, is_cut
