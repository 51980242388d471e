from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.store import memory
from graph.store.memory import (
    IMPORT_HEAP,
    IMPORT_OFF_HEAP,
    SERVER_HEAP,
    SERVER_PAGE_CACHE,
    Share,
    folder_bytes,
    machine_bytes,
)

GIB = 1 << 30
SHARES = (IMPORT_HEAP, IMPORT_OFF_HEAP, SERVER_HEAP, SERVER_PAGE_CACHE)


def test_a_small_store_gets_the_floor() -> None:
    assert [share.mib(50 << 20, 24 * GIB) for share in SHARES[:2]] == [387, 393]
    assert [share.mib(0, 24 * GIB) for share in SHARES] == [384, 384, 512, 256]


def test_forty_million_nodes_get_what_they_need() -> None:
    """13 GiB of files to import ended for want of memory with 384 and 384 MiB."""
    assert IMPORT_HEAP.mib(13 * GIB, 24 * GIB) >= 1024
    assert IMPORT_OFF_HEAP.mib(13 * GIB, 24 * GIB) >= 2560


@given(
    st.sampled_from(SHARES),
    st.integers(0, 1 << 44),
    st.integers(0, 1 << 44),
    st.integers(0, 1 << 40),
)
def test_more_data_never_gets_less_and_never_more_than_the_share(
    share: Share, one: int, other: int, machine: int
) -> None:
    small, large = sorted((one, other))
    got = share.mib(large, machine)
    assert share.floor_mib <= share.mib(small, machine) <= got
    assert got <= max(share.floor_mib, machine // share.of_machine >> 20)


@pytest.mark.parametrize(("said", "is_limited"), [("1048576\n", True), ("max\n", False)])
def test_a_container_has_what_it_was_given(
    said: str, is_limited: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = tmp_path / "memory.max"
    limit.write_text(said)
    monkeypatch.setattr(memory, "_CGROUP_LIMIT", limit)
    assert (machine_bytes() == 1 << 20) is is_limited


def test_a_folder_weighs_all_that_is_below_it(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "x").write_bytes(b"123")
    (tmp_path / "a" / "b" / "y").write_bytes(b"4567")
    empty = folder_bytes(tmp_path / "none")
    assert (folder_bytes(tmp_path / "a" / "b"), empty) == (4, 0)
    assert folder_bytes(tmp_path) >= 7
