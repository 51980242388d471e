"""Records as columns of interned values, the form in which pairs are compared by the hundred thousand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]
Floats = NDArray[np.float64]

MISSING = -1


@dataclass(frozen=True, slots=True)
class Column:
    """One field of all records. `values` are the distinct values, `codes` one index into them per
    record, `MISSING` where the record says nothing.

    A value may be a frozenset (several telephones): then two records agree when they share an element,
    and `holders` counts the records that hold an element.
    """

    name: str
    values: Sequence[Hashable]
    codes: Codes
    holders: Mapping[Hashable, int]

    @property
    def is_plural(self) -> bool:
        """Whether a record may hold several values."""
        return bool(self.values) and isinstance(self.values[0], frozenset)

    def counts(self) -> Floats:
        """Records that hold a value (of a set: its rarest element), per value."""
        return np.array(
            [
                min(self.holders[e] for e in v) if isinstance(v, frozenset) else self.holders[v]
                for v in self.values
            ],
            dtype=np.float64,
        )


def column(
    name: str,
    cells: Iterable[Hashable | None],
    max_holders: int | None = None,
    crowd: Callable[[Hashable], Hashable] | None = None,
) -> Column:
    """Intern one field. Empty cells (None, "", an empty set) say nothing. `crowd` says what of a value
    is counted when asking how common it is; by default the whole value.

    With `max_holders`, elements of sets that more records hold are left out: an agency's telephone or
    a cluster-registration address says as little as none (domain traps: hubs).
    """
    given = list(cells)
    if max_holders is not None:
        counted = Counter(e for cell in given if isinstance(cell, frozenset) for e in cell)
        given = [
            frozenset(e for e in cell if counted[e] <= max_holders)
            if isinstance(cell, frozenset)
            else cell
            for cell in given
        ]
    known: dict[Hashable, int] = {}
    codes = np.fromiter(
        (known.setdefault(cell, len(known)) if cell else MISSING for cell in given),
        dtype=np.int64,
        count=len(given),
    )
    holders: Counter[Hashable] = Counter()
    for cell in given:
        holders.update(cell if isinstance(cell, frozenset) else [cell] if cell else [])
    if crowd is not None:
        crowds: Counter[Hashable] = Counter()
        for value in known:
            crowds[crowd(value)] += holders[value]
        holders = Counter({value: crowds[crowd(value)] for value in known})
    return Column(name, list(known), codes, holders)


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of one length by name; `size` is the number of records."""

    size: int
    columns: Mapping[str, Column]

    def __getitem__(self, name: str) -> Column:
        """The column of that name."""
        return self.columns[name]


def table(columns: Iterable[Column]) -> Table:
    """Put columns together. ValueError when their lengths differ or there is none."""
    by_name = {each.name: each for each in columns}
    sizes = {len(each.codes) for each in by_name.values()}
    if len(sizes) != 1:
        msg = f"columns of different lengths: {sorted(sizes)}"
        raise ValueError(msg)
    return Table(sizes.pop(), by_name)
