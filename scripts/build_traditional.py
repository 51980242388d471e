"""Rebuild graph/model/data/traditional.txt, traditional Chinese characters and their simplified forms.

    python scripts/build_traditional.py <TSCharacters.txt of OpenCC> [out.txt]

OpenCC (Apache-2.0) gives several simplified forms for a few characters; its first one, the commonest, is
taken. Names are matched character by character, so phrases are not needed.
"""

from __future__ import annotations

import sys
from pathlib import Path

OUT = Path(__file__).parents[1] / "graph" / "model" / "data" / "traditional.txt"
HEADER = (
    "# Traditional characters, then their simplified forms. From OpenCC's TSCharacters (Apache-2.0).\n"
    "# Rebuilt by scripts/build_traditional.py.\n"
)


def pairs(dictionary: str) -> list[tuple[str, str]]:
    """Traditional character and its commonest simplified form, where the two differ."""
    rows = (line.split("\t") for line in dictionary.splitlines() if "\t" in line)
    found = ((traditional, forms.split()[0]) for traditional, forms in rows)
    # Characters beyond the basic plane hardly occur in names, and many fonts cannot show them.
    return sorted(
        (a, b) for a, b in found if a != b and len(a) == len(b) == 1 and max(a, b) <= "\uffff"
    )


def main(arguments: list[str]) -> int:
    """Write the table; the exit code."""
    if not arguments:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    found = pairs(Path(arguments[0]).read_text(encoding="utf-8"))
    out = Path(arguments[1]) if len(arguments) > 1 else OUT
    rows = ("".join(side) for side in zip(*found, strict=True))
    out.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
