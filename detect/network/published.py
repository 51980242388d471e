"""Turns what an engine found into what people read: named groups, members with roles and ties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from detect.network.clustering import Clustering
from detect.network.incidence import Incidence
from detect.network.labels import Assessment, Violation, assess, base_rate_of
from detect.network.roles import MemberFacts, Role, role_of
from detect.network.ties import ClusterEvidence, MemberTies, evidence
from graph.model.findings import Finding
from graph.model.ids import type_of
from graph.store.attach import hop_sources, link_records_statement
from graph.store.session import Store
from graph.store.statement import Statement

_MEMBER_FACTS = Statement.load(__file__, "member_facts.cypher")
_DECLARED = Statement.load(__file__, "declared.cypher")
_BATCH = 5_000

#: Below this severity a finding asks for a look and does not count as a violation of its subject.
LEAST_VIOLATION_SEVERITY = 3


@dataclass(frozen=True, slots=True)
class PublishedTie:
    """One identifier that ties a member in, with the records that say the member holds it."""

    identifier_id: str
    relation: str
    holders_inside: int
    holders: int
    strength: float
    first_seen: str
    records: tuple[str, ...]
    regions: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class PublishedMember:
    """One member: what it does, how strongly it is tied in (0..1), and by what."""

    merchant_id: str
    role: Role
    strength: float
    division: str
    regions: tuple[str, ...]
    ties: tuple[PublishedTie, ...]


@dataclass(frozen=True, slots=True)
class PublishedCluster:
    """One group with its name and reasons; `owned` maps identifier id to (inside, all) holders."""

    id: str
    members: tuple[PublishedMember, ...]
    owned: Mapping[str, tuple[int, int]]
    assessment: Assessment
    mean_internal: float
    internal_identifiers: int
    source_types: tuple[str, ...]

    @property
    def regions(self) -> tuple[str, ...]:
        """Every region that owns a record about a member."""
        return tuple(sorted({region for member in self.members for region in member.regions}))


def violations_of(findings: Iterable[Finding]) -> list[Violation]:
    """The violations that findings hold against merchants."""
    return [
        Violation(subject, finding.detector, finding.severity)
        for finding in findings
        if finding.is_violation and finding.severity >= LEAST_VIOLATION_SEVERITY
        for subject in finding.subject_ids
        if type_of(subject) == "Merchant"
    ]


def describe(
    store: Store,
    as_of: str,
    incidence: Incidence,
    clustering: Clustering,
    names: Mapping[int, str],
    findings: Sequence[Finding],
) -> list[PublishedCluster]:
    """Describe the clusters that have a name (`names` maps cluster number to cluster id)."""
    evidences = evidence(incidence, clustering, names)
    members = [incidence.merchants[m.merchant] for e in evidences for m in e.members]
    known = _Known(
        incidence,
        _member_facts(store, as_of, members),
        _link_records(store, as_of, incidence, evidences),
        _holders(incidence),
    )
    declared = _declared(store, as_of, members)
    violations = violations_of(findings)
    rate = base_rate_of(len({v.member for v in violations}), len(incidence.merchants))
    by_member: dict[str, list[Violation]] = {}
    for violation in violations:
        by_member.setdefault(violation.member, []).append(violation)
    described = []
    for found in evidences:
        inside = [incidence.merchants[m.merchant] for m in found.members]
        assessment = assess(
            inside,
            (v for member in inside for v in by_member.get(member, ())),
            (pair for member in inside for pair in declared.get(member, ())),
            rate,
            found.strength,
        )
        described.append(
            PublishedCluster(
                names[found.cluster],
                tuple(_member(m, known) for m in found.members),
                _owned(clustering, found, known),
                assessment,
                found.mean_internal,
                found.internal_identifiers,
                found.source_types,
            )
        )
    return described


@dataclass(frozen=True, slots=True)
class _Known:
    """What the store says of the members: facts by merchant, link records, holders by identifier."""

    incidence: Incidence
    facts: Mapping[str, dict[str, Any]]
    records: Mapping[tuple[str, str, str], dict[str, Any]]
    holders: Mapping[int, set[int]]


def _member(member: MemberTies, known: _Known) -> PublishedMember:
    incidence = known.incidence
    merchant = incidence.merchants[member.merchant]
    facts = known.facts[merchant]
    ties = []
    for tie in member.ties:
        relation = incidence.kinds[tie.kind].name
        identifier = incidence.identifiers[tie.identifier]
        source = known.records[(relation, merchant, identifier)]
        ties.append(
            PublishedTie(
                identifier,
                relation,
                tie.holders_inside,
                tie.holders_inside + tie.holders_outside,
                round(tie.strength, 4),
                source["first_seen"],
                source["records"],
                source["regions"],
            )
        )
    payee_sharers = sum(tie.holders_inside - 1 for tie in ties if tie.relation == "PAID_TO")
    role = role_of(
        MemberFacts(
            products_made=facts["products_made"],
            certificates_held=facts["certificates_held"],
            stores=facts["stores"],
            live_rooms=facts["live_rooms"],
            waybill_aggregates=facts["waybill_aggregates"],
            payee_sharers=payee_sharers,
            declared_role=facts["declared_role"],
        )
    )
    return PublishedMember(
        merchant,
        role,
        round(member.strength, 4),
        facts["division"],
        tuple(facts["regions"]),
        tuple(ties),
    )


def _holders(incidence: Incidence) -> dict[int, set[int]]:
    held: dict[int, set[int]] = {}
    for m, i in zip(incidence.merchant.tolist(), incidence.identifier.tolist(), strict=True):
        held.setdefault(i, set()).add(m)
    return held


def _owned(
    clustering: Clustering, found: ClusterEvidence, known: _Known
) -> dict[str, tuple[int, int]]:
    inside = {m.merchant for m in found.members}
    return {
        known.incidence.identifiers[i]: (len(known.holders[i] & inside), len(known.holders[i]))
        for i in clustering.owned_identifiers(found.cluster).tolist()
    }


def _member_facts(store: Store, as_of: str, members: list[str]) -> dict[str, dict[str, Any]]:
    return {
        row["id"]: row
        for at in range(0, len(members), _BATCH)
        for row in store.read(_MEMBER_FACTS, members=members[at : at + _BATCH], as_of=as_of)
    }


def _declared(store: Store, as_of: str, members: list[str]) -> dict[str, list[tuple[str, str]]]:
    declared: dict[str, list[tuple[str, str]]] = {}
    for at in range(0, len(members), _BATCH):
        for row in store.read(_DECLARED, members=members[at : at + _BATCH], as_of=as_of):
            declared.setdefault(row["a"], []).append((row["a"], row["b"]))
    return declared


def _link_records(
    store: Store, as_of: str, incidence: Incidence, evidences: Sequence[ClusterEvidence]
) -> dict[tuple[str, str, str], dict[str, Any]]:
    """(relation, merchant, identifier) → first seen, records and regions of the link.

    A link that runs over several relations is visible only to those who see all of them: its
    regions are those that every hop has, possibly none.
    """
    wanted: dict[str, list[dict[str, str]]] = {}
    for found in evidences:
        for member in found.members:
            for tie in member.ties:
                wanted.setdefault(incidence.kinds[tie.kind].name, []).append(
                    {
                        "merchant": incidence.merchants[member.merchant],
                        "identifier": incidence.identifiers[tie.identifier],
                    }
                )
    links: dict[tuple[str, str, str], dict[str, Any]] = {}
    for relation, rows in wanted.items():
        statement = link_records_statement(relation)
        for at in range(0, len(rows), _BATCH):
            for row in store.read(statement, rows=rows[at : at + _BATCH], as_of=as_of):
                key = (relation, row["merchant"], row["identifier"])
                links[key] = _joined(row, links.get(key))
    return links


def _joined(row: Mapping[str, Any], other: Mapping[str, Any] | None) -> dict[str, Any]:
    """One link seen on one path, added to what other paths (listings, phone roles) say of it."""
    records, regions = hop_sources(row["hops"])
    first_seen = row["first_seen"]
    if other is not None:
        records |= set(other["records"])
        regions |= set(other["regions"])
        first_seen = min(first_seen, other["first_seen"])
    return {
        "records": tuple(sorted(records)),
        "regions": tuple(sorted(regions)),
        "first_seen": first_seen,
    }
