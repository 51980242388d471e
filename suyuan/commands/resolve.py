"""`suyuan resolve`: which merchants are one and the same, by strong keys."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import click

from graph.store.session import Store
from graph.store.statement import Statement
from suyuan.options import open_store, store_option, terminal_options
from suyuan.terminal import Terminal

_SAME_CODE = Statement.load(__file__, "resolve_same_code.cypher")
_JUDGE = Statement.load(__file__, "resolve_judge.cypher")

RULE = "same_uscc"


@click.command("resolve", short_help="Propose which merchants are one and the same.")
@click.option("--write", is_flag=True, help="Store the judgements; without it they are only shown.")
@store_option
@terminal_options
def command(write: bool, store_target: str, terminal: Terminal) -> None:
    """Merchants under different ids with one unified social credit code are the same merchant.

    A judgement is a relation of its own between two merchants (who, when, why); nothing is merged
    or overwritten, and taking the relation away undoes it.
    """
    with open_store(store_target, terminal) as store:
        groups = same_code(store)
        written = judge(store, groups, datetime.now(UTC)) if write else 0
    for group in groups:
        terminal.line("  = ".join(group))
    terminal.say("resolve.summary", same=len(groups), written=written)
    terminal.result({"rule": RULE, "groups": groups, "written": written})


def same_code(store: Store) -> list[list[str]]:
    """Groups of merchant node ids that name one unified social credit code, each sorted."""
    return [row["ids"] for row in store.read(_SAME_CODE)]


def judge(store: Store, groups: list[list[str]], now: datetime) -> int:
    """Write `same` judgements along each group; returns how many pairs."""
    pairs = [{"a": a, "b": b} for group in groups for a, b in pairwise(group)]
    stamp = now.isoformat(timespec="seconds")
    return store.write_batches(_JUDGE, pairs, by=f"rule:{RULE}", at=stamp, why=RULE)
