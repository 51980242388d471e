"""Pages of a list: how many, after which, and what was left out."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, overload

import orjson

from graph.errors import ValueRefused

DEFAULT_FIRST = 20
MAX_FIRST = 200
MAX_MEMBERS = 500
"""Members of one cluster on one page: a whole network of any plausible size at once."""

_MAX_CURSOR_CHARS = 2_000

Key = tuple[str | int | float, ...]
T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """The first `first` items whose key comes after `after`; make it with `of`."""

    first: int = DEFAULT_FIRST
    after: Key | None = None

    @classmethod
    def of(
        cls, first: int, after: str | None, shape: tuple[type, ...], most: int = MAX_FIRST
    ) -> PageRequest:
        """Check what a reader asked for; `shape` are the types of the list's key.

        Raises ValueRefused for a size outside 0..most and for a cursor of another list.
        """
        if not 0 <= first <= most:
            raise ValueRefused("page.first", most=most)
        return cls(first, None if after is None else decode_cursor(after, shape))


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items of a list, each with its cursor.

    `truncated`: a bound cut the list itself, paging on will not reach the rest. `withheld`: how many
    items the reader may not see (None where that is not told). `as_of`: ISO date it was asked for.
    """

    items: Sequence[T]
    cursors: Sequence[str]
    has_next: bool
    truncated: bool
    withheld: int | None
    as_of: str

    def map(self, change: Callable[[T], U]) -> Page[U]:
        """The same page of changed items."""
        return Page(
            tuple(change(item) for item in self.items),
            self.cursors,
            self.has_next,
            self.truncated,
            self.withheld,
            self.as_of,
        )


@dataclass(frozen=True, slots=True)
class Cut:
    """What is said about a list besides its items; see `Page`."""

    as_of: str
    withheld: int | None = 0
    truncated: bool = False


class Cursors(Sequence[str], Generic[T]):
    """Cursors of items, each worked out when it is asked for: mostly that is the first and the last."""

    def __init__(self, items: Sequence[T], cursor_of: Callable[[T], str]) -> None:
        self._items, self._cursor_of = items, cursor_of

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...
    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        if isinstance(at, slice):
            return Cursors(self._items[at], self._cursor_of)
        return self._cursor_of(self._items[at])


def page_of(items: Sequence[T], request: PageRequest, key: Callable[[T], Key], cut: Cut) -> Page[T]:
    """The page of a list that is sorted by `key` and holds at least one item more than the page."""
    after = request.after
    rest = [item for item in items if after is None or key(item) > after]
    chosen = tuple(rest[: request.first])
    return Page(
        chosen,
        tuple(encode_cursor(key(item)) for item in chosen),
        len(rest) > request.first,
        cut.truncated,
        cut.withheld,
        cut.as_of,
    )


def empty_page(cut: Cut) -> Page[Any]:
    """A page of nothing."""
    return Page((), (), False, cut.truncated, cut.withheld, cut.as_of)


def encode_cursor(key: Key) -> str:
    """An opaque text for a key."""
    return base64.urlsafe_b64encode(orjson.dumps(key)).decode().rstrip("=")


def decode_cursor(cursor: str, shape: tuple[type, ...]) -> Key:
    """The key of a cursor; ValueRefused when it is none of ours, or of a list of another shape."""
    if len(cursor) > _MAX_CURSOR_CHARS:
        raise ValueRefused("page.cursor")
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        parts = orjson.loads(raw)
    except (binascii.Error, ValueError) as error:
        raise ValueRefused("page.cursor") from error
    if not isinstance(parts, list) or tuple(map(type, parts)) != shape:
        raise ValueRefused("page.cursor")
    return tuple(parts)
