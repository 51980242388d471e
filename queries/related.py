"""Things that others are related to by one relation: pages for many things at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.ontology import ontology
from graph.store.statement import Statement
from queries.condition_cypher import Compiler, arrow, known, visible, whole
from queries.conditions import EVERYTHING, Condition, Step, check
from queries.filled import filled, rows_of
from queries.ordering import utf16
from queries.pages import Cursors, Page, PageRequest, encode_cursor
from queries.predicates import either, every, negated
from queries.reading import Reading
from queries.thing_columns import Wanted
from queries.views import (
    NodeView,
    RelationEnds,
    RelationView,
    node_view,
    relation_key,
    relation_view,
)

CURSOR = (str, str)
DOUBTFUL_LIMIT = 2_000
"""Relations of one thing that must be judged in the program; more are cut, and it is said."""


@dataclass(frozen=True, slots=True)
class End:
    """One relation of a thing and the thing at its other end."""

    relation: RelationView
    node: NodeView

    @property
    def key(self) -> tuple[str, str]:
        """Its place among the relations of one thing: the far id, then what tells them apart."""
        return (self.node.id, "".join(relation_key(self.relation.type, self.relation.properties)))

    @property
    def rank(self) -> tuple[bytes, bytes]:
        """Sorts the relations of one thing."""
        return _rank(*self.key)


@dataclass(frozen=True, slots=True)
class FarEnd:
    """The thing at the other end of a relation of which no more is asked: a row of what is wanted of the
    thing, its id first, and what tells the relation from others to it."""

    row: Sequence[Any]
    apart: str

    @property
    def key(self) -> tuple[str, str]:
        """As of an `End`."""
        return (self.row[0], self.apart)

    @property
    def rank(self) -> tuple[bytes, bytes]:
        """As of an `End`."""
        return _rank(*self.key)


@dataclass(frozen=True, slots=True)
class RelatedList:
    """Which relations are asked for; make it with `of`.

    With `wanted` only that is read of the things at their ends and nothing of the relations;
    `is_withheld_counted` tells whether anybody asks how many are withheld.
    """

    step: Step
    condition: Condition
    as_of: str
    page: PageRequest
    wanted: Wanted | None = None
    is_withheld_counted: bool = True

    @classmethod
    def of(cls, step: Step, condition: Condition, as_of: str, page: PageRequest) -> RelatedList:
        """Check it; raises what `conditions.check` raises."""
        return cls(step, check(condition, step.far), as_of, page)


@dataclass(frozen=True, slots=True)
class Found:
    """The relations of one thing: those that surely match, in order and cut to a page, and those that
    must be judged. `sure` are `FarEnd` where the list says what is wanted, else `End`."""

    withheld: int
    sure: tuple[End, ...] | tuple[FarEnd, ...]
    doubtful: tuple[End, ...]
    is_cut: bool


async def found(reading: Reading, ids: Iterable[str], asked: RelatedList) -> dict[str, Found]:
    """For each thing that is visible, in one statement; doubtful ends are known on the day asked for,
    but not yet judged by the condition."""
    return {row[0]: found_in(reading, row, asked) for row in await answered(reading, ids, asked)}


async def answered(reading: Reading, ids: Iterable[str], asked: RelatedList) -> list[Sequence[Any]]:
    """The same as the statement returns it: id, how many are withheld, what is sure, what is doubtful."""
    statement, parameters = _statement(asked)
    after = asked.page.after or ("", "")
    given = {
        "ids": sorted(set(ids)),
        "as_of": asked.as_of,
        "after_id": after[0],
        "after_apart": after[1],
        "limit": asked.page.first + 1,
        "doubtful_limit": DOUBTFUL_LIMIT + 1,
        **parameters,
    }
    (answer,) = await rows_of(reading, statement, **given)
    rows: list[Sequence[Any]] = answer["found"]
    return rows


async def ends(
    reading: Reading, ids: Iterable[str], step: Step, as_of: str
) -> tuple[dict[str, tuple[End, ...]], bool]:
    """Every relation of each thing along a step, and whether a bound cut them."""
    asked = RelatedList(step, EVERYTHING, as_of, PageRequest(DOUBTFUL_LIMIT))
    by_id = await found(reading, ids, asked)
    all_ends = {
        name: tuple(
            end
            for end in (*one.sure[:DOUBTFUL_LIMIT], *one.doubtful)
            if isinstance(end, End)  # all of them: nothing is wanted of the far things alone
        )
        for name, one in by_id.items()
    }
    is_cut = any(one.is_cut or len(one.sure) > DOUBTFUL_LIMIT for one in by_id.values())
    return all_ends, is_cut


def page(
    reading: Reading, one: Found, judged: Sequence[End], asked: RelatedList, *, is_cut: bool
) -> Page[End | FarEnd]:
    """A page of what surely matches and of those that were judged to."""
    items: list[End | FarEnd] = [*one.sure, *(_as_wanted(end, asked.wanted) for end in judged)]
    if judged:
        # What surely matches is in order, and after the last one seen, by the statement.
        after = asked.page.after
        items.sort(key=lambda end: end.rank)
        items = [end for end in items if after is None or end.rank > _rank(*map(str, after))]
    chosen = tuple(items[: asked.page.first])
    return Page(
        chosen,
        Cursors(chosen, lambda end: encode_cursor(end.key)),
        len(items) > asked.page.first,
        one.is_cut or is_cut,
        reading.withheld(one.withheld),
        asked.as_of,
    )


def _as_wanted(end: End, wanted: Wanted | None) -> End | FarEnd:
    return end if wanted is None else FarEnd(wanted.row(end.node), end.key[1])


def _rank(identifier: str, apart: str) -> tuple[bytes, bytes]:
    """Orders as the statement does; see `ordering`."""
    return utf16(identifier), utf16(apart)


def _statement(asked: RelatedList) -> tuple[Statement, dict[str, Any]]:
    compiler, step = Compiler(), asked.step
    about = (asked.condition, "n", step.far)
    doubt = compiler.doubtful(*about)
    seen = f"{whole('r')} AND {whole('n')} AND {known('r')} AND n.first_seen <= $as_of"
    # What is seen in part is of several regions: sizes are quicker to look at than the regions.
    partly = every(
        f"(size(r.regions) > 1 OR size(n.regions) > 1) "
        f"AND {visible('r')} AND {visible('n')} AND NOT ({whole('r')} AND {whole('n')})",
        compiler.possible(*about, is_whole=False),
    )
    doubtful = every(seen, doubt, compiler.possible(*about, is_whole=True))
    keys = ontology().relations[step.relation].key
    apart = " + ".join(f"coalesce(r.{name}, '')" for name in keys) or "''"
    item = "{relation: properties(r), stored: properties(n)}"
    hidden = f"(p){arrow(step, 'r')}(n:{step.far}) WHERE NOT ({visible('r')} AND {visible('n')})"
    places = {
        "LABEL": step.near,
        "FAR": step.far,
        "ARROW": arrow(step, "r"),
        "APART": apart,
        "WITHHELD": f"COUNT {{ {hidden} }}" if asked.is_withheld_counted else "0",
        "ITEM": asked.wanted.cypher("n", "apart") if asked.wanted else item,
        "SURE": every(seen, compiler.plain(*about), negated(doubt)),
        "DOUBTFUL": either(partly, doubtful),
    }
    return filled("related", places), compiler.parameters


def found_in(reading: Reading, row: Sequence[Any], asked: RelatedList) -> Found:
    """What a row of `answered` says of one thing."""
    near, withheld, sure, unsure = row
    doubtful = [_end(reading, near, item, asked) for item in unsure[:DOUBTFUL_LIMIT]]
    return Found(
        withheld,
        tuple(FarEnd(wanted, str(apart)) for apart, *wanted in sure)
        if asked.wanted
        else tuple(_end(reading, near, item, asked) for item in sure),
        tuple(
            end
            for end in doubtful
            if end.relation.is_known_on(asked.as_of) and end.node.first_seen <= asked.as_of
        ),
        len(unsure) > DOUBTFUL_LIMIT,
    )


def _end(reading: Reading, near: str, item: Mapping[str, Any], asked: RelatedList) -> End:
    regions = reading.reader.visible
    other = node_view(asked.step.far, item["stored"], item.get("said", ()), regions)
    start, finish = (near, other.id) if asked.step.is_out else (other.id, near)
    ends_of = RelationEnds(asked.step.relation, start, finish)
    said = item.get("relation_said", ())
    return End(relation_view(ends_of, item["relation"], said, regions), other)
