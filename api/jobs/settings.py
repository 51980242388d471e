"""How long jobs and what they made are kept, and how many there may be."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from queries.export.spool import Bounds


@dataclass(frozen=True, slots=True)
class JobSettings:
    """`folder` holds the files (None: `exports` beside the token file); `workers` jobs run at once.

    `keep` is how long a file can be downloaded; `keep_receipts` how long an idempotency key is
    remembered. One reader may have `open_per_owner` jobs queued or running. A worker that is not heard
    of for `lease_s` has died and its job is taken by another, `attempts` times at most; `beat_s` is how
    often it is heard of, and how soon a cancelled job stops; `poll_s` how often an idle one looks. A page
    may take `page_timeout_s`: nobody waits for it.
    """

    folder: Path | None = None
    workers: int = 2
    keep: timedelta = timedelta(days=7)
    keep_receipts: timedelta = timedelta(days=7)
    open_per_owner: int = 5
    lease_s: float = 60.0
    beat_s: float = 1.0
    page_timeout_s: float = 120.0
    poll_s: float = 2.0
    attempts: int = 3
    bounds: Bounds = field(default_factory=Bounds)
