"""What was refused and why: one record per fault, written to a file the operator can mend and reload.

The refused file holds the original row, personal values included, because whoever corrects it needs
them. It therefore stays with the operator: it is created readable by its owner alone.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from graph.errors import SourceError
from graph.model.texts import text

COLUMNS = ("file", "line", "field", "rule", "reason_code", "reason_zh", "reason_en", "row")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one row: the column, the rule it breaks and the stable reason.

    `rule` is a value kind (`uscc`), or `row`, `required`, `table`, `mapping`, `endpoint`.
    `params` fill the catalogue text `refusal.<reason_code>`.
    """

    field: str
    rule: str
    reason_code: str
    params: Mapping[str, Any] = dataclass_field(default_factory=dict)


class RowRefused(Exception):
    """A row broke at least one rule; nothing of it is loaded. Never leaves this room."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(", ".join(fault.reason_code for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Refusal:
    """One fault with its place; `row` maps column names to the cells as they were read."""

    file: str
    line: int
    fault: Fault
    row: Mapping[str, Any]

    def reason(self, lang: str) -> str:
        """The reason in `lang` ('zh' or 'en')."""
        return reason_text(self.fault, lang)

    def as_json(self) -> dict[str, Any]:
        """Plain values for reports; without the row, which may hold personal data."""
        return {
            "file": self.file,
            "line": self.line,
            "field": self.fault.field,
            "rule": self.fault.rule,
            "reason_code": self.fault.reason_code,
            "reason_zh": self.reason("zh"),
            "reason_en": self.reason("en"),
        }


def reason_text(fault: Fault, lang: str) -> str:
    """Catalogue text of a fault; the bare code where its text wants a parameter nobody gave."""
    try:
        return text(f"refusal.{fault.reason_code}", lang, **fault.params)
    except KeyError:
        return fault.reason_code


def source_error(reason: str, **params: Any) -> SourceError:
    """A SourceError whose message is the English text `source.<reason>`.

    `reason` travels in `params`, so that the command line can say the same in Chinese.
    """
    return SourceError(
        text(f"source.{reason}", "en", **params), reason=f"source.{reason}", **params
    )


class RefusalLog:
    """Writes refusals as they come, so that memory does not grow with them.

    The file is made at the first refusal (an earlier one of that name is replaced at once, so a
    clean load leaves no stale complaints). UTF-8 with BOM: spreadsheets then show Chinese correctly.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.written = 0
        self._stream: TextIO | None = None
        if path is not None:
            path.unlink(missing_ok=True)

    def __enter__(self) -> RefusalLog:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._stream is not None:
            self._stream.close()

    def add(self, refusal: Refusal) -> None:
        """Write one refusal; without a path it is only counted."""
        self.written += 1
        if self.path is None:
            return
        if self._stream is None:
            self._stream = _create(self.path)
        csv.writer(self._stream).writerow(
            (
                _inert(refusal.file),
                refusal.line,
                _inert(refusal.fault.field),
                refusal.fault.rule,
                refusal.fault.reason_code,
                refusal.reason("zh"),
                refusal.reason("en"),
                json.dumps(dict(refusal.row), ensure_ascii=False, default=str),
            )
        )

    def absorb(self, path: Path, written: int) -> None:
        """Append what another process refused, and remove its file."""
        self.written += written
        if self.path is None or not written:
            return
        if self._stream is None:
            self._stream = _create(self.path)
        with path.open(encoding="utf-8-sig", newline="") as other:
            other.readline()  # the same heads
            shutil.copyfileobj(other, self._stream)
        path.unlink()


def _create(path: Path) -> TextIO:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    # Undecodable bytes of a refused row come here as lone surrogates; the file itself must be UTF-8.
    stream = os.fdopen(descriptor, "w", encoding="utf-8-sig", errors="backslashreplace", newline="")
    csv.writer(stream).writerow(COLUMNS)
    return stream


def _inert(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (CWE-1236)."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
