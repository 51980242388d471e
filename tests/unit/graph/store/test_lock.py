"""Locks end with their last holder, whichever way it goes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from graph.errors import StoreLocked
from graph.store.lock import FileLock, Owner, is_running


def test_a_second_holder_is_refused_and_told_the_first(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "lock", tmp_path), FileLock(tmp_path / "lock", tmp_path)
    with first.held():
        assert first.is_held()
        assert not second.try_acquire()
        with pytest.raises(StoreLocked, match=str(os.getpid())) as caught:
            second.acquire()
        assert caught.value.params == {"path": str(tmp_path), "pid": os.getpid()}
        with pytest.raises(StoreLocked):
            _ = second.descriptor
    assert not first.is_held()
    with second.held():
        assert second.owner() == Owner.of_this_process()


def test_a_child_that_inherits_the_lock_keeps_it_until_it_is_killed(tmp_path: Path) -> None:
    lock, other = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    lock.acquire()
    child = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"], pass_fds=(lock.descriptor,)
    )
    try:
        lock.release()
        assert not other.try_acquire()
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert other.try_acquire()
    other.release()


def test_a_process_is_told_from_a_later_one_with_its_number() -> None:
    us = Owner.of_this_process()
    assert us.is_alive()
    assert not is_running(us.pid, us.created_at - 100)
    child = subprocess.Popen([sys.executable, "-c", ""], stdin=subprocess.DEVNULL)
    created_at = psutil.Process(child.pid).create_time()
    child.wait()
    assert not Owner(child.pid, created_at, us.host).is_alive()
    assert Owner(child.pid, created_at, "another.machine.example").is_alive()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}'])
def test_an_illegible_owner_is_no_owner(tmp_path: Path, content: str) -> None:
    path = tmp_path / "lock"
    path.write_text(content, encoding="utf-8")
    assert FileLock(path).owner() is None
    assert FileLock(path).try_acquire()
