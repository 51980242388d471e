"""`suyuan demo`: the whole job on a small world, and then the service."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from api.settings import ApiSettings
from suyuan import demo
from suyuan.commands.serve import run_service
from suyuan.commands.token import TOKEN_FILE
from suyuan.demo_check import ask_and_judge
from suyuan.options import open_store, terminal_options
from suyuan.terminal import Terminal


@click.command("demo", short_help="Make a small world, find its networks and labs, serve GraphQL.")
@click.option(
    "--store",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".suyuan/demo"),
    show_default=True,
    help="Folder of the demonstration; it is made anew when it is not complete.",
)
@click.option("--check", is_flag=True, help="Ask the README's question, judge the answer, and end.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@terminal_options
def command(folder: Path, check: bool, port: int, terminal: Terminal) -> None:
    """Tell the story in the terminal, then serve GraphQL with GraphiQL on loopback."""
    started = time.monotonic()
    if demo.is_ready(folder):
        terminal.say("demo.reused")
    else:
        demo.build(folder, terminal)
    story = demo.tell(folder, terminal)
    token = demo.fresh_token(folder, story["regions"])
    with open_store(str(folder), terminal, schema=None, is_lasting=not check) as store:
        if check:
            sys.exit(0 if ask_and_judge(store.connection, folder, token, terminal) else 1)
        url = f"http://127.0.0.1:{port}/graphql"
        terminal.say("demo.ask", url=url, token=token)
        terminal.line()
        terminal.line(demo.QUESTION.read_text("utf-8"))
        terminal.say("demo.ready", seconds=time.monotonic() - started)
        settings = ApiSettings(folder / TOKEN_FILE, is_warming=True)
        run_service(store.connection, settings, "127.0.0.1", port)
