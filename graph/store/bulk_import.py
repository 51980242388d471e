"""Runs Neo4j's offline importer and puts what it made in the place of a store that has no data yet.

The importer works in a folder of its own inside the store folder; only when it has succeeded is that
folder's data renamed into place. A load that was cut off leaves a store without data, as before.
"""

from __future__ import annotations

import os
import resource
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from graph.errors import StoreUnavailable
from graph.store.bulk import BulkWriter, WrittenFiles
from graph.store.bulk_rows import ARRAY_DELIMITER, DELIMITER, QUOTE
from graph.store.class_archive import ClassArchive
from graph.store.embedded import JAVA_OPTIONS, java, java_environment
from graph.store.import_flusher import modest_flusher
from graph.store.jars import JarCache, ProgressCallback
from graph.store.layout import StoreLayout, write_configuration
from graph.store.lock import FileLock
from graph.store.memory import IMPORT_HEAP, IMPORT_OFF_HEAP, folder_bytes, machine_bytes
from graph.store.mortal import mortal
from graph.store.naming import SECRET_VARIABLE, Namer

_LOG_TAIL_LINES = 40
_HANDOVER_WAIT_S = 30.0
_READ_BUFFER_BYTES = 1 << 18
"""The importer samples one buffer of each of some hundred files first; of 4 MiB, that is all of them."""


@dataclass(frozen=True, slots=True)
class ImportSettings:
    """How large the importer may be and how long it may take; None: as `graph.store.memory` says."""

    heap_mib: int | None = None
    off_heap_mib: int | None = None
    page_cache_mib: int = 128
    timeout_s: float = 24 * 3600.0
    jar_cache: Path | None = None


@dataclass(slots=True)
class BulkLoad:
    """A bulk load that is under way: fill `writer`, then `finish`.

    `importer_s` is what the importer alone took (wall), `importer_cpu_s` how much processor time it
    used; 0 before it has run.
    """

    writer: BulkWriter
    secret: bytes = field(repr=False)
    _layout: StoreLayout
    _staged: StoreLayout
    _settings: ImportSettings
    _jars: Sequence[Path]
    _lock: FileLock
    importer_s: float = 0.0
    importer_cpu_s: float = 0.0

    def finish(self) -> None:
        """Import what was written and put it in place; StoreUnavailable when the importer fails."""
        files = self.writer.finish()
        if not files.nodes:
            return  # the importer would refuse; an empty database is made when the store is opened
        started, used_s = time.monotonic(), _children_cpu_s()
        _run(self._staged, files, self._jars, self._settings, self._lock)
        self.importer_s = time.monotonic() - started
        self.importer_cpu_s = _children_cpu_s() - used_s
        # At most the initial password, which is set again from the store's own file.
        shutil.rmtree(self._layout.data)
        self._staged.data.rename(self._layout.data)


def is_without_data(folder: Path | str) -> bool:
    """Whether no database has been made in this store folder yet (the folder need not exist)."""
    return not (StoreLayout(Path(folder).absolute()).data / "databases").exists()


@contextmanager
def bulk_load(
    folder: Path | str,
    settings: ImportSettings | None = None,
    progress: ProgressCallback | None = None,
) -> Iterator[BulkLoad]:
    """Load a store folder that has no data yet; nothing is there before `finish` has returned.

    The pseudonyms of the store are made with SUYUAN_TOKEN_KEY, or else with a new secret that goes
    into the graph, where `Namer.of` finds it.

    Raises StoreLocked when another process has the folder open, StoreUnavailable when it has data.
    """
    settings = settings or ImportSettings()
    jars = JarCache.of_user(settings.jar_cache).classpath(progress)
    layout = StoreLayout(Path(folder).absolute())
    layout.make()
    work = layout.home / "bulk"
    lock = FileLock(layout.lock, subject=layout.folder)
    with lock.held(_handover_s(lock)):
        if not is_without_data(layout.folder):
            raise StoreUnavailable(f"{layout.folder} has data already", path=str(layout.folder))
        shutil.rmtree(work, ignore_errors=True)  # of a load that was killed
        staged = StoreLayout(work)
        staged.make()
        rows = work / "rows"
        rows.mkdir()
        given = os.environ.get(SECRET_VARIABLE)
        secret = given or secrets.token_hex(32)
        key = secret.encode()
        try:
            with BulkWriter(rows, Namer(key), None if given else secret) as writer:
                yield BulkLoad(writer, key, layout, staged, settings, jars, lock)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _children_cpu_s() -> float:
    """Processor time of all child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _handover_s(lock: FileLock) -> float:
    """How long to wait for the lock: what a killed load has started may need a moment to end."""
    owner = lock.owner()
    return 0.0 if owner is None or owner.is_alive() else _HANDOVER_WAIT_S


def _run(
    staged: StoreLayout,
    files: WrittenFiles,
    jars: Sequence[Path],
    settings: ImportSettings,
    lock: FileLock,
) -> None:
    write_configuration(staged, 0, settings.page_cache_mib)
    size, machine = folder_bytes(staged.home / "rows"), machine_bytes()
    heap_mib = settings.heap_mib or IMPORT_HEAP.mib(size, machine)
    off_heap_mib = settings.off_heap_mib or IMPORT_OFF_HEAP.mib(size, machine)
    command = [
        str(java()),
        f"-Xmx{heap_mib}m",
        *JAVA_OPTIONS,
        *ClassArchive(JarCache.of_user(settings.jar_cache).folder).known(),
        "org.neo4j.cli.AdminTool",
        *_arguments(files, off_heap_mib, staged.home),
    ]
    try:
        with subprocess.Popen(
            mortal(command),
            env=java_environment(staged, jars),
            cwd=staged.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # The importer carries the store's lock too: nobody else begins while it still writes.
            pass_fds=(lock.descriptor,),
        ) as importer:
            said = _hear(importer, settings.timeout_s)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StoreUnavailable(f"the importer could not be run: {error}") from error
    if importer.returncode:
        tail = "\n".join(said.splitlines()[-_LOG_TAIL_LINES:])
        raise StoreUnavailable(f"the importer failed; it ended:\n{tail}", log=tail)


def _hear(importer: subprocess.Popen[bytes], timeout_s: float) -> str:
    """Wait for the importer's end and return what it said; no importer is left behind."""
    try:
        with modest_flusher(importer.pid):
            return importer.communicate(timeout=timeout_s)[0].decode(errors="replace")
    except BaseException:
        importer.kill()
        raise


def _arguments(files: WrittenFiles, off_heap_mib: int, home: Path) -> list[str]:
    """Options after "neo4j-admin import" of the Neo4j 5 Operations Manual.

    Ids are our own integers: the importer's dictionary of texts would take twice the time.
    """
    return [
        "database",
        "import",
        "full",
        "neo4j",
        "--overwrite-destination",
        "--id-type=integer",
        f"--delimiter={_character(DELIMITER)}",
        f"--array-delimiter={_character(ARRAY_DELIMITER)}",
        f"--quote={_character(QUOTE)}",
        "--trim-strings=false",
        "--ignore-empty-strings=false",
        "--legacy-style-quoting=false",
        "--bad-tolerance=0",
        f"--multiline-fields={str(files.is_multiline).lower()}",
        "--multiline-fields-format=v1",
        f"--max-off-heap-memory={off_heap_mib}m",
        f"--read-buffer-size={max(_READ_BUFFER_BYTES, 2 * files.longest_bytes)}",
        *(f"--nodes={name}={_joined(paths, home)}" for name, paths in files.nodes.items()),
        *(
            f"--relationships={name}={_joined(paths, home)}"
            for name, paths in files.relations.items()
        ),
    ]


def _joined(paths: Sequence[Path], home: Path) -> str:
    # Relative, because the folder of the store may have a comma in its name.
    return ",".join(os.path.relpath(path, home) for path in paths)


def _character(char: str) -> str:
    return f"U+{ord(char):04X}"
