"""`suyuan serve`: the GraphQL service."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click
import uvicorn

from api.app import create_app
from api.settings import ApiSettings
from graph.store.async_session import AsyncStore
from graph.store.connection import Connection
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
@store_option
@terminal_options
def command(
    host: str, port: int, token_file: Path | None, store_target: str, terminal: Terminal
) -> None:
    """Serve /graphql, with GraphiQL for browsers, until interrupted."""
    tokens = token_file or token_file_of(store_target)
    with open_store(store_target, terminal) as store:
        terminal.say("serve.ready", url=f"http://{host}:{port}/graphql")
        run_service(store.connection, tokens, host, port)


def token_file_of(store_target: str) -> Path:
    """Where the tokens of a store are kept: in its folder, or in the default one for a server."""
    folder = Path(DEFAULT_STORE) if "://" in store_target else Path(store_target)
    return folder / TOKEN_FILE


def run_service(connection: Connection, tokens: Path, host: str, port: int) -> None:
    """Serve until SIGINT or SIGTERM; requests in flight have `DRAIN_S` seconds to end."""
    asyncio.run(_serve(connection, tokens, host, port))


async def _serve(connection: Connection, tokens: Path, host: str, port: int) -> None:
    async with await AsyncStore.open(connection) as store:
        config = uvicorn.Config(
            create_app(store, ApiSettings(tokens)),
            host=host,
            port=port,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=DRAIN_S,
        )
        await uvicorn.Server(config).serve()
