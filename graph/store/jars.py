"""The database's own jars: which ones, where they are kept, and that they are the right ones.

The embedded server is the unmodified Neo4j Community server as published on Maven Central. The file
`jars.lock` names every jar with its size and SHA-256, so what runs is what was reviewed: a jar that
differs by one byte never reaches the Java runtime. Nothing is resolved at run time: walking the 216
Maven descriptors takes over a minute, while fetching 216 known files takes seconds.

Jars live in the user's cache folder (`$XDG_CACHE_HOME/suyuan`, else `~/.cache/suyuan`), shared by
all stores of that user. They are hashed when they arrive; afterwards a stamp of sizes and
modification times says whether anything was touched, and only then are they hashed again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from graph.errors import StoreUnavailable
from graph.store.class_archive import discard
from graph.store.lock import FileLock

if TYPE_CHECKING:
    from jgo.maven import MavenContext

NEO4J_VERSION = "5.26.30"
LOCK_FILE = Path(__file__).with_name("jars.lock")

_STAMP = "verified.json"
_FETCH_THREADS = 6
FETCH_ATTEMPTS = 3
_FETCH_TIMEOUT_S = 60
_HASH_BLOCK_BYTES = 1 << 20
_CACHE_LOCK_WAIT_S = 900.0


@dataclass(frozen=True, slots=True)
class Jar:
    """One line of the lock: Maven coordinates, size and SHA-256 (lower-case hex)."""

    group: str
    artifact: str
    version: str
    classifier: str
    size_bytes: int
    sha256: str

    @property
    def name(self) -> str:
        """`group:artifact:version` with the classifier behind it where there is one."""
        parts = [self.group, self.artifact, self.version]
        return ":".join([*parts, self.classifier] if self.classifier else parts)

    @property
    def file_name(self) -> str:
        """Name in the cache; carries the group, since two groups may publish one artifact name."""
        tail = f"-{self.classifier}" if self.classifier else ""
        return f"{self.group}.{self.artifact}-{self.version}{tail}.jar"


@dataclass(frozen=True, slots=True)
class DownloadProgress:
    """How far fetching has come; sizes in bytes."""

    jars_done: int
    jars_total: int
    bytes_done: int
    bytes_total: int


ProgressCallback = Callable[[DownloadProgress], None]


def read_lock(path: Path = LOCK_FILE) -> tuple[Jar, ...]:
    """Read the lock: `name size_bytes sha256` a line, `#` for comments.

    Raises StoreUnavailable for a line that is not of that form.
    """
    jars = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            name, size, sha256 = line.split()
            group, artifact, version, *classifier = name.split(":")
            jar = Jar(group, artifact, version, "".join(classifier), int(size), sha256)
        except ValueError as error:
            msg = f"{path.name}, line {number}: expected 'group:artifact:version size sha256'"
            raise StoreUnavailable(msg, lock=str(path)) from error
        jars.append(jar)
    return tuple(jars)


def write_lock(jars: Iterable[Jar], path: Path) -> None:
    """Write a lock that `read_lock` reads back, sorted by name."""
    head = (
        f"# The jars of the embedded Neo4j {NEO4J_VERSION} server: name, size in bytes, SHA-256.\n"
    )
    head += "# Made by `python -m graph.store.relock`.\n"
    lines = sorted(f"{jar.name} {jar.size_bytes} {jar.sha256}\n" for jar in jars)
    path.write_text(head + "".join(lines), encoding="utf-8")


def default_cache() -> Path:
    """`$XDG_CACHE_HOME/suyuan`, else `~/.cache/suyuan` (XDG Base Directory Specification 0.8)."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "suyuan"


@dataclass(frozen=True, slots=True)
class JarCache:
    """The locked jars on this machine.

    `folder` holds one sub-folder per Neo4j version. Safe to use from several processes at once.
    """

    folder: Path
    jars: tuple[Jar, ...]
    attempts: int = FETCH_ATTEMPTS

    @classmethod
    def of_user(cls, folder: Path | None = None, lock: Path = LOCK_FILE) -> JarCache:
        """The cache of this user, or one in `folder`, for the jars that `lock` names."""
        return cls((folder or default_cache()) / f"neo4j-{NEO4J_VERSION}", read_lock(lock))

    def missing(self) -> tuple[Jar, ...]:
        """Jars that are absent, of the wrong size, or touched since they were last hashed."""
        stamp = self._read_stamp()
        return tuple(jar for jar in self.jars if not self._is_as_stamped(jar, stamp))

    def classpath(self, progress: ProgressCallback | None = None) -> tuple[Path, ...]:
        """Every jar, present and verified, in the order of the lock; fetches what is missing.

        Raises StoreUnavailable when a jar cannot be fetched or is not the one the lock names.
        """
        if self.missing():
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self.folder / "fetch.lock").held(wait_s=_CACHE_LOCK_WAIT_S):
                self._complete(progress)
        return tuple(self.folder / jar.file_name for jar in self.jars)

    def _complete(self, progress: ProgressCallback | None) -> None:
        suspects = self.missing()
        wanted = [jar for jar in suspects if not self._is_right(jar)]
        if suspects:
            discard(self.folder)
        if wanted:
            self._fetch_all(wanted, progress)
        self._write_stamp()

    def _is_right(self, jar: Jar) -> bool:
        path = self.folder / jar.file_name
        return path.is_file() and sha256_of(path) == jar.sha256

    def _fetch_all(self, wanted: list[Jar], progress: ProgressCallback | None) -> None:
        bytes_total = sum(jar.size_bytes for jar in wanted)
        bytes_done = 0
        # Jars arrive in a folder of their own and are moved in once verified: a fetch that is
        # killed half way leaves nothing under a jar's final name.
        with tempfile.TemporaryDirectory(prefix="fetch-", dir=self.folder) as staging:
            context = maven_context(Path(staging))
            with ThreadPoolExecutor(_FETCH_THREADS) as pool:
                futures = {pool.submit(self._fetch, context, jar): jar for jar in wanted}
                try:
                    for done, future in enumerate(as_completed(futures), start=1):
                        future.result()
                        bytes_done += futures[future].size_bytes
                        if progress:
                            progress(DownloadProgress(done, len(wanted), bytes_done, bytes_total))
                except BaseException:
                    pool.shutdown(wait=True, cancel_futures=True)
                    raise

    def _fetch(self, context: MavenContext, jar: Jar) -> None:
        path = fetch(context, jar, self.attempts)
        found = sha256_of(path)
        if found != jar.sha256:
            msg = f"{jar.name} is not the jar that {LOCK_FILE.name} names: SHA-256 {found}"
            raise StoreUnavailable(msg, jar=jar.name, expected=jar.sha256, found=found)
        path.replace(self.folder / jar.file_name)

    def _is_as_stamped(self, jar: Jar, stamp: dict[str, list[object]]) -> bool:
        try:
            status = (self.folder / jar.file_name).stat()
        except OSError:
            return False
        return stamp.get(jar.file_name) == [jar.sha256, status.st_size, status.st_mtime_ns]

    def _read_stamp(self) -> dict[str, list[object]]:
        try:
            content = json.loads((self.folder / _STAMP).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return content if isinstance(content, dict) else {}

    def _write_stamp(self) -> None:
        stamp = {}
        for jar in self.jars:
            status = (self.folder / jar.file_name).stat()
            stamp[jar.file_name] = [jar.sha256, status.st_size, status.st_mtime_ns]
        draft = self.folder / f"{_STAMP}.{os.getpid()}"
        draft.write_text(json.dumps(stamp, indent=0), encoding="utf-8")
        draft.replace(self.folder / _STAMP)


def maven_context(staging: Path) -> MavenContext:
    """A jgo context that downloads into `staging`; mirrors come from jgo's own configuration file.

    Jars already in the user's Maven repository are taken from there instead of the network.
    """
    from jgo.config import GlobalSettings
    from jgo.constants import MAVEN_CENTRAL_URL
    from jgo.maven import MavenContext

    settings = GlobalSettings.load()
    return MavenContext(
        repo_cache=staging,
        local_repos=[settings.repo_cache] if settings.repo_cache.is_dir() else [],
        remote_repos={**settings.repositories, "central": MAVEN_CENTRAL_URL},
        timeout=_FETCH_TIMEOUT_S,
    )


def fetch(context: MavenContext, jar: Jar, attempts: int = FETCH_ATTEMPTS) -> Path:
    """Bring one jar into the context's folder and return its path there; the hash is not checked.

    Raises StoreUnavailable when every attempt failed.
    """
    component = context.project(jar.group, jar.artifact).at_version(jar.version)
    artifact = component.artifact(jar.classifier, "jar")
    target: Path = context.repo_cache / component.path_prefix / artifact.cached_filename
    for attempt in range(1, attempts + 1):
        # jgo refuses to write over a file, and a broken connection leaves half of one.
        target.unlink(missing_ok=True)
        try:
            found = Path(artifact.resolve())
            if found != target:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(found, target)
        except Exception as error:  # jgo lets errors of requests, OSError and RuntimeError through
            if attempt == attempts:
                msg = f"{jar.name} could not be fetched: {error}"
                raise StoreUnavailable(msg, jar=jar.name) from error
            time.sleep(attempt)
        else:
            return target
    raise AssertionError


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in lower-case hex."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_HASH_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()
