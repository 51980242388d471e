"""`suyuan bench search`: how fast things are found by what people type."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import click

from benchmarks import search
from suyuan.figures import resource_figures, show_figures
from suyuan.options import terminal_options
from suyuan.terminal import Terminal


@click.command("search")
@click.option("--merchants", type=click.IntRange(min=1000), default=20_000, show_default=True)
@click.option("--seed", type=int, default=7, show_default=True)
@click.option("--each", type=click.IntRange(min=10), default=60, show_default=True)
@terminal_options
def command(merchants: int, seed: int, each: int, terminal: Terminal) -> None:
    """Names, short names, common words, pinyin, credit codes, phones and streets, EACH of every kind.

    Asked in a made-up register of MERCHANTS merchants, beside the bare full-text index in the same run.
    """
    with tempfile.TemporaryDirectory(prefix="suyuan-bench-") as folder:
        figures = search.run(merchants, seed, each, Path(folder))
    memory = [replace(each_one, name=f"search.{each_one.name}") for each_one in resource_figures()]
    show_figures(terminal, [*figures, *memory], {"merchants": merchants, "seed": seed})
