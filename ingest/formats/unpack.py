"""A file's bytes, unpacked where it is packed: gzip, bzip2, xz, or ZIP with one member.

What it is follows from its first bytes, never from its name. Unpacking is a stream, so a small file
that unpacks to a large one costs time but no memory.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from ingest.refusals import source_error

PACKED_SUFFIXES = (".gz", ".bz2", ".xz", ".zip")
ZIP = b"PK\x03\x04"

_DAMAGED = (EOFError, gzip.BadGzipFile, zlib.error, lzma.LZMAError, zipfile.BadZipFile)
# What zipfile says of a broken list of members, depending on where it is broken.
BAD_LIST = (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError)


def _gunzip(raw: BinaryIO) -> BinaryIO:
    return cast(BinaryIO, gzip.GzipFile(fileobj=raw))


def _bunzip2(raw: BinaryIO) -> BinaryIO:
    return cast(BinaryIO, bz2.BZ2File(raw))


def _unxz(raw: BinaryIO) -> BinaryIO:
    return cast(BinaryIO, lzma.LZMAFile(raw))


_PACKERS: Mapping[bytes, Callable[[BinaryIO], BinaryIO]] = {
    b"\x1f\x8b": _gunzip,
    b"BZh": _bunzip2,
    b"\xfd7zXZ\x00": _unxz,
}


@contextmanager
def open_bytes(path: Path) -> Iterator[BinaryIO]:
    """The file's bytes, unpacked if it is packed by its content; SourceError when unreadable."""
    try:
        with path.open("rb") as raw:
            head = raw.read(6)
            raw.seek(0)
            if head.startswith(ZIP):
                with _archive(raw, path) as archive, _inner(archive, path) as inner:
                    yield inner
                return
            unpack = next((u for magic, u in _PACKERS.items() if head.startswith(magic)), None)
            if unpack is None:
                yield raw
                return
            with unpack(raw) as unpacked:
                yield unpacked
    except _DAMAGED as error:
        raise source_error("damaged", file=path.name) from error
    except OSError as error:
        # bz2 reports damage as a bare OSError, which has no number.
        if error.errno is None:
            raise source_error("damaged", file=path.name) from error
        raise source_error("unreadable", file=path.name, detail=error.strerror or "") from error


def _archive(raw: BinaryIO, path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(raw)
    except BAD_LIST as error:
        raise source_error("damaged", file=path.name) from error


def _inner(archive: zipfile.ZipFile, path: Path) -> BinaryIO:
    member = _member(archive, path)
    try:
        return cast(BinaryIO, archive.open(member))
    except (
        RuntimeError,
        NotImplementedError,
    ) as error:  # encrypted, or packed in a way unknown here
        raise source_error("zip_locked", file=path.name) from error


def _member(archive: zipfile.ZipFile, path: Path) -> zipfile.ZipInfo:
    """The one file inside; what macOS adds beside it does not count."""
    files = [
        info
        for info in archive.infolist()
        if not info.is_dir() and not info.filename.startswith("__MACOSX/")
    ]
    if len(files) != 1:
        raise source_error("zip_members", file=path.name, count=len(files))
    return files[0]


def zip_names(path: Path) -> frozenset[str]:
    """Names inside a ZIP; empty for a file that is none. SourceError when it is damaged."""
    try:
        with path.open("rb") as raw:
            if raw.read(4) != ZIP:
                return frozenset()
        with zipfile.ZipFile(path) as archive:
            return frozenset(archive.namelist())
    except BAD_LIST as error:
        raise source_error("damaged", file=path.name) from error
    except OSError as error:
        raise source_error("unreadable", file=path.name, detail=error.strerror or "") from error


def without_packing(name: str) -> str:
    """A file name without the suffix of its packing (`a.csv.gz` → `a.csv`)."""
    for suffix in PACKED_SUFFIXES:
        if name.lower().endswith(suffix):
            return name[: -len(suffix)]
    return name
