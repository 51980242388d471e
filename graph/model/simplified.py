"""Traditional Chinese characters written as simplified ones, character by character."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_TABLE = Path(__file__).with_name("data") / "traditional.txt"


@cache
def simplified() -> dict[int, str]:
    """For `str.translate`: traditional character → its commonest simplified form.

    Phrases are not looked at: a name is compared with names written the same way, not shown so.
    Source: OpenCC's TSCharacters (Apache-2.0); rebuilt by scripts/build_traditional.py.
    """
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    traditional, plain = (line for line in lines if not line.startswith("#"))
    return {ord(a): b for a, b in zip(traditional, plain, strict=True)}
