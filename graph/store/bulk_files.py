"""The files of a bulk load while they are written: numbered lines, and the things that lines stand for."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from graph.store.key_index import KeyIndex, Numbers

_BUFFER_BYTES = 1 << 18
_COPY_BYTES = 1 << 20
_SETTLED_AT_ONCE = 2_000
_LINE_FEED = ord("\n")


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

    def add(self, lines: Sequence[str]) -> None:
        """Append lines, each of which ends in a line feed."""
        if not lines:
            return
        text = "".join(lines)
        data = text.encode()
        if "\r" in text or text.count("\n") != len(lines):
            self.is_multiline = True
            ends = np.cumsum([len(line.encode()) for line in lines])
        else:
            ends = np.flatnonzero(np.frombuffer(data, np.uint8) == _LINE_FEED) + 1
        sizes = np.diff(ends, prepend=0)
        self.longest_bytes = max(self.longest_bytes, int(sizes.max()))
        self._begins.frombytes((ends - sizes + self._end).astype(np.uint64).tobytes())
        self._file.write(data)
        self._end += len(data)

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


@dataclass(frozen=True, slots=True)
class Several:
    """A thing that several records speak about: its line, and their numbers in order of arrival."""

    line: str
    records: Sequence[int]


class Things:
    """The nodes of one type, or the relations of one: each has a number, that of its line.

    In memory are 16 bytes for each, and 16 more for every further record that speaks about one.
    """

    def __init__(self, folder: Path, name: str, header: str) -> None:
        self._once = folder / f"{name}.once.csv"
        self._again = folder / f"{name}.again.csv"
        self._header = folder / f"{name}.header.csv"
        self._header.write_text(header, encoding="utf-8")
        self._lines = Lines(folder / f"{name}.csv")
        self._records = array("Q")
        self._further = array("Q")  # number of a thing, number of a record, and so on
        self.numbers = KeyIndex(folder / f"{name}.keys")

    @property
    def is_multiline(self) -> bool:
        """Whether a value holds a line end."""
        return self._lines.is_multiline

    @property
    def longest_bytes(self) -> int:
        """Size of the longest line."""
        return self._lines.longest_bytes

    def add(self, lines: Sequence[str], records: Numbers) -> None:
        """Things that are new, in the order of their numbers, and the records that assert them."""
        self._lines.add(lines)
        self._records.frombytes(records.astype(np.uint64).tobytes())

    def add_further(self, numbers: Numbers, records: Numbers) -> None:
        """Further records about things."""
        pairs = np.column_stack((numbers, records)).astype(np.uint64)
        self._further.frombytes(pairs.tobytes())

    def settle(self, lines_of: Callable[[Sequence[Several]], Sequence[str]]) -> tuple[Path, ...]:
        """Write anew what several records speak about; returns the files, the header first."""
        if not self._further:
            self.close()
            return self._header, self._lines.path
        pairs = np.frombuffer(self._further, np.uint64).reshape(-1, 2).astype(np.int64)
        pairs = pairs[np.argsort(pairs[:, 0], kind="stable")]
        numbers, begins = np.unique(pairs[:, 0], return_index=True)
        again = Lines(self._again)
        groups = np.split(pairs[:, 1], begins[1:])
        for at in range(0, len(numbers), _SETTLED_AT_ONCE):
            part = slice(at, at + _SETTLED_AT_ONCE)
            several = [
                Several(self._lines.at(number), [self._records[number], *further.tolist()])
                for number, further in zip(numbers[part].tolist(), groups[part], strict=True)
            ]
            again.add(lines_of(several))
        again.close()
        self._lines.copy_without(numbers.tolist(), self._once)
        self._lines.is_multiline |= again.is_multiline
        self._lines.longest_bytes = max(self._lines.longest_bytes, again.longest_bytes)
        self.close()
        self._lines.path.unlink()
        # The importer refuses a file that is empty.
        return self._header, *(path for path in (self._once, self._again) if path.stat().st_size)

    def close(self) -> None:
        """Write what is still in memory."""
        self._lines.close()
