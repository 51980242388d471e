"""The command `suyuan`: one entry to every room.

Exit codes: 0 fine, 1 a check or goal was not met, 2 wrong usage, 3 input refused beyond the
threshold, 4 store not reachable. With `--json` the output stream carries one object.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module

import click

from graph.errors import SourceError, StoreError, SuyuanError, ThresholdExceeded
from graph.model.texts import catalogue, text
from suyuan.options import EXIT_REFUSED, EXIT_STORE, EXIT_USAGE
from suyuan.terminal import default_language

#: Command → what it does. Each is `suyuan.commands.<name>.command`, imported only when it is used.
COMMANDS = {
    "demo": "Make a small world, find its networks and labs, serve GraphQL on loopback.",
    "load": "Load canonical tables or known sources; refuse bad rows with reasons.",
    "source": "Propose a mapping for a new sheet, check it, list known sources.",
    "resolve": "Propose which merchants are one and the same.",
    "detect": "Run detectors and networks as of a date and publish them.",
    "weekly": "The weekly run: flag newly linked clusters, once.",
    "deliver": "Deliver the weekly digests that are still to be sent.",
    "serve": "Serve GraphQL.",
    "reconcile": "Let OpenRefine on this machine ask a Suyuan service.",
    "explain": "Say which record says what about a thing.",
    "export": "Write clusters with their members and ties to a file.",
    "token": "Make, list and revoke access tokens.",
    "generate": "Make a world with planted networks and a known answer.",
    "evaluate": "Load a made-up world week by week and compare what is found with the truth.",
    "bench": "Measure, beside reference methods, in one run.",
    "doctor": "Say what this machine has and what is missing.",
}


class LazyGroup(click.Group):
    """Imports a command's module only when that command runs, so that the rest starts fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of `COMMANDS`, which is the order of work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"suyuan.commands.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def suyuan() -> None:
    """Suyuan (溯源): a knowledge-graph investigation service for market supervision."""


def main() -> None:
    """Run the command line; turn errors into one clear line and an exit code."""
    # Rows and columns form no cycles, and walking them took a third of the time of a load.
    gc.set_threshold(100_000, 50, 50)
    try:
        suyuan(standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(EXIT_USAGE)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except SuyuanError as error:
        click.echo(f"suyuan: {describe(error)}", err=True)
        sys.exit(exit_code(error))


def describe(error: SuyuanError) -> str:
    """What a person reads: the catalogue's text for the code where there is one, and the detail."""
    key = f"error.{error.code}"
    detail = str(error) if str(error) != error.code else ""
    if key not in catalogue():
        return f"{error.code}: {detail}"
    try:
        said = text(key, default_language(), **error.params)
    except KeyError:  # the text names a detail that this error does not carry
        said = error.code
    return f"{said} {detail}".strip()


def exit_code(error: SuyuanError) -> int:
    """The exit code of an error."""
    if isinstance(error, StoreError):
        return EXIT_STORE
    if isinstance(error, ThresholdExceeded):
        return EXIT_REFUSED
    return EXIT_USAGE if isinstance(error, SourceError) else 1
