"""What a file says of itself: that it holds leads and no proof, of which day, for whom, what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graph.model.texts import text


@dataclass(frozen=True, slots=True)
class About:
    """The head of an export. `withheld` is None where the reader is not told.

    `asked` is what was asked for in words; `made_at` an ISO time, `as_of` an ISO date.
    """

    asked: str
    as_of: str
    made_at: str
    made_for: str
    regions: tuple[str, ...]
    nodes: int
    relations: int
    withheld: int | None
    is_cut: bool

    def lines(self) -> Mapping[str, str]:
        """Name → value, in the order they are shown; notices in Chinese and English."""
        return {
            "notice_zh": text("api.notice", "zh"),
            "notice_en": text("api.notice", "en"),
            "asked": self.asked,
            "as_of": self.as_of,
            "made_at": self.made_at,
            "made_for": self.made_for,
            "regions": "; ".join(self.regions),
            "nodes": str(self.nodes),
            "relations": str(self.relations),
            "withheld": "not told" if self.withheld is None else str(self.withheld),
            "truncated": "true" if self.is_cut else "false",
            "personal_data": text("export.masked", "en"),
        }

    def sentence(self) -> str:
        """All of it in one line, for formats that have one place for a description."""
        return " | ".join(f"{name}: {value}" for name, value in self.lines().items())
