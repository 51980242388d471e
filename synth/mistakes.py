"""A small sheet with the mistakes that real sheets have, to show what loading does with them."""

from __future__ import annotations

import csv
from pathlib import Path

_COLUMNS = (
    "merchant_id",
    "name",
    "uscc",
    "division",
    "registered_on",
    "source",
    "retrieved_at",
    "owning_region",
)

#: Each row has one mistake; the last is right and is loaded. The codes are worked examples, not firms.
_ROWS = (
    ("91350100M000100Y4Z", "校验位错误商行", "91350100M000100Y4Z", "350100", "2025-03-01"),
    ("91350100M000100Y43", "", "91350100M000100Y43", "350100", "2025-03-01"),
    ("91350100M000100Y43", "日期不存在商行", "91350100M000100Y43", "350100", "2025-13-01"),
    ("91350100M000100Y43", "区划有误商行", "91350100M000100Y43", "35O100", "2025-03-01"),
    ("91350100M000100Y43", "示例商行", "91350100M000100Y43", "350100", "2025-03-01"),
)


def write_mistakes(folder: Path) -> Path:
    """Write `merchant.csv` with five rows, four of them wrong, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "merchant.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        for row in _ROWS:
            writer.writerow([*row, "demo_sheet", "2025-09-01T09:00:00+08:00", "350000"])
    return folder
