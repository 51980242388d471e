"""Locks between processes that the kernel lets go of by itself.

A lock is an advisory `flock` on a file. It belongs to the open file, not to a process: handing the
descriptor to a child hands the lock on too, and it ends exactly when the last holder is gone,
however it went. So there is no such thing as a stale lock; the process named inside the file is
only there to tell a person who holds it.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from graph.errors import StoreLocked

_POLL_S = 0.1
# Kernels count in clock ticks since boot, and the time of boot drifts a little.
_CREATE_TIME_TOLERANCE_S = 2.0


@dataclass(frozen=True, slots=True)
class Owner:
    """A process on a machine; a pid alone is reused, a pid with its start time is not."""

    pid: int
    created_at: float
    host: str

    @classmethod
    def of_this_process(cls) -> Owner:
        """The process that calls."""
        pid = os.getpid()
        return cls(pid, psutil.Process(pid).create_time(), socket.gethostname())

    def is_alive(self) -> bool:
        """Whether that very process still runs. One on another machine counts as running."""
        if self.host != socket.gethostname():
            return True
        return is_running(self.pid, self.created_at)


def is_running(pid: int, created_at: float) -> bool:
    """Whether process `pid`, started at `created_at` (seconds since 1970), still runs."""
    try:
        process = psutil.Process(pid)
        started_at = process.create_time()
        is_zombie = process.status() == psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
    return abs(started_at - created_at) <= _CREATE_TIME_TOLERANCE_S and not is_zombie


class FileLock:
    """An exclusive lock on a file; `subject` is what a person would say is in use."""

    def __init__(self, path: Path, subject: Path | None = None) -> None:
        self.path = path
        self.subject = subject or path
        self._descriptor: int | None = None

    @property
    def descriptor(self) -> int:
        """The open descriptor that carries the lock, to be inherited by child processes."""
        if self._descriptor is None:
            msg = f"{self.path} is not locked"
            raise StoreLocked(msg, path=str(self.path))
        return self._descriptor

    def try_acquire(self) -> bool:
        """Take the lock if it is free, and write down who took it. Never waits."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(asdict(Owner.of_this_process())).encode(), 0)
        return True

    def acquire(self, wait_s: float = 0.0) -> None:
        """Take the lock, waiting up to `wait_s` seconds. Raises StoreLocked naming the owner."""
        deadline = time.monotonic() + wait_s
        while not self.try_acquire():
            if time.monotonic() >= deadline:
                owner = self.owner()
                holder = f"process {owner.pid} on {owner.host}" if owner else "another process"
                msg = f"{self.subject} is in use by {holder}"
                pid = owner.pid if owner else 0
                raise StoreLocked(msg, path=str(self.subject), pid=pid)
            time.sleep(_POLL_S)

    def release(self) -> None:
        """Let go of this process's hold; children that inherited the lock keep theirs."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def owner(self) -> Owner | None:
        """Who last took the lock; None where the file is absent or cannot be read."""
        try:
            return Owner(**json.loads(self.path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def is_held(self) -> bool:
        """Whether anyone holds the lock now, without taking it or naming ourselves in it."""
        try:
            descriptor = os.open(self.path, os.O_RDWR)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    @contextmanager
    def held(self, wait_s: float = 0.0) -> Iterator[None]:
        """Hold the lock for a `with` block."""
        self.acquire(wait_s)
        try:
            yield
        finally:
            self.release()
