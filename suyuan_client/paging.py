"""All pages of a list, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar


class PageInfo(Protocol):
    """What a page says of the next one."""

    @property
    def has_next_page(self) -> bool:
        """Whether there is one."""
        ...

    @property
    def end_cursor(self) -> str | None:
        """What it is asked for with."""
        ...


class Paged(Protocol):
    """An answer that comes in pages."""

    @property
    def page_info(self) -> PageInfo:
        """About the page."""
        ...


_P = TypeVar("_P", bound=Paged)


def pages(ask: Callable[[str | None], _P]) -> Iterator[_P]:
    """Each page: `pages(lambda after: client.merchants(100, after=after))`."""
    after: str | None = None
    while True:
        page = ask(after)
        yield page
        if not page.page_info.has_next_page:
            return
        after = page.page_info.end_cursor
