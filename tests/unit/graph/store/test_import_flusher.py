"""The flushing threads of the importer come last; all others keep their priority."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from graph.store.import_flusher import LOWEST_PRIORITY, modest_flusher

# A process with a thread that calls itself what Neo4j's flusher calls itself, as the kernel shows it.
_PRETENDER = """
import ctypes, threading, time
def run():
    ctypes.CDLL(None).prctl(15, b"neo4j.FileIOHelper-1", 0, 0, 0)
    time.sleep(60)
threading.Thread(target=run, daemon=True).start()
print("ready", flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has priorities of single threads")
def test_only_the_flushing_threads_get_the_lowest_priority() -> None:
    with subprocess.Popen([sys.executable, "-c", _PRETENDER], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            with modest_flusher(process.pid):
                found = _priorities(process.pid)
                deadline = time.monotonic() + 20
                while LOWEST_PRIORITY not in found.values() and time.monotonic() < deadline:
                    time.sleep(0.1)
                    found = _priorities(process.pid)
        finally:
            process.kill()
    assert [name for name, value in found.items() if value == LOWEST_PRIORITY] == [
        "neo4j.FileIOHel"
    ]
    assert len(found) == 2


def _priorities(pid: int) -> dict[str, int]:
    tasks = Path(f"/proc/{pid}/task")
    return {
        (task / "comm").read_text().strip(): os.getpriority(os.PRIO_PROCESS, int(task.name))
        for task in tasks.iterdir()
    }
