"""Replaces the published clusters by those of a run, in its one transaction.

A transaction holds all that it writes until it commits, so only what changed is written: of a hundred
thousand memberships a week changes some hundreds. Memberships that say something else, and those that are
no more, are taken away; then the rest is made anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from detect.network.published import PublishedCluster, PublishedMember
from detect.publication import content_of, parts
from graph.model.ids import type_of
from graph.store.attach import disowned_statement, owned_statement
from graph.store.session import Step, Store
from graph.store.statement import Statement

_STANDING_MEMBERS = Statement.load(__file__, "standing_members.cypher")
_STANDING_OWNED = Statement.load(__file__, "standing_owned.cypher")
_LEAVE = Statement.load(__file__, "leave_clusters.cypher")
_CLUSTERS = Statement.load(__file__, "publish_clusters.cypher")
_RETIRE = Statement.load(__file__, "retire_clusters.cypher")
_MEMBERS = Statement.load(__file__, "publish_members.cypher")

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class StandingClusters:
    """What is published now: (merchant, cluster) → digest of the membership, (identifier, cluster) →
    holders inside and in all."""

    members: Mapping[Pair, str] = field(default_factory=dict)
    owned: Mapping[Pair, tuple[int, int]] = field(default_factory=dict)


def standing_clusters(store: Store) -> StandingClusters:
    """Read what is published; nobody else changes it while the lease is held."""
    members = store.columns(_STANDING_MEMBERS)
    owned = store.columns(_STANDING_OWNED)
    return StandingClusters(
        dict(
            zip(
                zip(members["merchant"], members["cluster"], strict=True),
                members["content"],
                strict=True,
            )
        ),
        dict(
            zip(
                zip(owned["identifier"], owned["cluster"], strict=True),
                zip(owned["holders_inside"], owned["holders"], strict=True),
                strict=True,
            )
        ),
    )


def cluster_steps(
    clusters: Sequence[PublishedCluster],
    as_of: date,
    standing: StandingClusters,
    dormant: Sequence[str],
) -> list[Step]:
    """The steps that replace the published clusters by these, to be done in one transaction.

    `dormant`: ids of clusters that are not there and are waited for.
    """
    members = {
        (member.merchant_id, cluster.id): _member_properties(member)
        for cluster in clusters
        for member in cluster.members
    }
    content = {pair: said["content"] for pair, said in members.items()}
    owned = {
        (identifier, cluster.id): counts
        for cluster in clusters
        for identifier, counts in sorted(cluster.owned.items())
    }
    left = _differing(standing.members, content)
    joined = _differing(content, standing.members)
    return [
        *_each(_LEAVE, [{"merchant": m, "cluster": c} for m, c in left]),
        *_of_types(disowned_statement, _differing(standing.owned, owned), {}),
        *_each(
            _CLUSTERS, [{"id": c.id, "properties": _cluster_properties(c, as_of)} for c in clusters]
        ),
        Step(_RETIRE, {"ids": [c.id for c in clusters], "dormant": list(dormant)}),
        *_each(
            _MEMBERS,
            [{"merchant": m, "cluster": c, "properties": members[m, c]} for m, c in joined],
        ),
        *_of_types(owned_statement, _differing(owned, standing.owned), owned),
    ]


def _differing(of: Mapping[Pair, Any], other: Mapping[Pair, Any]) -> list[Pair]:
    """Pairs that the other has not, or has otherwise."""
    return [pair for pair, said in of.items() if other.get(pair) != said]


def _of_types(
    statement_of: Callable[[str], Statement],
    pairs: Sequence[Pair],
    counts: Mapping[Pair, tuple[int, int]],
) -> list[Step]:
    """Steps for identifiers of each type; of those that have `counts`, with these."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for identifier, cluster in pairs:
        row: dict[str, Any] = {"identifier": identifier, "cluster": cluster}
        if (identifier, cluster) in counts:
            row["holders_inside"], row["holders"] = counts[identifier, cluster]
        rows.setdefault(type_of(identifier), []).append(row)
    return [step for name in sorted(rows) for step in _each(statement_of(name), rows[name])]


def _each(statement: Statement, rows: Sequence[dict[str, Any]]) -> list[Step]:
    return [Step(statement, {"rows": part}) for part in parts(rows)]


def _cluster_properties(cluster: PublishedCluster, as_of: date) -> dict[str, Any]:
    assessment = cluster.assessment
    return {
        "as_of": as_of.isoformat(),
        "label": assessment.label.value,
        "score": assessment.score,
        "size": len(cluster.members),
        "status": "current",
        "regions": list(cluster.regions),
        "divisions": sorted({m.division for m in cluster.members if m.division}),
        "fragility": json.dumps(cluster.fragility.to_dict(), ensure_ascii=False),
        "values": json.dumps(
            {
                "violating": assessment.violating,
                "base_rate": assessment.base_rate,
                "chance": assessment.chance,
                "declared_share": assessment.declared_share,
                "detectors": dict(assessment.detectors),
                "mean_internal": cluster.mean_internal,
                "internal_identifiers": cluster.internal_identifiers,
                "source_types": list(cluster.source_types),
            },
            ensure_ascii=False,
        ),
    }


def _member_properties(member: PublishedMember) -> dict[str, Any]:
    properties = {
        "role": member.role.value,
        "roles": json.dumps([reason.to_dict() for reason in member.roles], ensure_ascii=False),
        "strength": member.strength,
        "ties": json.dumps([tie.to_dict() for tie in member.ties], ensure_ascii=False),
    }
    return {**properties, "content": content_of(properties)}
