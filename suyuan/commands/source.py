"""`suyuan source`: propose a mapping for a new sheet, check what it would load, list what is known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from graph.model.texts import text
from graph.ontology import ontology
from ingest.checking import Check, FileCheck, check
from ingest.clean import Given
from ingest.facts import EntityFact, RelationFact
from ingest.mapping import FOLDER, mappings
from ingest.proposal import Naming, Proposal, how, propose, render, unknown, unplaced
from ingest.recognise import read_sample
from ingest.refusals import reason_text
from ingest.vocabulary import LOAD, vocabulary
from suyuan.options import EXIT_REFUSED, terminal_options
from suyuan.terminal import Terminal

MASK = "•••"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,60}")
_file_argument = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("source", short_help="Map a new sheet, check it, list known sources.")
def command() -> None:
    """Sources: what the columns of a sheet mean, as a folder with a mapping.yaml."""


@command.command("new")
@click.argument("file", type=_file_argument)
@click.option("--name", help="Name of the source: small letters, digits, _. Default: the file's.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("sources"),
    show_default=True,
    help="Where the folder of the source is made.",
)
@click.option("--region", help="Whose data it is: a province code, 000000 for national data.")
@click.option("--sheet", help="Sheet of a workbook. Default: the first that is not empty.")
@click.option("--force", is_flag=True, help="Write over a mapping that is there already.")
@terminal_options
def new(
    file: Path,
    name: str | None,
    out: Path,
    region: str | None,
    sheet: str | None,
    force: bool,
    terminal: Terminal,
) -> None:
    """Propose a mapping for FILE: columns recognised by their heads and by their values."""
    known = vocabulary()
    proposal = propose(read_sample(file, known, sheet), known)
    if region is None and proposal.region is None:
        raise click.UsageError(text("source.new.region_needed", terminal.language))
    if region is not None:
        Given(region=region).checked()
    called = _name(name, file)
    target = out / called / "mapping.yaml"
    if target.exists() and not force:
        raise click.UsageError(text("source.new.exists", terminal.language, path=str(target)))
    target.parent.mkdir(parents=True, exist_ok=True)
    naming = Naming(called, file.name, terminal.language, region, sheet)
    target.write_text(render(proposal, naming), encoding="utf-8")
    _tell(proposal, terminal)
    used = len({reading.column for reading in proposal.readings})
    terminal.say("source.new.written", path=str(target), used=used, unused=len(proposal.unused))
    terminal.result(_proposal_json(proposal, called, target))


@command.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--source", help="A known source, or a folder with a mapping.yaml of your own.")
@click.option(
    "--region", help="Owning region of rows that do not say it: a province code or 000000."
)
@terminal_options
def check_command(
    files: tuple[Path, ...], source: str | None, region: str | None, terminal: Terminal
) -> None:
    """Show what FILES would give and what would be refused, without any store."""
    done = check(files, source, Given(region=region))
    for file in done.files:
        _tell_file(file, terminal)
    outside = done.outside()
    for name, facts in sorted(done.facts.items()):
        terminal.say("source.check.type", name=name, facts=facts, distinct=done.distinct(name))
        if name in outside:
            terminal.say("source.check.outside", name=name, count=outside[name])
    if done.examples:
        terminal.say("source.check.examples")
    for fact in done.examples:
        terminal.line(f"    {_shown(fact)}")
    if done.is_fine:
        terminal.say("source.check.fine")
    terminal.result(_check_json(done, outside))
    if not done.is_fine:
        raise click.exceptions.Exit(EXIT_REFUSED)


@command.command("list")
@terminal_options
def list_command(terminal: Terminal) -> None:
    """List the sources that load as they are."""
    found = []
    for name, mapping in sorted(mappings().items()):
        sample = next((path.name for path in (FOLDER / name).glob("sample.*")), "")
        columns = len(mapping.columns)
        title = mapping.title[terminal.language]
        terminal.say("source.list.line", name=name, title=title, columns=columns, sample=sample)
        found.append({"name": name, "title": dict(mapping.title), "columns": list(mapping.columns)})
    terminal.result({"sources": found})


def _name(name: str | None, file: Path) -> str:
    if name is None:
        stem = re.sub(r"[^a-z0-9_]+", "_", file.name.partition(".")[0].lower()).strip("_0123456789")
        name = stem or "new_source"
    if not _NAME.fullmatch(name):
        raise click.UsageError(f"--name {name!r}: small letters, digits and _ are wanted")
    return name


def _tell(proposal: Proposal, terminal: Terminal) -> None:
    language = terminal.language
    for reading in proposal.readings:
        terminal.say(
            "source.new.column",
            column=reading.column,
            target=f"{reading.target.alias}.{reading.target.prop}",
            percent=f"{100 * reading.confidence:.0f}",
            how=how(reading, language),
        )
    for unused in proposal.unused:
        likely = unused.reading
        if unused.reason != "not_used":
            why = text(f"source.new.{unused.reason}", language)
            terminal.line(f"  {unused.column}: {why}")
        elif likely is not None:
            target = f"{likely.target.alias}.{likely.target.prop}"
            terminal.line(f"  {unplaced(unused, target, language)}")
        else:
            terminal.line(f"  {unknown(unused, language)}")
    if not proposal.entities:
        terminal.say("source.new.nothing")


def _tell_file(file: FileCheck, terminal: Terminal) -> None:
    terminal.say(
        "source.check.file",
        file=file.file,
        source=file.source,
        read=file.read,
        loaded=file.loaded,
        refused=file.refused,
    )
    for (column, code), count in file.reasons.most_common():
        reason = reason_text(file.faults[column, code], terminal.language)
        terminal.say("source.check.reason", count=count, field=column or "—", reason=reason)
    for refusal in file.first:
        reason = refusal.reason(terminal.language)
        column = refusal.fault.field or "—"
        terminal.say("source.check.refusal", line=refusal.line, field=column, reason=reason)
    if not file.is_allowed:
        percent = f"{100 * file.share:g}"
        terminal.say("source.check.too_many", percent=percent, rows=file.rows)


def _masked(fact: EntityFact | RelationFact) -> dict[str, Any]:
    """A fact as plain values, personal ones masked: what a terminal shows ends up in logs."""
    known = ontology()
    if isinstance(fact, EntityFact):
        entity = known.entities[fact.type_name]
        personal = {prop.name for prop in entity.properties if prop.personal}
        key = _masked_key(fact.type_name, fact.key)
        return {"type": fact.type_name, "key": key, "properties": _hide(fact.properties, personal)}
    relation = known.relations[fact.relation]
    return {
        "type": fact.relation,
        "start": _masked_key(relation.start, fact.start),
        "end": _masked_key(relation.end, fact.end),
        "properties": dict(fact.properties),
    }


def _masked_key(type_name: str, key: tuple[str, ...]) -> list[str]:
    entity = ontology().entities[type_name]
    personal = {prop.name for prop in entity.properties if prop.personal}
    return [MASK if name in personal else part for name, part in zip(entity.key, key, strict=True)]


def _hide(properties: Mapping[str, Any], personal: set[str]) -> dict[str, Any]:
    return {name: MASK if name in personal else value for name, value in properties.items()}


def _shown(fact: EntityFact | RelationFact) -> str:
    said = _masked(fact)
    properties = ", ".join(f"{name}={value}" for name, value in said["properties"].items())
    if isinstance(fact, EntityFact):
        return f"{said['type']}: {properties}"
    ends = f"({'/'.join(said['start'])})-[{said['type']}]->({'/'.join(said['end'])})"
    return f"{ends} {properties}".rstrip()


def _proposal_json(proposal: Proposal, name: str, target: Path) -> dict[str, Any]:
    return {
        "name": name,
        "mapping": str(target),
        "columns": [
            {
                "column": reading.column,
                "target": f"{reading.target.alias}.{reading.target.prop}",
                "is_about_load": reading.target.alias == LOAD,
                "confidence": round(reading.confidence, 3),
                "by": reading.by,
                "fit": round(reading.fit, 3),
                "checked": reading.checked,
            }
            for reading in proposal.readings
        ],
        "unused": [
            {"column": unused.column, "kind": unused.kind, "filled": unused.filled}
            for unused in proposal.unused
        ],
        "entities": list(proposal.entities),
        "relations": [rule["type"] for rule in proposal.relations],
    }


def _check_json(done: Check, outside: Mapping[str, int]) -> dict[str, Any]:
    return {
        "is_fine": done.is_fine,
        "files": [
            {
                "file": file.file,
                "source": file.source,
                "read": file.read,
                "loaded": file.loaded,
                "refused": file.refused,
                "is_allowed": file.is_allowed,
                "reasons": [
                    {"field": column, "reason_code": code, "rows": count}
                    for (column, code), count in file.reasons.most_common()
                ],
                "first": [refusal.as_json() for refusal in file.first],
            }
            for file in done.files
        ],
        "facts": {
            name: {"facts": count, "distinct": done.distinct(name)}
            for name, count in sorted(done.facts.items())
        },
        "outside": dict(outside),
        "examples": [_masked(fact) for fact in done.examples],
    }
