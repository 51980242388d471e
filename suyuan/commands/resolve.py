"""`suyuan resolve`: which merchants, labs and addresses are one and the same; proposed and judged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

import click

from graph.errors import ValueRefused
from graph.model.identity import Conflict
from graph.model.judgements import Verdict
from graph.model.provenance import NATIONAL
from graph.model.texts import text
from graph.store.session import Store
from ingest.clean import region as clean_region
from ingest.resolve import explain, review
from ingest.resolve.decisions import Proposal
from ingest.resolve.judgements import Changes
from ingest.resolve.kinds import ENGINES, RULES
from ingest.resolve.proposals import Proposals
from ingest.resolve.review import Kept, Speaker
from suyuan.options import open_store, store_option, terminal_options
from suyuan.terminal import Terminal

_SHOWN = 20

by_option = click.option("--by", required=True, help="Who judges.")
region_option = click.option(
    "--region",
    default=NATIONAL,
    show_default=True,
    help="Province code of the one who judges; the judgement carries it.",
)
why_option = click.option("--why", required=True, help="The reason, in words.")


@click.group(
    "resolve",
    invoke_without_command=True,
    short_help="Propose which merchants are one and the same.",
)
@click.option("--write", is_flag=True, help="Keep the judgements; without it they are only shown.")
@click.option(
    "--engine",
    type=click.Choice(sorted(ENGINES)),
    default="own",
    show_default=True,
    help="What blocks and scores merchants: our own, or Splink for millions (an optional package).",
)
@click.option(
    "--type", "types", type=click.Choice(sorted(RULES)), multiple=True, help="Default: all."
)
@store_option
@terminal_options
@click.pass_context
def command(
    context: click.Context,
    write: bool,
    engine: str,
    types: tuple[str, ...],
    store_target: str,
    terminal: Terminal,
) -> None:
    """Propose which subjects are one: by strong keys, then by explained scores.

    A judgement is a relation of its own between two subjects (who, when, why); nothing is merged or
    overwritten, and withdrawing it undoes it. With --write the certain ones are kept as `same`, the
    unsure ones as the queue that `suyuan resolve review` lists.
    """
    if context.invoked_subcommand is not None:
        return
    now = datetime.now(UTC)
    results: dict[str, Any] = {}
    with open_store(store_target, terminal) as store:
        review.prepare(store)
        for type_name in types or tuple(sorted(RULES)):
            found, before = review.run_rules(store, type_name, _today(), engine)
            changed = review.write_rules(store, found, before, now) if write else None
            _show(terminal, store, type_name, found, changed)
            results[type_name] = _result(found, changed)
    if not write:
        terminal.say("resolve.not_written")
    terminal.result({"types": results, "written": write})


@command.command("review")
@click.option("--first", type=click.IntRange(1), default=_SHOWN, show_default=True)
@store_option
@terminal_options
def review_queue(first: int, store_target: str, terminal: Terminal) -> None:
    """List pairs that wait for a person, the most valuable answer first, each with its explanation."""
    with open_store(store_target, terminal) as store:
        waiting = review.queue(store)
    if not waiting:
        terminal.say("resolve.queue.empty")
    else:
        terminal.say("resolve.queue.summary", count=len(waiting), shown=min(first, len(waiting)))
    for each in waiting[:first]:
        _say_waiting(terminal, each)
    terminal.result({"waiting": len(waiting), "pairs": [_as_dict(k) for k in waiting[:first]]})


@command.command("judge")
@click.argument("a")
@click.argument("b")
@click.argument("verdict", type=click.Choice(["same", "different", "unsure"]))
@by_option
@region_option
@why_option
@store_option
@terminal_options
def judge(
    a: str, b: str, verdict: Verdict, store_target: str, terminal: Terminal, **said: str
) -> None:
    """Say whether A and B (node ids) are one. It outranks every rule and is never proposed again."""
    with open_store(store_target, terminal) as store:
        review.prepare(store)
        with _refusals_in_words(terminal):
            by = Speaker(said["by"], clean_region(said["region"]))
            made = review.judge(
                store, (a, b), verdict, by=by, why=said["why"], now=datetime.now(UTC)
            )
        found = review.conflicts(store)
    word = text(f"resolve.verdict.{verdict}", terminal.language)
    terminal.say("resolve.judged", id=made.id, a=made.a, b=made.b, verdict=word)
    _say_conflicts(terminal, found)
    terminal.result({"judgement": asdict(made), "conflicts": [asdict(each) for each in found]})


@command.command("withdraw")
@click.argument("judgement_id", metavar="ID")
@by_option
@why_option
@store_option
@terminal_options
def withdraw(judgement_id: str, by: str, why: str, store_target: str, terminal: Terminal) -> None:
    """Withdraw a judgement; it stays readable, and what was in force before it is so again."""
    with open_store(store_target, terminal) as store, _refusals_in_words(terminal):
        review.withdraw(store, judgement_id, by=Speaker(by), why=why, now=datetime.now(UTC))
    terminal.say("resolve.withdrawn", id=judgement_id)
    terminal.result({"withdrawn": judgement_id})


@command.command("conflicts")
@store_option
@terminal_options
def conflicts(store_target: str, terminal: Terminal) -> None:
    """List subjects that are different and yet joined; what joins them is held back until judged."""
    with open_store(store_target, terminal) as store:
        found = review.conflicts(store)
    if not found:
        terminal.say("resolve.conflicts.none")
    _say_conflicts(terminal, found)
    terminal.result({"conflicts": [asdict(each) for each in found]})


@command.command("history")
@click.argument("node", required=False)
@store_option
@terminal_options
def history(node: str | None, store_target: str, terminal: Terminal) -> None:
    """List judgements ever made, withdrawn ones too; of one subject when NODE (its id) is given."""
    with open_store(store_target, terminal) as store:
        found = review.history(store, node)
    for each in found:
        _say_history(terminal, each)
    terminal.result({"judgements": [_as_dict(each) for each in found]})


@contextmanager
def _refusals_in_words(terminal: Terminal) -> Iterator[None]:
    """What a judgement lacks is wrong usage, said in the person's language."""
    try:
        yield
    except ValueRefused as refused:
        raise click.UsageError(text(f"refusal.{refused.reason}", terminal.language)) from refused


def _today() -> date:
    return datetime.now(UTC).date()


def _show(
    terminal: Terminal, store: Store, type_name: str, found: Proposals, changed: Changes | None
) -> None:
    """What one type's run found, for people."""
    same = found.of("same")
    unsure = len(found.of("unsure"))
    terminal.say(
        "resolve.found", type=type_name, compared=found.compared, same=len(same), unsure=unsure
    )
    names = review.names_of(store, {end for each in same[:_SHOWN] for end in (each.a, each.b)})
    for each in same[:_SHOWN]:
        said = explain.reason(each.reason, terminal.language)
        terminal.say(
            "resolve.pair",
            a=each.a,
            b=each.b,
            name_a=names.get(each.a, ""),
            name_b=names.get(each.b, ""),
            reason=said,
        )
    if len(same) > _SHOWN:
        terminal.say("resolve.more", count=len(same) - _SHOWN)
    for kind, key in found.disputed:
        said = text(f"resolve.comparison.{kind}", terminal.language)
        terminal.say("resolve.disputed", kind=said, code=key)
    for missed in found.left_out:
        terminal.say("resolve.left_out", **asdict(missed))
    if changed is not None:
        terminal.say("resolve.written", written=len(changed.write), withdrawn=len(changed.withdraw))


def _result(found: Proposals, changed: Changes | None) -> dict[str, Any]:
    return {
        "compared": found.compared,
        "same": [_proposed(each) for each in found.of("same")],
        "unsure": [_proposed(each) for each in found.of("unsure")],
        "disputed": [list(each) for each in found.disputed],
        "left_out": [asdict(each) for each in found.left_out],
        "written": len(changed.write) if changed else 0,
        "withdrawn": len(changed.withdraw) if changed else 0,
    }


def _proposed(proposal: Proposal) -> dict[str, Any]:
    parts = [explain.part_dict(part) for part in proposal.parts]
    return {**asdict(proposal), "parts": parts}


def _as_dict(kept: Kept) -> dict[str, Any]:
    return {
        **asdict(kept.judgement),
        "parts": review.parts_of(kept.judgement),
        "name_a": kept.name_a,
        "name_b": kept.name_b,
        "value": round(kept.value, 3),
    }


def _say_waiting(terminal: Terminal, kept: Kept) -> None:
    made = kept.judgement
    terminal.say(
        "resolve.queue.item",
        id=made.id,
        a=made.a,
        b=made.b,
        name_a=kept.name_a,
        name_b=kept.name_b,
        score=made.score if made.score is not None else 0.5,
        reason=explain.reason(made.why, terminal.language),
    )
    for line in explain.lines(review.parts_of(made), terminal.language):
        terminal.line(line)


def _say_conflicts(terminal: Terminal, found: Sequence[Conflict]) -> None:
    for each in found:
        kind = text(f"resolve.conflict.kind.{each.kind}", terminal.language)
        terminal.say("resolve.conflict", a=each.a, b=each.b, kind=kind)
        for a, b in each.via:
            terminal.say("resolve.conflict.via", a=a, b=b)


def _say_history(terminal: Terminal, kept: Kept) -> None:
    made, language = kept.judgement, terminal.language
    undone = ""
    if not made.stands:
        undone = text(
            "resolve.history.withdrawn",
            language,
            at=made.withdrawn_at,
            by=made.withdrawn_by,
            why=made.withdrawn_why,
        )
    terminal.say(
        "resolve.history.item",
        id=made.id,
        at=made.at,
        by=made.by,
        a=made.a,
        b=made.b,
        verdict=text(f"resolve.verdict.{made.verdict}", language),
        why=explain.reason(made.why, language),
        withdrawn=undone,
    )
