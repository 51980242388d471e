"""How the C library of a long-lived process keeps memory.

Answers of a service are large and short-lived: rows as bytes, rows as objects, a body as bytes. Left to
itself glibc raises the size from which it gives blocks back at once up to 32 MiB (mallopt(3), "dynamic
mmap threshold"), and gives every thread that waits for another one an arena of its own.
"""

from __future__ import annotations

import ctypes
import sys

# malloc.h of glibc; see mallopt(3).
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_LARGE_BYTES = 256 * 1024
_ARENAS = 2


def give_back_early() -> bool:
    """Have large blocks given back when they are freed; False where the C library is not glibc."""
    if sys.platform != "linux":
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except AttributeError:  # musl
        return False
    is_set = True
    for name, value in (
        (_ARENA_MAX, _ARENAS),
        (_MMAP_THRESHOLD, _LARGE_BYTES),
        (_TRIM_THRESHOLD, _LARGE_BYTES),
    ):
        is_set &= bool(mallopt(name, value))
    return is_set
