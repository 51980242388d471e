"""`suyuan explain`: which record says what, and what earlier records said instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import click

from graph.model.texts import text
from graph.ontology import EntityType, Property, RelationType, ontology
from graph.ontology.schema import INTERVAL
from graph.store.session import Store
from queries.cluster_page import ClusterPage
from queries.cluster_sentences import page_text
from queries.history import PropertyHistory, Saying
from queries.masking import mask_properties, mask_text
from suyuan.explained import Explained, ExplainedRelation, Records, explained, ids_named
from suyuan.explained_cluster import CLUSTER, explained_cluster, page_as_json
from suyuan.options import open_store, store_option, terminal_options
from suyuan.terminal import Terminal

_SHOWN = 50
Found = TypeVar("Found")


@click.command("explain", short_help="Say which record says what about a thing.")
@click.argument("name", metavar="ID")
@click.option(
    "--first",
    type=click.IntRange(0),
    default=_SHOWN,
    show_default=True,
    help="Relations to show; a hub has many thousands.",
)
@store_option
@terminal_options
def command(name: str, first: int, store_target: str, terminal: Terminal) -> None:
    """For the thing ID and each of its relations: every value, the record that says it, and the values
    that it superseded; and the findings and clusters that name the thing.

    ID is a node id, such as Merchant:91330100MA27XYZ12A, or its bare key where only one type has it.
    Personal values are masked as the service masks them.

    Of a cluster, such as Cluster:C-000001: a page of text that says who is in it and why, what it hangs
    on, what is uncertain, and which records say so.
    """
    with open_store(store_target, terminal) as store:
        if name.startswith(CLUSTER):
            _say_cluster(terminal, _known(explained_cluster(store, name), name, terminal))
            return
        found = _only(store, name, first, terminal)
    _say(terminal, found)
    terminal.result(as_json(found))


def _say_cluster(terminal: Terminal, page: ClusterPage) -> None:
    terminal.line(page_text(page, terminal.language))
    terminal.result(page_as_json(page, terminal.language))


def _known(found: Found | None, name: str, terminal: Terminal) -> Found:
    """What was found; else wrong usage, said in the person's language."""
    if found is None:
        raise click.UsageError(text("explain.unknown", terminal.language, name=mask_text(name)))
    return found


def as_json(found: Explained) -> dict[str, Any]:
    """What `--json` prints; personal values are masked."""
    return {
        "id": found.id,
        "type": found.type,
        "first_seen": found.first_seen,
        "regions": list(found.regions),
        "said_by": list(found.said_by),
        "properties": _properties(found.type, found.properties),
        "relations": [
            {
                "type": link.type,
                "start": link.start,
                "end": link.end,
                "first_seen": link.first_seen,
                "end_seen": link.end_seen,
                "said_by": list(link.said_by),
                "properties": _properties(link.type, link.properties),
            }
            for link in found.relations
        ],
        "relations_total": found.total,
        "findings": list(found.findings),
        "clusters": list(found.clusters),
        "records": {
            identifier: {key: record[key] for key in _SHOWN_OF_RECORDS}
            for identifier, record in sorted(found.records.items())
        },
    }


_SHOWN_OF_RECORDS = ("source", "locator", "retrieved_at", "region", "asserts")


def _only(store: Store, name: str, first: int, terminal: Terminal) -> Explained:
    """The one thing of that name; else wrong usage, said in the person's language."""
    ids = ids_named(store, name)
    if len(ids) > 1:
        said = {"count": len(ids), "name": mask_text(name), "ids": ", ".join(ids)}
        raise click.UsageError(text("explain.ambiguous", terminal.language, **said))
    return _known(explained(store, ids[0], first) if ids else None, name, terminal)


def _properties(type_name: str, histories: Sequence[PropertyHistory]) -> list[dict[str, Any]]:
    return [
        {
            "name": each.name,
            "value": _masked(type_name, each.name, each.holds) if each.holds else None,
            "record": each.holds.record if each.holds else None,
            "confirmed_by": list(each.confirmed),
            "superseded": [
                {"value": _masked(type_name, each.name, old), "record": old.record}
                for old in each.superseded
            ],
        }
        for each in histories
    ]


def _masked(type_name: str, name: str, saying: Saying) -> Any:
    return mask_properties(type_name, {name: saying.value})[name]


def _say(terminal: Terminal, found: Explained) -> None:
    entity = ontology().entities[found.type]
    terminal.say(
        "explain.node",
        id=found.id,
        type=entity.title[terminal.language],
        first_seen=found.first_seen,
        regions=", ".join(found.regions),
    )
    _say_properties(terminal, found.type, found.properties, found.records)
    terminal.say("explain.relations", total=found.total, shown=len(found.relations))
    for link in found.relations:
        _say_relation(terminal, link, found.records)
    nothing = text("explain.none", terminal.language)
    terminal.say("explain.findings", ids=", ".join(found.findings) or nothing)
    terminal.say("explain.clusters", ids=", ".join(found.clusters) or nothing)


def _say_relation(terminal: Terminal, link: ExplainedRelation, records: Records) -> None:
    relation, language = ontology().relations[link.type], terminal.language
    ended = text("explain.ended", language, end_seen=link.end_seen) if link.end_seen else ""
    terminal.say(
        "explain.relation",
        start=link.start,
        title=relation.title[language],
        end=link.end,
        first_seen=link.first_seen,
        ended=ended,
    )
    _say_properties(terminal, link.type, link.properties, records)
    if not link.properties:  # a relation without properties is said by records all the same
        for record in link.said_by:
            _indented(terminal, "explain.said", record=_record(records[record], language))


def _say_properties(
    terminal: Terminal, type_name: str, histories: Sequence[PropertyHistory], records: Records
) -> None:
    language = terminal.language

    def source(record: str) -> str:
        return _record(records[record], language)

    titles = _titles(type_name, language)
    for each in histories:
        title = titles.get(each.name, each.name)
        _say_value(terminal, type_name, title, each, source)
        for record in each.confirmed:
            _indented(terminal, "explain.confirmed", record=source(record))
        for old in each.superseded:
            value = _masked(type_name, each.name, old)
            _indented(terminal, "explain.superseded", value=value, record=source(old.record))


def _say_value(
    terminal: Terminal,
    type_name: str,
    title: str,
    each: PropertyHistory,
    source: Callable[[str], str],
) -> None:
    if each.holds is None:
        terminal.say("explain.taken_back", title=title, name=each.name)
        return
    value = _masked(type_name, each.name, each.holds)
    terminal.say("explain.property", title=title, name=each.name, value=value)
    _indented(terminal, "explain.said", record=source(each.holds.record))


def _indented(terminal: Terminal, key: str, **params: Any) -> None:
    terminal.line(f"      {text(key, terminal.language, **params)}")


def _record(record: Mapping[str, Any], language: str) -> str:
    shown = {key: record[key] for key in ("id", "source", "locator", "retrieved_at", "region")}
    return text("explain.record", language, **shown)


def _titles(type_name: str, language: str) -> dict[str, str]:
    """Property → its meaning in a language, for an entity type or a relation."""
    known = ontology()
    of: EntityType | RelationType = known.entities.get(type_name) or known.relations[type_name]
    properties: tuple[Property, ...] = (*of.properties, *INTERVAL)
    return {each.name: each.zh if language == "zh" else each.en for each in properties}
