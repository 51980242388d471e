"""Which number a key has: a hash table of 128-bit keys in files, asked for many keys at once.

A first load knows the key of every node, relation and record it has written. As Python objects those
are some 200 bytes each; here they are 24 bytes a slot (48 to 72 a key, as the table doubles when it
is half full), in a mapped file that the system may write out when memory is short and that a second
process can open instead of being sent a copy.

Keys are exact (two numbers, the 80 bits of a record id) or BLAKE2b digests of 128 bits: among 10⁹ of
those two are equal with a probability of 1.5 · 10⁻²¹.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
"""Keys by row: two columns of 64 bits."""
Numbers = npt.NDArray[np.int64]

# The number is kept plus one: 0 is a free slot, as a new file is full of them.
_SLOT = np.dtype([("first", np.uint64), ("second", np.uint64), ("place", np.int64)])
_FIRST_SLOTS = 1 << 10
_FULL = 0.5
"""Share of slots in use at which a table doubles; probing stays short."""
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))
"""Odd multipliers (64-bit golden ratio, xxHash): keys that are small numbers spread over the table."""
_RECORD_ID_BYTES = 10


def text_keys(texts: Iterable[str]) -> Keys:
    """Keys of texts: their BLAKE2b digests. Half of a surrogate pair counts as what it is."""
    blake = hashlib.blake2b
    digests = b"".join(
        [blake(text.encode("utf-8", "surrogatepass"), digest_size=16).digest() for text in texts]
    )
    return np.frombuffer(digests, np.uint64).reshape(-1, 2)


def record_keys(record_ids: Iterable[str]) -> Keys:
    """Keys of record ids (20 hex digits each)."""
    digits = np.frombuffer(bytes.fromhex("".join(record_ids)), np.uint8)
    padded = np.zeros((len(digits) // _RECORD_ID_BYTES, 16), np.uint8)
    padded[:, :_RECORD_ID_BYTES] = digits.reshape(-1, _RECORD_ID_BYTES)
    return padded.view(np.uint64)


def number_keys(first: Numbers, second: Numbers) -> Keys:
    """Keys of pairs of numbers."""
    return np.column_stack((first, second)).astype(np.uint64)


class KeyIndex:
    """Numbers keys from 0 in the order in which they come; the table lies in `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._count = 0
        self._slots = self._table(_FIRST_SLOTS)

    @classmethod
    def opened(cls, path: Path) -> KeyIndex:
        """A table that another process has filled, to look keys up in."""
        index = cls.__new__(cls)
        index.path = path
        index._slots = np.memmap(path, _SLOT, "r").view(np.ndarray)
        index._count = int(np.count_nonzero(index._slots["place"]))
        return index

    def __len__(self) -> int:
        return self._count

    def find(self, keys: Keys) -> Numbers:
        """The number of each key, -1 for one that was not added."""
        found = np.full(len(keys), -1, np.int64)
        mask = np.int64(len(self._slots) - 1)
        open_at = np.arange(len(keys))
        first, second = keys[:, 0], keys[:, 1]
        slots = self._home(keys)
        while open_at.size:
            there = self._slots[slots]
            is_used = there["place"] > 0
            is_same = is_used & (there["first"] == first) & (there["second"] == second)
            found[open_at[is_same]] = there["place"][is_same] - 1
            goes_on = is_used & ~is_same
            open_at, first, second = open_at[goes_on], first[goes_on], second[goes_on]
            slots = (slots[goes_on] + 1) & mask
        return found

    def add(self, keys: Keys) -> tuple[Numbers, npt.NDArray[np.bool_]]:
        """The number of each key, and whether it is new (the first of equal new keys alone is)."""
        numbers = self.find(keys)
        is_new = np.zeros(len(keys), np.bool_)
        absent = np.flatnonzero(numbers < 0)
        if not absent.size:
            return numbers, is_new
        wanted = keys[absent]
        order = np.lexsort((wanted[:, 1], wanted[:, 0]))  # stable: equal keys stay in their order
        ordered = wanted[order]
        begins = np.ones(len(order), np.bool_)
        begins[1:] = (ordered[1:, 0] != ordered[:-1, 0]) | (ordered[1:, 1] != ordered[:-1, 1])
        first = order[begins]
        given = np.empty(len(first), np.int64)
        given[np.argsort(first)] = np.arange(self._count, self._count + len(first))
        numbers[absent[order]] = given[np.cumsum(begins) - 1]
        is_new[absent[first]] = True
        self._count += len(first)
        self._make_room()
        self._insert(keys[absent[first]], given)
        return numbers, is_new

    def _make_room(self) -> None:
        size = len(self._slots)
        while self._count > _FULL * size:
            size *= 2
        if size > len(self._slots):
            old = self._slots[self._slots["place"] > 0]
            self.path.unlink()  # whoever has it open keeps it
            self._slots = self._table(size)
            self._insert(np.column_stack((old["first"], old["second"])), old["place"] - 1)

    def _insert(self, keys: Keys, numbers: Numbers) -> None:
        """Put keys into free slots, all at once; of several that want one slot, one gets it."""
        mask = np.int64(len(self._slots) - 1)
        slots, places = self._home(keys), numbers + 1
        while slots.size:
            taken = self._slots["place"]
            is_free = taken[slots] == 0
            taken[slots[is_free]] = places[is_free]
            has_won = taken[slots] == places
            won = slots[has_won]
            self._slots["first"][won] = keys[has_won, 0]
            self._slots["second"][won] = keys[has_won, 1]
            keys, places = keys[~has_won], places[~has_won]
            slots = (slots[~has_won] + 1) & mask

    def _home(self, keys: Keys) -> Numbers:
        """Where to begin to look: the high bits, which every bit of the key has a part in."""
        mixed = (keys[:, 0] * _MIX[0]) ^ (keys[:, 1] * _MIX[1])
        mixed = (mixed ^ (mixed >> np.uint64(29))) * _MIX[0]
        bits = len(self._slots).bit_length() - 1
        home: Numbers = (mixed >> np.uint64(64 - bits)).astype(np.int64)
        return home

    def _table(self, size: int) -> npt.NDArray[np.void]:
        with self.path.open("wb") as file:
            if hasattr(os, "posix_fallocate"):  # a full disk is an error now, and no signal later
                os.posix_fallocate(file.fileno(), 0, size * _SLOT.itemsize)
            else:
                file.truncate(size * _SLOT.itemsize)
        return np.memmap(self.path, _SLOT, "r+", shape=(size,)).view(np.ndarray)
