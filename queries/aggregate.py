"""What many things come to: counts, groups with their counts, and least, greatest, sum and mean.

Only visible things count, each by what its reader sees of it. Nothing small is hidden: a group of one is
one thing that the reader may list anyway.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

from graph.errors import LimitExceeded, ValueRefused
from graph.model.values import KINDS
from graph.ontology import Property, ontology
from queries.condition_cypher import Compiler
from queries.filled import filled, rows_of
from queries.listing import PARTLY_LIMIT, Listing, census, judged_rows
from queries.reading import Reading
from queries.views import NodeView

MAX_GROUPS = 1_000
"""Groups at most; more are cut, smallest first, and it is said."""
MAX_GROUP_BY = 3
REGIONS = "regions"
MONTH = "first_seen_month"
_GROUPED_KINDS = frozenset({"boolean", "division", "platform", "token"})
#: Numbers that name something. They have many values, and it is said where there are more than MAX_GROUPS.
_NAMING_KINDS = frozenset(
    {"address_id", "ccc", "cma", "cnas", "customs_declaration", "gtin", "hs_code"}
    | {"registration_number", "report_number", "store_native_id", "uscc"}
)
_NUMBERS = frozenset({"Int", "Float", "Long"})
_DATES = frozenset({"Date", "DateTime"})

GroupKey = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """The values of one property: how many things have one, the least, the greatest, and their sum
    (of numbers; None for dates)."""

    count: int = 0
    least: Any = None
    greatest: Any = None
    total: int | float | None = None

    @property
    def mean(self) -> float | None:
        """The mean of numbers; None for dates, and where there is no value."""
        return self.total / self.count if self.total is not None and self.count else None

    def with_value(self, value: Any) -> Measure:
        """The measure with one value more; the same for a missing one."""
        if value is None:
            return self
        is_number = not isinstance(value, str)
        return Measure(
            self.count + 1,
            value if self.least is None else min(self.least, value),
            value if self.greatest is None else max(self.greatest, value),
            (self.total or 0) + value if is_number else None,
        )


@dataclass(frozen=True, slots=True)
class Group:
    """Things that have the same values of what is grouped by, None for a missing one.

    A thing that several of the reader's regions speak of is in the group of each.
    """

    key: GroupKey
    count: int
    measures: Mapping[str, Measure]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """All things that match together, and in groups: most things first, then by key.

    `truncated`: there were more groups than MAX_GROUPS, or more things to be judged than the bound.
    """

    count: int
    measures: Mapping[str, Measure]
    groups: tuple[Group, ...]
    truncated: bool
    as_of: str


@cache
def groupable(type_name: str) -> tuple[str, ...]:
    """What things of a type may be grouped by: properties of few values, numbers that name something and
    parts of the key, none of them personal; the regions that speak of them, and the month they were
    first seen in. A key of one part would make a group of each thing."""
    entity = ontology().entities[type_name]
    few = [p.name for p in entity.properties if _has_few_values(p, entity.key)]
    many = [p.name for p in entity.properties if _names_something(p, entity.key)]
    return (*few, REGIONS, MONTH, *many)


@cache
def measured(type_name: str) -> tuple[str, ...]:
    """Properties of a type that have a least and a greatest value: numbers and dates."""
    return tuple(
        prop.name
        for prop in ontology().entities[type_name].properties
        if not prop.personal and KINDS[prop.kind].graphql_type in _NUMBERS | _DATES
    )


def is_number(type_name: str, name: str) -> bool:
    """Whether a measured property is a number."""
    return KINDS[ontology().entities[type_name].property(name).kind].graphql_type in _NUMBERS


async def aggregate(reading: Reading, listing: Listing, by: Sequence[str]) -> Aggregate:
    """Count things, in one statement and what judging takes.

    Raises ValueRefused for what may not be grouped by, LimitExceeded for more than MAX_GROUP_BY.
    """
    if len(by) > MAX_GROUP_BY:
        raise LimitExceeded(f"groupBy > {MAX_GROUP_BY}", limit=f"groupBy {MAX_GROUP_BY}")
    if not set(by) <= set(groupable(listing.type_name)) or len(set(by)) < len(by):
        raise ValueRefused("aggregate.group_by")
    compiler = Compiler()
    sure, doubtful = census(compiler, listing)
    places = {
        "LABEL": listing.type_name,
        "SURE": f"({sure})",
        "DOUBTFUL": doubtful,
        "GROUP_ROWS": _group_rows(by),
        "MEASURES": _measures(listing.type_name),
    }
    statement = filled("aggregate", places)
    (row,) = await rows_of(
        reading,
        statement,
        as_of=listing.as_of,
        group_limit=MAX_GROUPS + 1 if by else 0,
        doubtful_limit=PARTLY_LIMIT + 1,
        **compiler.parameters,
    )
    views, is_cut = await judged_rows(reading, listing, row["doubtful"])
    tally = _Tally(listing.type_name, row)
    if len(row["groups"]) > MAX_GROUPS:
        # What others know must not decide which groups are shown: a judged thing counts for its group as
        # any other does, so the groups of judged things are counted wherever they stand.
        missing = tally.unknown(key for view in views for key in _keys(view, by))
        tally.know(await _groups_of(reading, listing, places, compiler.parameters, missing))
    for view in views:
        tally.add(view, _keys(view, by) if by else ())
    groups = tally.in_order()
    return Aggregate(
        tally.whole.count,
        tally.whole.measures,
        groups[:MAX_GROUPS],
        is_cut or len(groups) > MAX_GROUPS,
        listing.as_of,
    )


async def _groups_of(
    reading: Reading,
    listing: Listing,
    places: Mapping[str, str],
    values: Mapping[str, Any],
    keys: Sequence[GroupKey],
) -> Sequence[Mapping[str, Any]]:
    """Groups by their keys, of things that surely match."""
    if not keys:
        return []
    # Lists with a missing value in them equal nothing, so keys are compared as texts.
    places = {**places, "KEY_IN": f"{_KEY_TEXT} IN $keys"}
    statement = filled("aggregate_groups", places)
    texts = [_key_text(key) for key in keys]
    (row,) = await rows_of(reading, statement, as_of=listing.as_of, keys=texts, **values)
    groups: Sequence[Mapping[str, Any]] = row["groups"]
    return groups


#: Slashes are doubled and one more ends a part, so `["a", "b"]` is not `["a b"]`, nor a missing one `-`.
_KEY_TEXT = (
    "reduce(text = '', part IN key | text + coalesce(replace(part, '/', '//'), '/-') + '/ ')"
)


def _key_text(key: GroupKey) -> str:
    """As `_KEY_TEXT` makes it."""
    return "".join(f"{'/-' if part is None else part.replace('/', '//')}/ " for part in key)


class _Tally:
    """The answer of the statement, to which judged things are added one by one."""

    def __init__(self, type_name: str, row: Mapping[str, Any]) -> None:
        self._names = measured(type_name)
        self.whole = Group((), row["count"], self._of(row["measures"]))
        self._groups: dict[GroupKey, Group] = {}
        self.know(row["groups"])

    def unknown(self, keys: Iterable[GroupKey]) -> list[GroupKey]:
        """Those of some keys that no group is known of."""
        return sorted({*keys} - self._groups.keys(), key=_sortable)

    def know(self, groups: Iterable[Mapping[str, Any]]) -> None:
        """Take groups that the bound of the statement left out."""
        for one in groups:
            key = tuple(one["key"])
            self._groups[key] = Group(key, one["count"], self._of(one["measures"]))

    def add(self, view: NodeView, keys: Iterable[GroupKey]) -> None:
        """One thing more, in each of its groups."""
        self.whole = self._with(self.whole, view)
        for key in keys:
            group = self._groups.get(key) or Group(key, 0, dict.fromkeys(self._names, Measure()))
            self._groups[key] = self._with(group, view)

    def in_order(self) -> tuple[Group, ...]:
        """Most things first; of equals by key, missing values last."""
        return tuple(sorted(self._groups.values(), key=_rank))

    @staticmethod
    def _with(group: Group, view: NodeView) -> Group:
        values = view.properties
        measures = {
            name: measure.with_value(values.get(name)) for name, measure in group.measures.items()
        }
        return Group(group.key, group.count + 1, measures)

    def _of(self, rows: Sequence[Sequence[Any]]) -> dict[str, Measure]:
        # The database sums nothing up to 0, which would tell what it summed from what was judged here.
        return {
            name: Measure(*row) if row[0] else Measure()
            for name, row in zip(self._names, rows, strict=True)
        }


def _rank(group: Group) -> tuple[Any, ...]:
    return (-group.count, _sortable(group.key))


def _sortable(key: GroupKey) -> list[tuple[bool, str]]:
    return [(value is None, value or "") for value in key]


def _has_few_values(prop: Property, key: Sequence[str]) -> bool:
    if prop.personal or prop.kind not in _GROUPED_KINDS:
        return False
    return prop.kind != "token" or prop.name not in key


def _names_something(prop: Property, key: Sequence[str]) -> bool:
    if prop.personal or _has_few_values(prop, key):
        return False
    return len(key) > 1 if prop.name in key else prop.kind in _NAMING_KINDS


def _group_rows(by: Sequence[str]) -> str:
    """Cypher from a thing `n` to one row per group with its `key`."""
    if not by:
        return "WITH n, [] AS key"
    rows = "UNWIND n.regions AS region WITH n, region\n  " if REGIONS in by else ""
    return f"{rows}WITH n, [{', '.join(_term(name) for name in by)}] AS key"


def _term(name: str) -> str:
    if name == REGIONS:
        return "region"
    return "substring(n.first_seen, 0, 7)" if name == MONTH else f"toString(n.{name})"


def _keys(view: NodeView, by: Sequence[str]) -> Iterable[GroupKey]:
    """The groups of one thing, as `_group_rows` makes them."""
    return product(*(_values(view, name) for name in by))


def _values(view: NodeView, name: str) -> tuple[str | None, ...]:
    if name == REGIONS:
        return view.regions
    if name == MONTH:
        return (view.first_seen[:7],)
    value = view.properties.get(name)
    if value is None:
        return (None,)
    return (str(value).lower() if isinstance(value, bool) else str(value),)


def _measures(type_name: str) -> str:
    terms = [
        f"[count(n.{name}), min(n.{name}), max(n.{name}), "
        f"{f'sum(n.{name})' if is_number(type_name, name) else 'null'}]"
        for name in measured(type_name)
    ]
    # Beside an aggregate, a constant would be a key to group by: of no things there would be no row.
    return f"[{', '.join(terms)}]" if terms else "collect(null)"
