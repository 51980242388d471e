"""`suyuan bench audit`: the public audits of GraphQL over HTTP."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from api.auth import TokenFile
from benchmarks.http_audit import audit, figure
from benchmarks.node import NodeUnavailable
from benchmarks.served import served
from graph.store.session import Store
from suyuan.figures import show_figures
from suyuan.options import terminal_options
from suyuan.terminal import Terminal

_REGION = "330000"


@click.command("audit")
@terminal_options
def command(terminal: Terminal) -> None:
    """Hold the service to the suite of npm graphql-http, on a store without data.

    Exit code 1 when an audit fails.
    """
    with tempfile.TemporaryDirectory(prefix="suyuan-bench-") as name:
        tokens = Path(name) / "tokens.json"
        token = TokenFile(tokens).create(
            "auditor", [_REGION], timedelta(hours=1), datetime.now(UTC)
        )
        try:
            with Store.open(Path(name) / "store") as store, served(store.connection, tokens) as at:
                audits = audit(at.url, token)
        except NodeUnavailable as missing:
            raise click.ClickException(str(missing)) from missing
    passed = figure(audits)
    show_figures(terminal, [passed], {"failed": [a.name for a in audits if a.status != "ok"]})
    if not passed.met:
        raise click.exceptions.Exit(1)
