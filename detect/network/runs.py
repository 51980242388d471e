"""Groups in sorted columns: where they begin, and which pairs they make.

The engines never build a matrix over all merchants: they sort columns and look at runs of equal values.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.int64]

_HALF = 32  # two indexes below 2**31 packed into one number sort as fast as one
_LOW = np.int64((1 << _HALF) - 1)


@dataclass(frozen=True, slots=True)
class SharedPairs:
    """Pairs of holders and how many identifiers they share; left < right, sorted, each pair once."""

    left: Positions
    right: Positions
    shared: Positions


def shared_pairs(holder: NDArray[np.integer], identifier: NDArray[np.integer]) -> SharedPairs:
    """All pairs of holders that share an identifier.

    The columns hold one entry per (holder, identifier), each once, in any order. Cost and memory
    grow with the pairs within identifiers: leave out hubs first.
    """
    held = packed(identifier, holder)
    held.sort()
    who = unpacked_low(held)
    _, holders = runs(unpacked_high(held))
    first, second = pairs_within(holders)
    pair = packed(who[first], who[second])
    pair.sort()
    start, shared = runs(pair)
    pair = pair[start]
    return SharedPairs(unpacked_high(pair), unpacked_low(pair), shared)


def distinct(key: NDArray[np.integer]) -> Positions:
    """The different values, ascending: by sorting, since hashing (`np.unique`) is many times slower."""
    key = np.sort(key)
    return np.asarray(key[runs(key)[0]], np.int64)


def sorted_order(key: NDArray[np.integer], bound: int) -> tuple[Positions, Positions]:
    """The order that sorts a column of values 0..bound-1 (equal ones as they stand), and it sorted.

    Value and position are packed into one number where they fit: sorting numbers is several times
    faster than sorting positions by them.
    """
    bits = max(key.size - 1, 0).bit_length()
    if bits + max(bound - 1, 0).bit_length() >= 2 * _HALF:
        order = np.argsort(key, kind="stable")
        return order, np.asarray(key[order], np.int64)
    both = key.astype(np.int64) << bits
    both |= np.arange(key.size)
    both.sort()
    return both & np.int64((1 << bits) - 1), both >> bits


def grouped(key: NDArray[np.integer], bound: int) -> tuple[Positions, Positions, Positions]:
    """The different values of a column of 0..bound-1, which of them each row has, and how many have it.

    What `np.unique` gives with inverse and counts, in a fraction of the time.
    """
    order, ordered = sorted_order(key, bound)
    start, count = runs(ordered)
    at = np.empty(key.size, np.int64)
    at[order] = np.repeat(np.arange(start.size), count)
    return ordered[start], at, count


def packed(high: NDArray[np.integer], low: NDArray[np.integer]) -> Positions:
    """One sortable number per row; both columns hold indexes 0..2**31-1."""
    return np.asarray((high.astype(np.int64) << _HALF) | low, np.int64)


def unpacked_high(key: Positions) -> Positions:
    """The first column of `packed`."""
    return np.asarray(key >> _HALF, np.int64)


def unpacked_low(key: Positions) -> Positions:
    """The second column of `packed`."""
    return np.asarray(key & _LOW, np.int64)


def pairs_within(sizes: Positions) -> tuple[Positions, Positions]:
    """All unordered pairs of positions inside consecutive groups of the given sizes."""
    total = int(sizes.sum())
    ends = np.repeat(np.cumsum(sizes), sizes)
    partners = ends - np.arange(total) - 1
    first = np.repeat(np.arange(total), partners)
    return first, first + 1 + _count_up(partners)


def joined(counts_left: Positions, start_right: Positions) -> tuple[Positions, Positions]:
    """For each left row, `counts_left` consecutive right rows from `start_right`: both positions."""
    left = np.repeat(np.arange(counts_left.size), counts_left)
    return left, start_right[left] + _count_up(counts_left)


def runs(key: NDArray[np.integer]) -> tuple[Positions, Positions]:
    """Start and length of every run of equal values in a sorted column."""
    if not key.size:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    start = np.concatenate(([0], np.flatnonzero(key[1:] != key[:-1]) + 1))
    return start, np.diff(np.append(start, key.size))


def _count_up(counts: Positions) -> Positions:
    """0,1,..,c-1 for every count c, one after the other."""
    starts = np.cumsum(counts) - counts
    return np.arange(int(counts.sum())) - np.repeat(starts, counts)
