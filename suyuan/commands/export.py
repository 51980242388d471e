"""`suyuan export`: clusters with members and ties, for other programs."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import click
import networkx as nx

from graph.store.session import Store
from graph.store.statement import Statement
from suyuan.options import open_store, store_option, terminal_options
from suyuan.terminal import Terminal

_CLUSTERS = Statement.load(__file__, "export_clusters.cypher")
FORMATS = ("graphml", "gexf", "csv", "json")

#: A spreadsheet runs a cell that begins with one of these; an apostrophe makes it text.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@click.command("export", short_help="Write clusters with their members and ties to a file.")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(FORMATS), help="Default: by the file's ending.")
@click.option(
    "--label",
    type=click.Choice(["network", "lawful_group", "unlabelled"]),
    default="network",
    show_default=True,
)
@store_option
@terminal_options
def command(out: Path, form: str | None, label: str, store_target: str, terminal: Terminal) -> None:
    """Write the published clusters of one label. For the operator: no region is left out."""
    chosen = form or out.suffix.lstrip(".").lower()
    if chosen not in FORMATS:
        raise click.UsageError(f"unknown format {chosen!r}; known: {', '.join(FORMATS)}")
    with open_store(store_target, terminal) as store:
        rows = read_memberships(store, label)
    write(rows, out, chosen)
    terminal.say("export.done", out=str(out), rows=len(rows))
    terminal.result({"out": str(out), "format": chosen, "memberships": len(rows)})


def read_memberships(store: Store, label: str) -> list[dict[str, Any]]:
    """One row per member: cluster, score, merchant, role, strength, ties."""
    rows = store.read(_CLUSTERS, label=label)
    return [{**row, "ties": json.loads(row["ties"])} for row in rows]


def write(rows: list[dict[str, Any]], out: Path, form: str) -> None:
    """Write memberships as a graph (GraphML, GEXF) or as a table (CSV, JSON)."""
    if form == "json":
        out.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    elif form == "csv":
        _write_csv(rows, out)
    elif form == "graphml":
        nx.write_graphml(as_graph(rows), out)
    else:
        nx.write_gexf(as_graph(rows), out)


def as_graph(rows: list[dict[str, Any]]) -> nx.Graph:
    """Merchants and the identifiers that tie them, with the relation on each edge."""
    drawn = nx.Graph()
    for row in rows:
        drawn.add_node(
            row["merchant"],
            kind="Merchant",
            label=row["name"],
            cluster=row["cluster"],
            role=row["role"],
        )
        for tie in row["ties"]:
            identifier = tie["identifier_id"]
            drawn.add_node(identifier, kind=identifier.partition(":")[0], label=identifier)
            drawn.add_edge(
                row["merchant"], identifier, relation=tie["relation"], first_seen=tie["first_seen"]
            )
    return drawn


def _write_csv(rows: list[dict[str, Any]], out: Path) -> None:
    columns = ("cluster", "score", "merchant", "name", "role", "strength", "tied_by")
    with out.open("w", encoding="utf-8-sig", newline="") as file:  # the mark lets Excel read UTF-8
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in rows:
            tied = "; ".join(sorted({tie["relation"] for tie in row["ties"]}))
            values = [*(row[name] for name in columns[:-1]), tied]
            writer.writerow([_harmless(value) for value in values])


def _harmless(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value
    return value
