"""How figures are shown: one name everywhere, beside the goal, with the machine they were taken on."""

from __future__ import annotations

import os
import platform
import resource
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from suyuan.terminal import Terminal
from synth.figures import Figure

_MARKS = {True: "✓", False: "✗", None: "·"}


def resource_figures() -> list[Figure]:
    """Peak memory of this process and of its largest child (the embedded server), in MiB."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    note = f"{own:.0f} here, {child:.0f} in the largest child process"
    return [Figure("peak_rss_mib", round(own + child, 0), "MiB", note=note)]


def machine() -> dict[str, Any]:
    """What the figures were taken on."""
    return {
        "cpus": os.cpu_count(),
        "load_1_min": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "machine": platform.machine(),
    }


def show_figures(terminal: Terminal, figures: Sequence[Figure], about: dict[str, Any]) -> None:
    """Print figures for people, or the one JSON object `{"figures": […], …}`."""
    for figure in figures:
        terminal.say(
            "evaluate.figure",
            name=figure.name,
            value=f"{figure.value:.4g}",
            unit="" if figure.unit == "share" else f" {figure.unit}",
            goal=figure.goal or "–",
            mark=_MARKS[figure.met],
            note=figure.note,
        )
    terminal.result(
        {"figures": [asdict(figure) for figure in figures], **about, "machine": machine()}
    )
