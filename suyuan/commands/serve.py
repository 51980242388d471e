"""`suyuan serve`: the GraphQL service."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path

import click

from api.app import create_app
from api.auth import ROLES
from api.gate_settings import GateSettings, TrustedSettings
from api.operation import engine
from api.server import loop_factory, server_of
from api.settings import ApiSettings
from graph.store.async_session import AsyncStore
from graph.store.connection import Connection
from suyuan.allocator import give_back_early
from suyuan.commands.token import TOKEN_FILE
from suyuan.options import DEFAULT_STORE, open_store, store_option, terminal_options
from suyuan.terminal import Terminal

DRAIN_S = 10


@click.command("serve", short_help="Serve GraphQL.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option(
    "--tokens",
    "token_file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="Token file (default: beside the store's folder).",
)
@click.option(
    "--trusted",
    type=click.Path(exists=True, path_type=Path),
    default=None,
    help="Trusted documents: a folder of .graphql files, or a JSON file of SHA-256 to text.",
)
@click.option(
    "--strict",
    "strict_roles",
    type=click.Choice(ROLES),
    multiple=True,
    help="A role that may run trusted documents only; repeatable.",
)
@click.option(
    "--hide-schema",
    "hidden_from",
    type=click.Choice(ROLES),
    multiple=True,
    help="A role that may not ask for the schema; repeatable.",
)
@click.option(
    "--warm/--no-warm",
    "is_warming",
    default=True,
    show_default=True,
    help="Have common questions planned in the background after the start.",
)
@store_option
@terminal_options
def command(
    host: str,
    port: int,
    token_file: Path | None,
    trusted: Path | None,
    strict_roles: tuple[str, ...],
    hidden_from: tuple[str, ...],
    is_warming: bool,
    store_target: str,
    terminal: Terminal,
) -> None:
    """Serve /graphql, with GraphiQL for browsers, until interrupted."""
    tokens = token_file or token_file_of(store_target)
    documents = TrustedSettings(
        trusted, frozenset(strict_roles), frozenset(ROLES) - frozenset(hidden_from)
    )
    settings = ApiSettings(tokens, gate=GateSettings(documents), is_warming=is_warming)
    with open_store(store_target, terminal, is_lasting=True) as store:
        terminal.say("serve.ready", url=f"http://{host}:{port}/graphql")
        run_service(store.connection, settings, host, port)


def token_file_of(store_target: str) -> Path:
    """Where the tokens of a store are kept: in its folder, or in the default one for a server."""
    folder = Path(DEFAULT_STORE) if "://" in store_target else Path(store_target)
    return folder / TOKEN_FILE


def run_service(connection: Connection, settings: ApiSettings, host: str, port: int) -> None:
    """Serve until SIGINT or SIGTERM; requests in flight have `DRAIN_S` seconds to end."""
    give_back_early()
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(_serve(connection, settings, host, port))


async def _serve(connection: Connection, settings: ApiSettings, host: str, port: int) -> None:
    async with await AsyncStore.open(connection) as store:
        app = create_app(store, settings)
        engine()
        # The schema and what was imported are half a million objects that stay: no collection need
        # look at them again.
        gc.collect()
        gc.freeze()
        await server_of(app, host, port, DRAIN_S).serve()
