"""How the service is run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from api.gate_settings import GateSettings
from api.jobs.settings import JobSettings
from api.limits import DEFAULT_LIMITS, Limits
from api.streams import StreamSettings

CHINA = timezone(timedelta(hours=8))


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """Where the tokens are, how much one request may take, and what time it is.

    `deadline_s` ends an operation, its statements included; `body_timeout_s` is how long a body may
    take to arrive; of more than `concurrent` operations at once the rest is told to come back;
    `is_warming` has statements planned in the background after the start (`api.warming`).
    """

    token_file: Path
    limits: Limits = DEFAULT_LIMITS
    deadline_s: float = 20.0
    body_timeout_s: float = 10.0
    concurrent: int = 64
    is_warming: bool = False
    jobs: JobSettings = field(default_factory=JobSettings)
    streams: StreamSettings = field(default_factory=StreamSettings)
    gate: GateSettings = field(default_factory=GateSettings)
    now: Callable[[], datetime] = field(default=_now)

    def today(self) -> str:
        """Today's date in China, ISO 8601."""
        return self.now().astimezone(CHINA).date().isoformat()

    @property
    def export_folder(self) -> Path:
        """Where the files of exports are kept."""
        return self.jobs.folder or self.token_file.parent / "exports"
