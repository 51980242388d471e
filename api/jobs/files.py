"""The files that jobs make, for the service's user alone.

Each attempt at a job has a folder of its own, named by job and attempt: a worker that was taken for dead
and is not never meets the one that took its job over.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from pathlib import Path

_OWNER_ONLY_FOLDER = 0o700
_OWNER_ONLY_FILE = 0o600
_ID = re.compile(r"[0-9a-f]{32}")
_ATTEMPT = re.compile(r"[0-9a-f]{32}-\d{1,4}")
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,80}")


class JobFiles:
    """A folder with one folder for each attempt; see `Job.attempt`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(self, attempt: str) -> Path:
        """An empty folder for an attempt, whatever was left in it."""
        self.remove(attempt)
        self.folder.mkdir(mode=_OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
        made = self._of(attempt)
        made.mkdir(mode=_OWNER_ONLY_FOLDER)
        return made

    def keep(self, draft: Path, name: str) -> tuple[int, str]:
        """Make a finished draft the attempt's only file; returns its bytes and SHA-256 (hex)."""
        draft.chmod(_OWNER_ONLY_FILE)
        with draft.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            os.fsync(stream.fileno())
        size = draft.stat().st_size
        draft.replace(draft.with_name(name))
        for other in draft.parent.iterdir():
            if other.name != name:
                other.unlink()
        return size, digest

    def path(self, attempt: str, name: str) -> Path | None:
        """The file of an attempt; None when there is none of that name."""
        if not _ATTEMPT.fullmatch(attempt) or not _NAME.fullmatch(name):
            return None
        found = self._of(attempt) / name
        return found if found.is_file() else None

    def remove(self, attempt: str) -> None:
        """Remove what an attempt made."""
        shutil.rmtree(self._of(attempt), ignore_errors=True)

    def forget(self, job_id: str) -> None:
        """Remove what every attempt at a job made."""
        if _ID.fullmatch(job_id):
            for made in self.folder.glob(f"{job_id}-*"):
                shutil.rmtree(made, ignore_errors=True)

    def _of(self, attempt: str) -> Path:
        if not _ATTEMPT.fullmatch(attempt):
            raise ValueError("not an attempt at a job")
        return self.folder / attempt
