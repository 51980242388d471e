"""The files of a bulk load while they are written: numbered lines, and the things that lines stand for."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from graph.model.provenance import Record

_BUFFER_BYTES = 1 << 18
_COPY_BYTES = 1 << 20


class Lines:
    """A file of lines that are known by number, from 0, and can be read back."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_multiline = False
        self.longest_bytes = 0
        self._file: IO[bytes] = path.open("w+b", buffering=_BUFFER_BYTES)
        self._begins = array("Q")
        self._end = 0

    def __len__(self) -> int:
        return len(self._begins)

    def add(self, line: str) -> int:
        """Append a line, which ends in a line feed, and return its number."""
        if "\r" in line or line.find("\n") != len(line) - 1:
            self.is_multiline = True
        size_bytes = self._file.write(line.encode())
        self.longest_bytes = max(self.longest_bytes, size_bytes)
        self._begins.append(self._end)
        self._end += size_bytes
        return len(self._begins) - 1

    def at(self, number: int) -> str:
        """The line of that number. Only between writing and `close`: reading moves the place."""
        begin, end = self._span(number)
        self._file.seek(begin)
        return self._file.read(end - begin).decode()

    def copy_without(self, numbers: Sequence[int], target: Path) -> None:
        """Copy all lines but those, whose numbers are sorted, to another file."""
        with target.open("wb") as out:
            at = 0
            for begin, end in (*map(self._span, numbers), (self._end, self._end)):
                self._file.seek(at)
                while at < begin:
                    block = self._file.read(min(_COPY_BYTES, begin - at))
                    out.write(block)
                    at += len(block)
                at = end

    def close(self) -> None:
        """Write what is still in memory."""
        self._file.close()

    def _span(self, number: int) -> tuple[int, int]:
        after = number + 1
        return self._begins[number], (
            self._begins[after] if after < len(self._begins) else self._end
        )


@dataclass(slots=True)
class Several:
    """A thing of several records; `head` are its first cells, `later` all records but the first."""

    head: str
    later: list[Record] = field(default_factory=list)


class Things:
    """The nodes of one type, or the relations of one: each has a number, that of its line."""

    def __init__(self, folder: Path, name: str, header: str) -> None:
        self._once = folder / f"{name}.once.csv"
        self._again = folder / f"{name}.again.csv"
        self._header = folder / f"{name}.header.csv"
        self._header.write_text(header, encoding="utf-8")
        self._lines = Lines(folder / f"{name}.csv")
        self._records = array("Q")
        self.numbers: dict[Hashable, int] = {}
        self.several: dict[int, Several] = {}

    @property
    def is_multiline(self) -> bool:
        """Whether a value holds a line end."""
        return self._lines.is_multiline

    @property
    def longest_bytes(self) -> int:
        """Size of the longest line."""
        return self._lines.longest_bytes

    def add(self, key: Hashable, line: str, record: int) -> None:
        """A thing that is new, and the number of the record that asserts it."""
        self.numbers[key] = self._lines.add(line)
        self._records.append(record)

    def add_record(self, number: int, head: str, record: Record) -> None:
        """A further record about a thing."""
        several = self.several.get(number)
        if several is None:
            several = self.several[number] = Several(head)
        several.later.append(record)

    def settle(self, line_of: Callable[[int, Several], str]) -> tuple[Path, ...]:
        """Write anew what several records speak about; returns the files, the header first.

        `line_of` is given the number of the first record and the rest.
        """
        if not self.several:
            self.close()
            return self._header, self._lines.path
        again = Lines(self._again)
        for number, several in self.several.items():
            again.add(line_of(self._records[number], several))
        again.close()
        self._lines.copy_without(sorted(self.several), self._once)
        self._lines.is_multiline |= again.is_multiline
        self._lines.longest_bytes = max(self._lines.longest_bytes, again.longest_bytes)
        self.close()
        self._lines.path.unlink()
        # The importer refuses a file that is empty.
        return self._header, *(path for path in (self._once, self._again) if path.stat().st_size)

    def close(self) -> None:
        """Write what is still in memory."""
        self._lines.close()
