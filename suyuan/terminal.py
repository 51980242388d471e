"""What a command shows: progress and stories for people, one JSON object for machines.

People read the error stream's progress and the output stream's text; with `--json` the output
stream carries exactly one object and nothing else.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from graph.model.texts import LANGUAGES, text

LANGUAGE_VARIABLE = "SUYUAN_LANG"


def default_language(environment: dict[str, str] | os._Environ[str] | None = None) -> str:
    """`SUYUAN_LANG`, else Chinese where the locale is Chinese, else English."""
    env = os.environ if environment is None else environment
    chosen = env.get(LANGUAGE_VARIABLE, "")
    if chosen in LANGUAGES:
        return chosen
    return "zh" if env.get("LC_ALL", env.get("LANG", "")).startswith("zh") else "en"


@dataclass(slots=True)
class Terminal:
    """One command's voice. `as_json` silences the story; progress goes to the error stream."""

    as_json: bool = False
    language: str = "en"
    out: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True))
    err: Console = field(default_factory=lambda: Console(stderr=True, highlight=False))

    def say(self, key: str, **params: Any) -> None:
        """Print the catalogue text `key`, unless the command speaks JSON."""
        if not self.as_json:
            self.out.print(text(key, self.language, **params), markup=False)

    def line(self, content: str = "") -> None:
        """Print a line as it is, unless the command speaks JSON."""
        if not self.as_json:
            self.out.print(content, markup=False)

    def note(self, key: str, **params: Any) -> None:
        """Print the catalogue text `key` on the error stream: what is being waited for."""
        self.err.print(text(key, self.language, **params), markup=False, style="dim")

    def step(self, name: str) -> None:
        """Say on the error stream which step of a run has begun."""
        self.note(f"step.{name}")

    def result(self, value: Any) -> None:
        """Print the one JSON object of a `--json` run."""
        if self.as_json:
            json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=str)
            sys.stdout.write("\n")
            sys.stdout.flush()

    @contextmanager
    def progress(self, key: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
        """A progress bar named by the catalogue text `key`; yields `advance(count)`."""
        label = text(key, self.language)
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.err,
            transient=True,
            disable=not self.err.is_terminal,
        ) as bar:
            task = bar.add_task(label, total=total)
            yield lambda count: bar.advance(task, count)
