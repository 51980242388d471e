"""A loader in a process of its own, so that it can be killed.

`python -m benchmarks.loading_child URI BATCH_ROWS PATH…` loads through the server at URI and prints, after
every batch, how many facts it has handed over. User, password and database come from the environment.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from graph.store.connection import Connection
from graph.store.session import Store
from ingest.pipeline import LoadOptions, load
from ingest.store_sink import StoreSink

_ROOT = Path(__file__).parent.parent


def start(to: Connection, paths: Sequence[Path], batch_rows: int) -> subprocess.Popen[str]:
    """Start loading `paths` into the server; `batch_rows` facts go into one transaction."""
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    if to.auth is not None:
        environment |= {"NEO4J_USERNAME": to.auth[0], "NEO4J_PASSWORD": to.auth[1]}
    if to.database is not None:
        environment["NEO4J_DATABASE"] = to.database
    return subprocess.Popen(
        [
            sys.executable,
            "-P",
            "-m",
            "benchmarks.loading_child",
            to.uri,
            str(batch_rows),
            *map(str, paths),
        ],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def kill_after(loader: subprocess.Popen[str], facts: int) -> int:
    """Kill the loader (SIGKILL) as soon as it has handed over that many facts; returns how many.

    Raises RuntimeError when it had ended before: then nothing was interrupted.
    """
    said = 0
    with loader:
        for line in loader.stdout or ():
            said = int(line)
            if said >= facts:
                break
        was_running = loader.poll() is None
        loader.kill()
    if not was_running or loader.returncode == 0:
        raise RuntimeError(f"the loader had ended by itself ({loader.returncode}) at {said} facts")
    return said


def main(arguments: Sequence[str]) -> None:
    """Load; see the module's text for the arguments."""
    uri, batch_rows, *paths = arguments
    done = 0

    def progress(stage: str, _: str, facts: int) -> None:
        nonlocal done
        if stage == "write":
            done += facts
            sys.stdout.write(f"{done}\n")
            sys.stdout.flush()

    options = LoadOptions(batch_rows=int(batch_rows), is_shared=False)
    with Store.open(uri) as store:
        load(map(Path, paths), StoreSink(store), options, progress)


if __name__ == "__main__":
    main(sys.argv[1:])
