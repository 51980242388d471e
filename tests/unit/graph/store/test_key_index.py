"""A table of keys numbers them as a dictionary would."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.store.key_index import KeyIndex, Keys, number_keys, record_keys, text_keys

texts = st.text(st.characters(), max_size=3)


def keys_of_pairs(pairs: list[tuple[int, int]]) -> Keys:
    first, second = zip(*pairs, strict=True) if pairs else ((), ())
    return number_keys(np.array(first, np.int64), np.array(second, np.int64))


@settings(deadline=None)
@given(st.lists(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=20)))
def test_keys_are_numbered_as_a_dictionary_numbers_them(
    batches: list[list[tuple[int, int]]],
) -> None:
    known: dict[tuple[int, int], int] = {}
    with tempfile.TemporaryDirectory() as folder:
        index = KeyIndex(Path(folder) / "keys")
        for batch in batches:
            expected = [(known.setdefault(key, len(known))) for key in batch]
            before = len(index)
            numbers, is_new = index.add(keys_of_pairs(batch))
            assert numbers.tolist() == expected
            assert len(index) == len(known)
            fresh = [key for key, new in zip(batch, is_new, strict=True) if new]
            assert [known[key] for key in fresh] == list(range(before, len(known)))
        assert index.find(keys_of_pairs([(99, 99), *known])).tolist() == [-1, *known.values()]


@settings(deadline=None)
@given(st.lists(texts))
def test_texts_that_differ_have_keys_that_differ(said: list[str]) -> None:
    assert len({bytes(key) for key in text_keys(said)}) == len(set(said))


def test_a_record_id_is_its_own_key() -> None:
    ids = [f"{number:020x}" for number in (0, 1, 2**79, 2**80 - 1)]
    raw = [bytes(key)[:10].hex() for key in record_keys(ids)]
    assert raw == ids
    assert record_keys([]).shape == (0, 2)


@pytest.mark.parametrize("count", [100_000])
def test_a_table_that_grew_is_the_same_to_whoever_opens_it(tmp_path: Path, count: int) -> None:
    index = KeyIndex(tmp_path / "keys")
    order = np.random.default_rng(7).permutation(count)
    for part in np.array_split(order, 17):
        index.add(number_keys(part, part % 7))
    other = KeyIndex.opened(index.path)
    assert len(other) == count
    assert other.find(number_keys(order, order % 7)).tolist() == list(range(count))
    assert (other.find(number_keys(order, order % 7 + 7)) == -1).all()
