"""The order of a list, the same in statements and in the program, and cursors that hold a place in it.

Missing values come last in either direction; of equal things the smaller id comes first.

Neo4j 5.26 compares stored texts with each other, and in an index, by code points, but anything else by
UTF-16 units: `ORDER BY n.name` and `n.name > $name` disagree on 𠀀 and Ａ. A list by id therefore reads the
index on both counts. Any other orders texts as `n.name + ''`, by UTF-16 units on both, and so does the
program.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cmp_to_key
from typing import Any

import orjson

from graph.errors import LimitExceeded, ValueRefused
from graph.model.ids import digest
from graph.model.values import KINDS
from queries.condition_cypher import missing
from queries.condition_judge import value_of
from queries.conditions import FIRST_SEEN, ID, property_of
from queries.masking import mask_text
from queries.views import NodeView

MAX_ORDER = 4
_MAX_CURSOR_CHARS = 4_000
_MAX_CARRIED_CHARS = 200
#: Texts of smaller characters only compare alike by code points and by UTF-16 units.
_SURROGATES = "\ud800"
#: Stands in a cursor for a value that it does not carry.
_NOT_CARRIED: list[object] = []

_CARRIED = (str, int, float, bool, type(None))


@dataclass(frozen=True, slots=True)
class By:
    """One property to order by, or `id`, or `first_seen`."""

    name: str
    is_descending: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A place in an ordered list: the ordered values of the thing there, and its id."""

    values: tuple[Any, ...]
    id: str


@dataclass(frozen=True, slots=True)
class Ordering:
    """A list's order. Make it with `of`; ties are always broken by id."""

    type_name: str
    by: tuple[By, ...] = ()

    @classmethod
    def of(cls, type_name: str, by: Sequence[By]) -> Ordering:
        """Check it; ValueRefused for a personal property, LimitExceeded for too many of them."""
        if len(by) > MAX_ORDER:
            raise LimitExceeded(f"orderBy > {MAX_ORDER}", limit=f"orderBy {MAX_ORDER}")
        for one in by:
            if one.name not in {ID, FIRST_SEEN} and property_of(type_name, one.name).personal:
                raise ValueRefused("order.personal")
        names = [one.name for one in by]
        # Nothing is left to order once the id has been.
        return cls(type_name, tuple(by[: names.index(ID) + 1] if ID in names else by))

    @property
    def is_by_id(self) -> bool:
        """Whether the index of ids gives the order."""
        return not self.by or self.by[0].name == ID

    def place(self, view: NodeView) -> Place:
        """Where a thing stands."""
        return Place(tuple(value_of(view, one.name) for one in self.by), view.id)

    def sorted(self, views: Sequence[NodeView]) -> list[NodeView]:
        """The things in order."""
        return sorted(views, key=self.rank)

    def rank(self, view: NodeView) -> Any:
        """Compares with the ranks of others as the thing stands to them."""
        return cmp_to_key(self.compare)(self.place(view))

    def is_after(self, place: Place, other: Place) -> bool:
        """Whether a place comes after another."""
        return self.compare(place, other) > 0

    def compare(self, left: Place, right: Place) -> int:
        """-1, 0 or 1, as the database would order them."""
        for one, a, b in zip(self.by, left.values, right.values, strict=True):
            if a == b:
                continue
            if a is None or b is None:
                return 1 if a is None else -1
            is_less = self._key(a) < self._key(b)
            return (-1 if is_less else 1) * (-1 if one.is_descending else 1)
        if left.id == right.id:
            return 0
        return -1 if self._key(left.id) < self._key(right.id) else 1

    def _key(self, value: Any) -> Any:
        return utf16(value) if isinstance(value, str) and not self.is_by_id else value

    def hint(self, variable: str, after: Place | None, *, may_seek: bool) -> str:
        """What stands behind MATCH: a list by id is read from the index, which compares as it orders.

        `may_seek`: another index may hold few things to look at. It is left to the server then, as long
        as the id of the last thing seen compares alike in either way.
        """
        is_alike = after is None or max(after.id, default="") < _SURROGATES
        if not self.is_by_id or (may_seek and is_alike):
            return ""
        return f"USING INDEX SEEK {variable}:{self.type_name}({ID})"

    def cypher(self, variable: str) -> str:
        """What stands behind ORDER BY."""
        terms = []
        for one in self.by:
            # Nulls are last in a rising order anyway.
            if one.is_descending:
                terms.append(missing(self._subject(variable, one.name)))
            direction = " DESC" if one.is_descending else ""
            terms.append(f"{self._subject(variable, one.name)}{direction}")
        return ", ".join([*terms, self._subject(variable, ID)])

    def after_cypher(
        self, variable: str, after: Place | None, given: Callable[[object], str]
    ) -> str:
        """Cypher that is true of the things after a place; `given` makes parameters of values."""
        if after is None:
            return f"{variable}.{ID} > ''" if self.is_by_id else "true"
        if self.is_by_id:
            is_descending = any(one.is_descending for one in self.by)
            return f"{variable}.{ID} {'<' if is_descending else '>'} {given(after.id)}"
        said = f"{self._subject(variable, ID)} > {given(after.id)}"
        for one, value in reversed(list(zip(self.by, after.values, strict=True))):
            subject = self._subject(variable, one.name)
            if value is None:
                said = f"({missing(subject)} AND {said})"
                continue
            there = given(value)
            beyond = f"{subject} {'<' if one.is_descending else '>'} {there}"
            said = f"({beyond} OR {missing(subject)} OR ({subject} = {there} AND {said}))"
        return said

    def _subject(self, variable: str, name: str) -> str:
        if name not in {ID, FIRST_SEEN}:
            name = property_of(self.type_name, name).name
        plain = f"{variable}.{name}"
        if self.is_by_id or name == FIRST_SEEN:
            return plain
        is_text = name == ID or _shown_as(self.type_name, name) in {"String", "ID"}
        return f"({plain} + '')" if is_text else plain

    @property
    def mark(self) -> str:
        """Tells this order apart from others in cursors."""
        return digest(self.type_name, *(f"{one.name} {one.is_descending}" for one in self.by))[:8]

    def cursor(self, place: Place) -> str:
        """An opaque text for a place.

        A text in which a number of a person stands is shown masked, so a cursor does not carry it:
        `carried` tells, and the thing at the cursor is read again.
        """
        values = [value if _is_carried(value) else _NOT_CARRIED for value in place.values]
        raw = orjson.dumps([self.mark, *values, place.id])
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    def parse(self, cursor: str) -> Cursor:
        """What a cursor holds; ValueRefused when it is none of this list in this order."""
        if len(cursor) > _MAX_CURSOR_CHARS:
            raise ValueRefused("page.cursor")
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            parts = orjson.loads(raw)
        except (binascii.Error, ValueError) as error:
            raise ValueRefused("page.cursor") from error
        if not isinstance(parts, list) or len(parts) != len(self.by) + 2:
            raise ValueRefused("page.cursor")
        mark, *values, identifier = parts
        is_ours = mark == self.mark and isinstance(identifier, str)
        if not is_ours or not all(self._fits(*pair) for pair in zip(self.by, values, strict=True)):
            raise ValueRefused("page.cursor")
        return Cursor(Place(tuple(values), identifier), _NOT_CARRIED not in values)

    def _fits(self, one: By, value: object) -> bool:
        if value is None or value == _NOT_CARRIED:
            return True
        if one.name in {ID, FIRST_SEEN}:
            return isinstance(value, str)
        shown = _shown_as(self.type_name, one.name)
        if shown in {"Int", "Float"}:
            return isinstance(value, int | float) and not isinstance(value, bool)
        return isinstance(value, bool if shown == "Boolean" else str)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place; unless it is `is_complete`, the thing of its id has to be read for its values."""

    place: Place
    is_complete: bool


def _is_carried(value: object) -> bool:
    if not isinstance(value, str):
        return isinstance(value, _CARRIED)
    return len(value) <= _MAX_CARRIED_CHARS and mask_text(value) == value


def _shown_as(type_name: str, name: str) -> str:
    return KINDS[property_of(type_name, name).kind].graphql_type


def utf16(text: str) -> bytes:
    """Orders texts as Neo4j orders those it works out: by UTF-16 units."""
    return text.encode("utf-16-be", "surrogatepass")
