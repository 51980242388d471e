"""When a load stops: a source that is mostly wrong is a wrong file, not a file with wrong rows.

Rows are judged before anything is written. Relations whose ends turn out not to exist are found later,
while writing; they are refused one by one and write nothing, so they need no threshold.
"""

from __future__ import annotations

from dataclasses import dataclass

from graph.errors import ThresholdExceeded
from graph.model.texts import text


@dataclass(frozen=True, slots=True)
class Threshold:
    """Refused rows a source may have: `share` (0..1) of those read, and always up to `rows`.

    `reason` says, in Chinese and in English, why this source gets this share.
    """

    share: float
    rows: int
    reason_zh: str
    reason_en: str

    def __post_init__(self) -> None:
        if not 0 <= self.share < 1 or self.rows < 0:
            raise ValueError("share must be in [0, 1) and rows not negative")

    def allows(self, read: int, refused: int) -> bool:
        """Whether a load with so many rows read and refused may go on."""
        return refused <= max(self.rows, self.share * read)

    def check(self, name: str, read: int, refused: int) -> None:
        """Raise ThresholdExceeded, naming the source and both figures, when it may not."""
        if self.allows(read, refused):
            return
        params = {
            "table": name,
            "read": read,
            "refused": refused,
            "percent": f"{100 * self.share:g}",
        }
        raise ThresholdExceeded(
            text("source.threshold", "en", **params), reason="source.threshold", **params
        )


CANONICAL = Threshold(
    0.1,
    5,
    "标准表由发送方按参考页生成，超过一成被拒说明表头或单位整体有误",
    "Canonical tables are made after the reference page; more than a tenth refused means that a "
    "whole column is wrong. Five rows are always allowed, so that a short file can be mended.",
)
"""The threshold of canonical tables."""
