"""`suyuan token`: who may ask, and for which regions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from api.auth import READER, ROLES, TokenFile
from suyuan.options import DEFAULT_STORE, terminal_options
from suyuan.terminal import Terminal

TOKEN_FILE = "tokens.json"  # noqa: S105 (the name of a file)

_file_option = click.option(
    "--tokens",
    "token_file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path(DEFAULT_STORE) / TOKEN_FILE,
    show_default=True,
    help="The token file of the service; it holds digests, never tokens.",
)


@click.group("token", short_help="Make, list and revoke access tokens.")
def command() -> None:
    """Tokens name their holder and the regions (province codes) whose data it may see."""


@command.command("create")
@click.argument("name")
@click.option(
    "--region", "regions", multiple=True, required=True, help="Province code; repeatable."
)
@click.option(
    "--role",
    type=click.Choice(ROLES),
    default=READER,
    show_default=True,
    help="An investigator may also export, judge and acknowledge.",
)
@click.option("--days", type=click.IntRange(1, 366), default=90, show_default=True)
@_file_option
@terminal_options
def create(
    name: str, regions: tuple[str, ...], role: str, days: int, token_file: Path, terminal: Terminal
) -> None:
    """Make a token and show it, this once."""
    lifetime = timedelta(days=days)
    token = TokenFile(token_file).create(name, regions, lifetime, datetime.now(UTC), role)
    terminal.say("token.created", token=token)
    terminal.result(
        {"name": name, "regions": list(regions), "role": role, "days": days, "token": token}
    )


@command.command("list")
@_file_option
@terminal_options
def list_tokens(token_file: Path, terminal: Terminal) -> None:
    """List names, regions and ends; the tokens themselves are not kept."""
    infos = TokenFile(token_file).tokens()
    for info in infos:
        terminal.line(f"{info.name}\t{','.join(info.regions)}\t{info.expires_at}\t{info.role}")
    terminal.result(
        [
            {
                "name": info.name,
                "regions": list(info.regions),
                "expires_at": info.expires_at,
                "role": info.role,
            }
            for info in infos
        ]
    )


@command.command("revoke")
@click.argument("name")
@_file_option
@terminal_options
def revoke(name: str, token_file: Path, terminal: Terminal) -> None:
    """End a token now."""
    done = TokenFile(token_file).revoke(name)
    terminal.result({"name": name, "revoked": done})
    if not done:
        raise click.ClickException(f"no token named {name!r}")
