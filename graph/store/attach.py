"""Statements that tie what our analysis found to things of any ontology type.

A label cannot be a parameter, and without one the server would scan every node; so there is one
generated statement per type, with the label taken from the ontology.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from graph.ontology import ontology
from graph.store.statement import Statement


@cache
def about_statement(type_name: str, finding_label: str = "Finding") -> Statement:
    """`(finding)-[:ABOUT]->(subject)` for `$rows` of `{finding, subject}`, both node ids."""
    label = ontology().entities[type_name].name
    return Statement(
        f"about_{label}_{finding_label}",
        f"""UNWIND $rows AS row
MATCH (finding:{finding_label} {{id: row.finding}})
MATCH (subject:{label} {{id: row.subject}})
MERGE (finding)-[:ABOUT]->(subject)""",
    )


@cache
def owned_statement(type_name: str) -> Statement:
    """`(identifier)-[:OWNED_BY]->(cluster)` for `$rows` of `{identifier, cluster, holders_…}`."""
    label = ontology().entities[type_name].name
    return Statement(
        f"owned_{label}",
        f"""UNWIND $rows AS row
MATCH (identifier:{label} {{id: row.identifier}})
MATCH (cluster:Cluster {{id: row.cluster}})
CREATE (identifier)-[:OWNED_BY {{holders_inside: row.holders_inside, holders: row.holders}}]->(cluster)""",
    )


@cache
def disowned_statement(type_name: str) -> Statement:
    """Takes `(identifier)-[:OWNED_BY]->(cluster)` away, for `$rows` of `{identifier, cluster}`."""
    label = ontology().entities[type_name].name
    return Statement(
        f"disowned_{label}",
        f"""UNWIND $rows AS row
MATCH (:{label} {{id: row.identifier}})-[old:OWNED_BY]->(:Cluster {{id: row.cluster}})
DELETE old""",
    )


def hop_sources(hops: Sequence[Sequence[list[str]]]) -> tuple[set[str], set[str]]:
    """Records and regions of a link that runs over `hops` (`[records, regions]` each).

    Visible only to those who see every hop: its regions are those that all hops have, possibly none.
    """
    records = {record for hop_records, _ in hops for record in hop_records}
    return records, set(hops[0][1]).intersection(*(regions for _, regions in hops[1:]))


@cache
def link_records_statement(relation_name: str, is_over: bool = False) -> Statement:
    """The records and regions behind links of one relation, for `$rows` of `{merchant, identifier}`.

    Links that stand on `$as_of`; with `is_over` also those that had ended by then.

    Returns one row per link: `merchant`, `identifier`, `hops` (a list of `[records, regions]`, one
    per relation on the way), `first_seen`.
    """
    relation = ontology().relations[relation_name]
    through = relation.link.through if relation.link else ()
    steps = (*through, relation.name)
    path = "(m)"
    alive = []
    for at, step in enumerate(steps):
        end = "x" if at == len(steps) - 1 else f":{ontology().relations[step].end}"
        path += f"-[r{at}:{step}]->({end})"
        alive.append(f"r{at}.first_seen <= $as_of")
        if not is_over:
            alive.append(f"(r{at}.end_seen IS NULL OR r{at}.end_seen > $as_of)")
    hops = ", ".join(f"[r{at}.records, r{at}.regions]" for at in range(len(steps)))
    last = f"r{len(steps) - 1}.first_seen"
    return Statement(
        f"link_records_{relation.name}{'_over' if is_over else ''}",
        f"""UNWIND $rows AS row
MATCH (m:Merchant {{id: row.merchant}})
MATCH (x:{relation.end} {{id: row.identifier}})
MATCH {path} WHERE {" AND ".join(alive)}
RETURN m.id AS merchant, x.id AS identifier, [{hops}] AS hops, {last} AS first_seen""",
    )
