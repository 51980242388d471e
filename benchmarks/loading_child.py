"""A loader in a process of its own, so that it can be killed.

`python -m benchmarks.loading_child TARGET BATCH_ROWS PATH…` loads through the server at a URI, or by the
offline importer into a store folder without data, and prints, after every batch, how many facts it has
handed over. User, password and database come from the environment.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from graph.store.bulk_import import bulk_load
from graph.store.connection import Connection
from graph.store.session import Store
from ingest.bulk_sink import BulkSink
from ingest.pipeline import LoadOptions, load
from ingest.store_sink import StoreSink

_ROOT = Path(__file__).parent.parent
_IMPORTER = "org.neo4j.cli.AdminTool"
_LOOK_EVERY_S = 0.02


def start(to: Connection, paths: Sequence[Path], batch_rows: int) -> subprocess.Popen[str]:
    """Start loading `paths` into the server; `batch_rows` facts go into one transaction."""
    access: dict[str, str] = {}
    if to.auth is not None:
        access |= {"NEO4J_USERNAME": to.auth[0], "NEO4J_PASSWORD": to.auth[1]}
    if to.database is not None:
        access["NEO4J_DATABASE"] = to.database
    return _start(to.uri, paths, batch_rows, access)


def start_offline(folder: Path, paths: Sequence[Path], batch_rows: int) -> subprocess.Popen[str]:
    """Start loading `paths` into a store folder without data, by the offline importer."""
    return _start(str(folder), paths, batch_rows, {})


def _start(
    target: str, paths: Sequence[Path], batch_rows: int, access: Mapping[str, str]
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            sys.executable,
            "-P",
            "-m",
            "benchmarks.loading_child",
            target,
            str(batch_rows),
            *map(str, paths),
        ],
        env={**os.environ, "PYTHONPATH": str(_ROOT), **access},
        stdout=subprocess.PIPE,
        text=True,
    )


def wait_for(loader: subprocess.Popen[str], facts: int) -> int:
    """Wait until the loader has handed over that many facts, or has ended; returns how many it said."""
    said = 0
    for line in loader.stdout or ():
        said = int(line)
        if said >= facts:
            break
    return said


def kill_after(loader: subprocess.Popen[str], facts: int) -> int:
    """Kill the loader (SIGKILL) as soon as it has handed over that many facts; returns how many.

    Raises RuntimeError when it had ended before: then nothing was interrupted.
    """
    with loader:
        said = wait_for(loader, facts)
        was_running = loader.poll() is None
        loader.kill()
    if not was_running or loader.returncode == 0:
        raise RuntimeError(f"the loader had ended by itself ({loader.returncode}) at {said} facts")
    return said


def kill_during_import(loader: subprocess.Popen[str]) -> psutil.Process:
    """Kill an offline loader (SIGKILL) while the importer runs, which is returned.

    Raises RuntimeError when the loader ended without having run one.
    """
    with loader:
        while loader.poll() is None:
            for child in psutil.Process(loader.pid).children():
                with suppress(psutil.Error):
                    if _IMPORTER in child.cmdline():
                        loader.kill()
                        return child
            time.sleep(_LOOK_EVERY_S)
    raise RuntimeError(f"the loader ran no importer ({loader.returncode})")


def main(arguments: Sequence[str]) -> None:
    """Load; see the module's text for the arguments."""
    target, batch_rows, *paths = arguments
    done = 0

    def progress(stage: str, _: str, facts: int) -> None:
        nonlocal done
        if stage == "write":
            done += facts
            sys.stdout.write(f"{done}\n")
            sys.stdout.flush()

    options = LoadOptions(batch_rows=int(batch_rows), is_shared=False)
    if "://" in target:
        with Store.open(target) as store:
            load(map(Path, paths), StoreSink(store), options, progress)
    else:
        with bulk_load(target) as bulk:
            load(map(Path, paths), BulkSink(bulk), options, progress)


if __name__ == "__main__":
    main(sys.argv[1:])
