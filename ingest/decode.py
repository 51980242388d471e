"""Bytes to text: opens a file, finds its encoding, and hands out physical lines with their numbers.

Read twice, never held: the first pass settles the encoding over the whole file, because one that
begins in ASCII says nothing about its tail; the second hands out lines. Lines are bounded, so a file
without a line end cannot fill the memory.

Encodings: UTF-8 with and without BOM, UTF-16 with and without BOM, GB18030 (GB 18030-2022, of which
GBK and GB 2312 are parts), each also packed (`ingest.formats.unpack`).
"""

from __future__ import annotations

import codecs
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ingest.formats.unpack import open_bytes
from ingest.refusals import source_error

MAX_LINE_CHARS = 1 << 20
"""A physical line beyond 1 Mi characters is no table row; ten million columns fail here."""

_PLAIN_LINES = 256
_PLAIN_CHARS = 1 << 17
"""At most so many lines and characters are looked at together; no field is longer then either."""

_BLOCK_BYTES = 1 << 20
_HEAD_BYTES = 1 << 16
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_TEXT = (
    (b"PK\x03\x04", "Excel/ZIP"),
    (b"\xd0\xcf\x11\xe0", "Excel 97"),
    (b"PAR1", "Parquet"),
    (b"%PDF", "PDF"),
    (b"SQLite format 3", "SQLite"),
)
# What many systems export as ".xls" is a web page.
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|table|meta|\?xml)", re.IGNORECASE)
# What surrogateescape leaves of undecodable bytes, and what "replace" leaves of broken UTF-16.
_ESCAPED = re.compile("[\udc80-\udcff]")
_REPLACED = re.compile("\ufffd")
_HAN = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a file is written: the codec, and whether every byte of it decodes (`is_clean`)."""

    codec: str
    is_clean: bool

    @property
    def errors(self) -> str:
        """The codec error handler that keeps a bad line recognisable and the next ones readable."""
        return "replace" if self.codec.startswith("utf-16") else "surrogateescape"


def detect(path: Path) -> Encoding:
    """The encoding of the whole file; SourceError when it is empty, no text, or in none we know."""
    with open_bytes(path) as stream:
        head = stream.read(_HEAD_BYTES)
        bom, codec = next((found for found in _BOMS if head.startswith(found[0])), (b"", None))
        if not head[len(bom) :].strip(b"\r\n\t \x00"):
            raise source_error("empty", file=path.name)
        for magic, name in _NOT_TEXT:
            if head.startswith(magic):
                raise source_error("not_text", file=path.name, format=name)
        if _MARKUP.match(head, len(bom)):
            raise source_error("not_text", file=path.name, format="HTML/XML")
        codec = codec or _bare_utf16(head) or "utf-8"
        if _decodes(codec, head, stream):
            return Encoding(codec, is_clean=True)
    if codec != "utf-8":
        return Encoding(codec, is_clean=False)
    return _by_lines(path)


def _bare_utf16(head: bytes) -> str | None:
    """UTF-16 without a mark: ASCII letters leave a NUL in every second byte of the head."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(len(head) // 2, 1)
    if odd > 0.3 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.3 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _decodes(codec: str, head: bytes, stream: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder(codec)("strict")
    try:
        decoder.decode(head)
        while block := stream.read(_BLOCK_BYTES):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _by_lines(path: Path) -> Encoding:
    """Not UTF-8 throughout: whichever of UTF-8 and GB18030 reads more lines is the file's encoding.

    The other lines are refused one by one later, never guessed at.
    """
    utf8 = gb18030 = neither = 0
    with open_bytes(path) as stream:
        while line := stream.readline(MAX_LINE_CHARS):
            if line.isascii():
                continue
            if _is(line, "utf-8"):
                utf8 += 1
            elif _is(line, "gb18030"):
                gb18030 += 1
            else:
                neither += 1
    if neither > utf8 + gb18030:
        raise source_error("encoding", file=path.name)
    # A tie goes to UTF-8: bytes that are valid UTF-8 are hardly ever anything else.
    return Encoding("utf-8" if utf8 >= gb18030 else "gb18030", is_clean=False)


def _is(line: bytes, codec: str) -> bool:
    try:
        line.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


class Lines:
    """Physical lines with their numbers, from 1; lines may be put back to be read again."""

    def __init__(self, stream: io.TextIOBase, encoding: Encoding) -> None:
        self._stream = stream
        self._encoding = encoding
        self._bad = _REPLACED if encoding.errors == "replace" else _ESCAPED
        self._number = 0
        self._back: deque[tuple[int, str]] = deque()

    def take(self) -> tuple[int, str] | None:
        """The next line with its line end, None at the end; an over-long one comes cut to the limit."""
        if self._back:
            return self._back.popleft()
        line = self._stream.readline(MAX_LINE_CHARS)
        if not line:
            return None
        self._number += 1
        if len(line) == MAX_LINE_CHARS and line[-1] not in "\r\n":
            self._skip_rest()
        return self._number, line

    def take_plain(self) -> tuple[int, list[str]] | None:
        """The next lines, without their ends, and the number of the first; only if all are plain.

        Plain are lines that no rule has to look at one by one: readable, not blank, without quotes,
        short, all ended alike. None when any of the next is not, or none is left: `take` has them.
        """
        if self._back:
            return None
        first, lines = self._number + 1, self._next_lines()
        text = "".join(lines)
        if text.count("\r\n") == len(lines):
            text = text.replace("\r\n", "\n")
        is_plain = (
            text.count("\n") == len(lines) > 0
            and len(text) <= _PLAIN_CHARS
            and "\n\n" not in text
            and text[0] != "\n"
            and text[-1] == "\n"
            and not any(special in text for special in '"\0\r')
            and (self._encoding.is_clean or text.isascii())
        )
        if is_plain:
            return first, text[:-1].split("\n")
        self._back.extend(enumerate(lines, first))
        return None

    def _next_lines(self) -> list[str]:
        lines: list[str] = []
        while len(lines) < _PLAIN_LINES and (line := self._stream.readline(MAX_LINE_CHARS)):
            lines.append(line)
            if len(line) == MAX_LINE_CHARS and line[-1] not in "\r\n":
                self._skip_rest()
                break
        self._number += len(lines)
        return lines

    def put_back(self, lines: Iterable[tuple[int, str]]) -> None:
        """Hand these lines out again before any other, in this order."""
        self._back.extendleft(reversed(list(lines)))

    def fault(self, line: str) -> str | None:
        """Reason why a line is no text we may read: NUL, undecodable, over-long; None when it is."""
        if "\0" in line:
            return "row.nul"
        if len(line) >= MAX_LINE_CHARS:
            return "row.too_long"
        if self._encoding.is_clean or line.isascii():
            return None
        if self._bad.search(line) or self._is_foreign(line):
            return "row.encoding"
        return None

    def _is_foreign(self, line: str) -> bool:
        """Whether a line of a GB18030 file is UTF-8: it decodes either way, as other characters.

        One UTF-8 character may arise from GB18030 by chance; a line that is UTF-8 throughout and
        holds two Chinese characters does not.
        """
        if self._encoding.codec != "gb18030":
            return False
        try:
            other = line.encode("gb18030", "surrogateescape").decode("utf-8")
        except (UnicodeDecodeError, UnicodeEncodeError):
            return False
        return len(_HAN.findall(other)) >= 2

    def _skip_rest(self) -> None:
        while rest := self._stream.readline(MAX_LINE_CHARS):
            if rest[-1] in "\r\n":
                return


@contextmanager
def open_lines(path: Path) -> Iterator[Lines]:
    """The physical lines of a file in whatever encoding it is; SourceError when it is none."""
    encoding = detect(path)
    with open_bytes(path) as raw:
        # newline="" keeps LF, CRLF and CR apart from each other and from what is inside quotes.
        wrapper = io.TextIOWrapper(raw, encoding.codec, encoding.errors, newline="")
        try:
            yield Lines(wrapper, encoding)
        finally:
            wrapper.detach()
