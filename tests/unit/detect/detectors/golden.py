"""Reads golden cases: one base row per detector, and cases that change it in a few named places.

`hits.yaml` holds `base` (a row) and `cases`; `near_misses.yaml` only cases, each named after the
lawful look-alike that it is, over the same base. A case has `change` (dotted path → value), perhaps
`parameters`, and `expect`: one entry per finding with the fields to compare.
`{repeat: n, of: x}` stands for n copies of x in which `{i}` is 0..n-1.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

CASES = Path(__file__).parents[3] / "cases"


@dataclass(frozen=True, slots=True)
class Case:
    """One row and what the detector must say of it."""

    detector: str
    name: str
    row: dict[str, Any]
    parameters: dict[str, float]
    expect: list[dict[str, Any]]


def cases_of(detector: str, file_name: str) -> Iterator[Case]:
    """The cases of one file, the base row changed as each says."""
    base = _read(detector, "hits.yaml")["base"]
    for case in _read(detector, file_name)["cases"]:
        row = deepcopy(base)
        for path, value in (case.get("change") or {}).items():
            _set(row, path.split("."), value)
        yield Case(
            detector,
            case["name"],
            expand(row),
            case.get("parameters") or {},
            case.get("expect") or [],
        )


def expand(value: Any, index: int | None = None) -> Any:
    """Write out every `repeat`."""
    if isinstance(value, str):
        return value if index is None else value.replace("{i}", str(index))
    if isinstance(value, dict):
        return {key: expand(inner, index) for key, inner in value.items()}
    if isinstance(value, list):
        written: list[Any] = []
        for inner in value:
            if isinstance(inner, dict) and "repeat" in inner:
                written += [expand(inner["of"], at) for at in range(inner["repeat"])]
            else:
                written.append(expand(inner, index))
        return written
    return value


def _read(detector: str, file_name: str) -> dict[str, Any]:
    content = yaml.safe_load((CASES / detector / file_name).read_text(encoding="utf-8"))
    assert isinstance(content, dict), f"{detector}/{file_name}"
    return content


def _set(row: Any, path: list[str], value: Any) -> None:
    *steps, last = path
    for step in steps:
        row = row[int(step)] if isinstance(row, list) else row[step]
    if isinstance(row, list):
        if int(last) == len(row):
            row.append(value)
        else:
            row[int(last)] = value
    else:
        row[last] = value
