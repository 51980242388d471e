"""Things of one type of which only some properties were asked for, kept as columns.

A long list of plain fields needs no object per thing; one is made where somebody asks for it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, overload

from queries.conditions import FIRST_SEEN, ID, property_of
from queries.views import NodeView

REGIONS = "regions"
TYPE = "type"
_OF_VIEW = (ID, FIRST_SEEN, REGIONS)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which properties of things of one type are read, the id always first; make it with `of`."""

    type_name: str
    names: tuple[str, ...]

    @classmethod
    def of(cls, type_name: str, names: Collection[str]) -> Wanted:
        """Check them; ValueRefused for what is no property of the type."""
        # The type of every thing is known without reading it.
        others = sorted({*names} - {ID, TYPE})
        for name in others:
            if name not in _OF_VIEW:
                property_of(type_name, name)
        return cls(type_name, (ID, *others))

    @property
    def attributes(self) -> frozenset[str]:
        """Everything that is known of the things: what is read, and their type."""
        return frozenset({*self.names, TYPE})

    def cypher(self, variable: str, *before: str) -> str:
        """Cypher for one thing as a row of these, behind other expressions; right of things that are
        wholly seen."""
        return f"[{', '.join([*before, *(f'{variable}.{name}' for name in self.names)])}]"

    def row(self, view: NodeView) -> list[Any]:
        """The same row of a view."""
        return [
            list(view.regions)
            if name == REGIONS
            else getattr(view, name)
            if name in _OF_VIEW
            else view.properties.get(name)
            for name in self.names
        ]


class ThingColumns(Sequence[NodeView]):
    """Things in a list; each, as a NodeView, holds what was asked for and nothing else."""

    def __init__(self, wanted: Wanted, rows: Sequence[Sequence[Any]]) -> None:
        self._wanted, self._rows = wanted, rows
        self._columns: dict[str, list[Any]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def attributes(self) -> frozenset[str]:
        """Everything that is known of the things."""
        return self._wanted.attributes

    @overload
    def __getitem__(self, at: int) -> NodeView: ...
    @overload
    def __getitem__(self, at: slice) -> ThingColumns: ...
    def __getitem__(self, at: int | slice) -> NodeView | ThingColumns:
        if isinstance(at, slice):
            return ThingColumns(self._wanted, self._rows[at])
        said = dict(zip(self._wanted.names, self._rows[at], strict=True))
        identifier, regions = said.pop(ID), said.pop(REGIONS, ())
        return NodeView(
            identifier,
            self._wanted.type_name,
            {name: value for name, value in said.items() if not _is_nothing(name, value)},
            tuple(sorted(set(regions))),
            (),
            said.get(FIRST_SEEN, ""),
        )

    def column(self, name: str) -> list[Any]:
        """One property of all of them, `type` and `regions` too; KeyError for one not asked for."""
        if name == TYPE:
            return [self._wanted.type_name] * len(self)
        if not self._columns:
            columns = (
                zip(*self._rows, strict=True) if self._rows else ((),) * len(self._wanted.names)
            )
            self._columns = dict(zip(self._wanted.names, map(list, columns), strict=True))
        if name == REGIONS:
            return [sorted(set(regions)) for regions in self._columns[name]]
        return self._columns[name]

    def with_others(
        self, others: Sequence[NodeView], key: Callable[[NodeView], Any]
    ) -> ThingColumns:
        """The same with others in their places, all ordered by `key`; each is found by halving."""
        if not others:
            return self
        rows, end = list[Sequence[Any]](), len(self)
        kept, at = self._rows, 0
        for view in sorted(others, key=key):
            place = bisect_left(range(end), key(view), at, key=lambda n: key(self[n]))
            rows += [*kept[at:place], self._wanted.row(view)]
            at = place
        return ThingColumns(self._wanted, [*rows, *kept[at:]])


def _is_nothing(name: str, value: object) -> bool:
    return value is None or name == FIRST_SEEN
