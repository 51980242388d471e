"""`suyuan doctor`: what this machine has and what is missing."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from graph.store.doctor import examine
from suyuan.options import EXIT_STORE, store_option, terminal_options
from suyuan.terminal import Terminal

_MARKS = {"ok": "✓", "warn": "!", "missing": "✗"}


@click.command("doctor", short_help="Say what this machine has and what is missing.")
@store_option
@terminal_options
def command(store_target: str, terminal: Terminal) -> None:
    """Look, start nothing, change nothing. Ends with 4 when the store could not work."""
    checks = examine(store_target, terminal.language)
    for check in checks:
        terminal.line(f"{_MARKS[check.state]} {check.label}: {check.detail}")
        if check.remedy:
            terminal.line(f"    → {check.remedy}")
    terminal.result({"checks": [asdict(check) for check in checks]})
    if any(check.state == "missing" for check in checks):
        sys.exit(EXIT_STORE)
