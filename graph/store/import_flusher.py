"""Lets Neo4j's importer import: its page-cache flusher comes last when processor time is given out.

The importer flushes its page cache in a loop without a pause, on a thread of its own and a pool of
helpers, and has no option against it. On two cores that loop took a third of all processor time and
made an import last 33 s instead of 19 (603,533 rows, the made-up world of seed 90). Flushing is not
lost: whatever is dirty at the end is written when the importer closes its files.

Thread names, and priorities of single threads, are what Linux has; elsewhere nothing is done.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_THREADS = ("PageCacheFlushe", "neo4j.FileIOHel")  # as the kernel cuts them, to 15 characters
_LOOK_EVERY_S = 0.2
LOWEST_PRIORITY = 19


@contextmanager
def modest_flusher(pid: int) -> Iterator[None]:
    """While the block runs, give the flushing threads of process `pid` the lowest priority."""
    tasks = Path(f"/proc/{pid}/task")
    if not tasks.is_dir():
        yield
        return
    ended = threading.Event()
    watch = threading.Thread(target=_watch, args=(tasks, ended), daemon=True)
    watch.start()
    try:
        yield
    finally:
        ended.set()
        watch.join()


def _watch(tasks: Path, ended: threading.Event) -> None:
    seen: set[str] = set()
    while not ended.wait(_LOOK_EVERY_S):
        # A thread, or the whole process, may end while it is looked at.
        with suppress(OSError):
            for task in tasks.iterdir():
                if task.name not in seen:
                    _make_modest(task, seen)


def _make_modest(task: Path, seen: set[str]) -> None:
    with suppress(OSError):
        name = (task / "comm").read_text().strip()
        if name == "java":
            return  # a thread that has not been given its name yet
        seen.add(task.name)
        if name in _THREADS:
            os.setpriority(os.PRIO_PROCESS, int(task.name), LOWEST_PRIORITY)
