"""Which pairs are worth comparing, with bounded blocks and an account of what was left out.

A rule gives each record keys; records that share a key form a block. A block above the limit is split
by the rule's further keys, one after the other; what is still too large is left out and counted, never
silently. Pairs that a split keeps apart are counted too. (Blocking with bounded sizes: Papadakis et al.,
"Blocking and Filtering Techniques for Entity Resolution", ACM Computing Surveys 53(2), 2020.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ingest.resolve.table import MISSING, Codes, Column

MAX_BLOCK_RECORDS = 60


@dataclass(frozen=True, slots=True)
class Rule:
    """One blocking rule: `keys` as (record, key) rows, and codes per record that split big blocks."""

    name: str
    records: Codes
    keys: Codes
    splitters: tuple[Codes, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What one rule did not compare: blocks above the limit that nothing split, the records in them,
    and pairs that agree on the key and were given up by splitting or by leaving a block out."""

    rule: str
    blocks: int
    records: int
    pairs: int


@dataclass(frozen=True, slots=True)
class Pairs:
    """Candidate pairs, `left[i] < right[i]`, each once, in order; and what was left out, by rule."""

    left: Codes
    right: Codes
    left_out: tuple[LeftOut, ...] = ()

    def __len__(self) -> int:
        return len(self.left)


def rule_on(name: str, columns: Sequence[Column], splitters: Sequence[Codes] = ()) -> Rule:
    """Records that agree on all columns; elements of a plural column are keys of their own.

    A record that lacks one of the columns is in no block of the rule. At most one column is plural.
    """
    records = np.arange(len(columns[0].codes), dtype=np.int64)
    keys = np.zeros(len(records), dtype=np.int64)
    for column in columns:
        if column.is_plural:
            rows, codes = _elements(column)
            at = np.searchsorted(records, rows)
            kept = (at < len(records)) & (records[np.minimum(at, len(records) - 1)] == rows)
            records, keys, codes = rows[kept], keys[at[kept]], codes[kept]
        else:
            codes = column.codes[records]
            present = codes != MISSING
            records, keys, codes = records[present], keys[present], codes[present]
        keys = np.unique(keys * (codes.max(initial=0) + 1) + codes, return_inverse=True)[1]
    return Rule(name, records, keys.astype(np.int64), tuple(splitters))


def _elements(column: Column) -> tuple[Codes, Codes]:
    """(record, element code) rows of a plural column, in order of records."""
    known: dict[object, int] = {}
    sets = [
        sorted(known.setdefault(e, len(known)) for e in v) if isinstance(v, frozenset) else []
        for v in column.values
    ]
    rows = [
        (record, element)
        for record, code in enumerate(column.codes)
        if code != MISSING
        for element in sets[code]
    ]
    both = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def pairs(rules: Iterable[Rule], size: int, max_records: int = MAX_BLOCK_RECORDS) -> Pairs:
    """All pairs that some rule puts into one block, each once.

    `size` is the number of records. Work and memory are bounded by records x keys x `max_records`.
    """
    found: list[Codes] = []
    left_out = []
    for rule in rules:
        numbers, missed = _of_rule(rule, size, max_records)
        found.append(numbers)
        if missed.pairs:
            left_out.append(missed)
    numbers = np.unique(np.concatenate(found)) if found else np.empty(0, dtype=np.int64)
    return Pairs(numbers // size, numbers % size, tuple(left_out))


def _of_rule(rule: Rule, size: int, max_records: int) -> tuple[Codes, LeftOut]:
    """Pairs of one rule as `left * size + right`."""
    found: list[Codes] = []
    records, keys = rule.records, rule.keys
    all_pairs = kept_pairs = 0
    for depth in range(len(rule.splitters) + 1):
        order = np.lexsort((records, keys))
        records, keys = records[order], keys[order]
        starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else keys
        sizes = np.diff(np.r_[starts, len(keys)])
        if depth == 0:
            all_pairs = int((sizes * (sizes - 1) // 2).sum())
        for count in np.unique(sizes[(sizes > 1) & (sizes <= max_records)]):
            chosen = starts[sizes == count]
            block = records[chosen[:, None] + np.arange(count)[None, :]]
            a, b = np.triu_indices(int(count), 1)
            numbers = (block[:, a] * size + block[:, b]).ravel()
            kept_pairs += len(numbers)
            found.append(numbers)
        big = np.repeat(sizes > max_records, sizes)
        records, keys = records[big], keys[big]
        if depth < len(rule.splitters) and len(keys):
            codes = rule.splitters[depth][records]
            present = codes != MISSING
            records, keys, codes = records[present], keys[present], codes[present]
            mixed = keys * (codes.max(initial=0) + 1) + codes
            keys = np.unique(mixed, return_inverse=True)[1].astype(np.int64)
    left = LeftOut(rule.name, len(np.unique(keys)), len(records), all_pairs - kept_pairs)
    return (np.concatenate(found) if found else np.empty(0, dtype=np.int64)), left
