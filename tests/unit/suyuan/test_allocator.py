"""Large blocks go back to the system when they are freed, however many there were before."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

_LOOK = """
import ctypes, sys
from suyuan.allocator import give_back_early

class Info(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in "arena ordblks smblks hblks hblkhd".split()]
    _fields_ += [("rest", ctypes.c_size_t * 5)]

libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
libc.free.argtypes, libc.mallinfo2.restype = [ctypes.c_void_p], Info
if sys.argv[1] == "early":
    assert give_back_early()
for _ in range(3):
    libc.free(libc.malloc(8 << 20))  # from now on glibc keeps blocks of this size, left to itself
before = libc.mallinfo2().hblks
block = libc.malloc(1 << 20)
print(libc.mallinfo2().hblks - before)
"""


@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "mallinfo2"),
    reason="needs glibc 2.33",
)
@pytest.mark.parametrize(("when", "blocks"), [("early", "1"), ("never", "0")])
def test_large_blocks_are_the_systems_own(when: str, blocks: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", _LOOK, when], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == blocks
