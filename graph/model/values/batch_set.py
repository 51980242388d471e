"""Several batch numbers in one cell, as recall notices list them."""

from __future__ import annotations

import re

from graph.errors import ValueRefused
from graph.model.values import batch, characters
from graph.model.values.base import ValueKind

MAX_BATCHES = 1_000
JOINT = "；"
_BETWEEN = re.compile(r"[;；,，、\n|]+")


def clean(raw: str) -> str:
    """Batches in the spelling of kind `batch`, each once, sorted, joined by `；`.

    Refused: `batch_set.empty`, `batch_set.too_many` (above MAX_BATCHES), and what `batch` refuses.
    """
    parts = [part for part in _BETWEEN.split(raw) if characters.fold(part)]
    if not parts:
        raise ValueRefused("batch_set.empty")
    if len(parts) > MAX_BATCHES:
        raise ValueRefused("batch_set.too_many")
    return JOINT.join(sorted({batch.clean(part) for part in parts}))


def holds(batches: str, one: str) -> bool:
    """Whether a cleaned batch number is among cleaned batches."""
    return one in batches.split(JOINT)


KIND = ValueKind(
    name="batch_set",
    python_type=str,
    clean=clean,
    title_zh="批号清单",
    title_en="Batch numbers",
    doc="Batch numbers apart by semicolon, comma, 、, vertical bar or line; kept sorted, each once.",
    examples=("批号：20250131A、20250201B", "L2；L1"),
)
