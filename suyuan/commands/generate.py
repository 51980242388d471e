"""`suyuan generate`: a world with planted networks and a known answer."""

from __future__ import annotations

from pathlib import Path

import click

from suyuan.options import terminal_options
from suyuan.terminal import Terminal
from synth.settings import LEVELS, WorldSettings
from synth.world import generate


@click.command("generate", short_help="Make a world with planted networks and a known answer.")
@click.option("--merchants", type=click.IntRange(min=300), default=1_000, show_default=True)
@click.option("--weeks", type=click.IntRange(min=0), default=6, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--level", type=click.Choice(list(LEVELS)), default="medium", show_default=True)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True)
@terminal_options
def command(
    merchants: int, weeks: int, seed: int, level: str, out: Path, terminal: Terminal
) -> None:
    """Write canonical tables week by week below OUT/tables and, apart from them, OUT/truth."""
    summary = generate(WorldSettings(merchants, weeks, seed, level), out)
    terminal.say(
        "generate.done",
        merchants=merchants,
        weeks=weeks,
        level=level,
        seed=seed,
        rows=summary.total_rows,
        out=str(out),
    )
    terminal.result(
        {
            "out": str(out),
            "rows": summary.rows,
            "total_rows": summary.total_rows,
            "networks": summary.networks,
            "events": summary.events,
            "violations": summary.violations,
        }
    )
