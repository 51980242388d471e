"""Turns what an engine found into what people read: named groups, members with roles and ties.

Merchants that were judged to be one were one holder to the engine. Here each of them is named again, with
the links that are its own, and tied to the others by who judged them the same, and when.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from detect.network.clustering import Clustering, holdings
from detect.network.facts import Labs, facts_of, read_facts, read_labs, shared
from detect.network.fragility import Fragility, Rule, Studied, study
from detect.network.incidence import Incidence
from detect.network.labels import Assessment, GroupLabel, Violation, assess, base_rate_of
from detect.network.roles import Role, RoleReason, roles_of
from detect.network.ties import ClusterEvidence, MemberTies, evidence
from graph.model.findings import Finding
from graph.model.identity import Fold, Joining
from graph.model.ids import type_of
from graph.model.judgements import day_of
from graph.store.attach import hop_sources, link_records_statement
from graph.store.session import Store
from graph.store.statement import Statement

_DECLARED = Statement.load(__file__, "declared.cypher")
_BATCH = 5_000

MAX_STUDIED = 500
"""Clusters whose fragility is told, networks of the highest score first: a study took 20 to 50 ms of a
processor, and the page of a cluster that was left out says so."""

JUDGED = "JUDGED"
"""The relation of a tie that joins two names of one merchant."""

#: Below this severity a finding asks for a look and does not count as a violation of its subject.
LEAST_VIOLATION_SEVERITY = 3


@dataclass(frozen=True, slots=True)
class PublishedTie:
    """One identifier that ties a member in, with the records that say the member holds it.

    Holders are subjects: merchants that were judged to be one count once. Two of these are tied by the
    relation `JUDGED` to the first of them, with the judgement (id, by, at, why, and the pair) and no
    records; `regions` are then those whose readers see both.
    """

    identifier_id: str
    relation: str
    holders_inside: int
    holders: int
    strength: float
    first_seen: str
    records: tuple[str, ...]
    regions: tuple[str, ...]
    judgement: Mapping[str, str] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; `judgement` only where there is one."""
        said = {name: getattr(self, name) for name in self.__slots__}
        if self.judgement is None:
            del said["judgement"]
        return said


@dataclass(frozen=True, slots=True)
class PublishedMember:
    """One member: what it does and why that is said, how strongly it is tied in (0..1), and by what."""

    merchant_id: str
    roles: tuple[RoleReason, ...]
    strength: float
    division: str
    regions: tuple[str, ...]
    ties: tuple[PublishedTie, ...]

    @property
    def role(self) -> Role:
        """The most telling role."""
        return self.roles[0].role


@dataclass(frozen=True, slots=True)
class PublishedCluster:
    """One group with its name and reasons; `owned` maps identifier id to (inside, all) holders.

    `fragility` is not studied for lawful groups, of which nobody has to be convinced, nor beyond
    `MAX_STUDIED` clusters.
    """

    id: str
    members: tuple[PublishedMember, ...]
    owned: Mapping[str, tuple[int, int]]
    assessment: Assessment
    mean_internal: float
    internal_identifiers: int
    source_types: tuple[str, ...]
    fragility: Fragility = field(default_factory=Fragility)

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


@dataclass(frozen=True, slots=True)
class Found:
    """What an engine found: the links it read, with merchants that are one folded, and the partition.

    `rules`: the engine by name, and others that may speak for it; `studied`: what is known already of
    what clusters hang on (see `fragility.study`).
    """

    incidence: Incidence
    clustering: Clustering
    fold: Fold = field(default_factory=Fold)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    studied: Studied = field(default_factory=dict)


def describe(
    store: Store,
    as_of: str,
    found: Found,
    names: Mapping[int, str],
    findings: Sequence[Finding],
) -> list[PublishedCluster]:
    """Describe the clusters that have a name (`names` maps cluster number to cluster id)."""
    incidence = found.incidence
    evidences = evidence(incidence, found.clustering, names)
    joined = _Joined.of(found.fold)
    subjects = [incidence.merchants[m.merchant] for e in evidences for m in e.members]
    members = [member for subject in subjects for member in joined.members(subject)]
    known = _Known(
        incidence,
        read_facts(store, as_of, members),
        read_labs(store, as_of),
        _link_records(store, as_of, (incidence, joined), evidences),
        _held_inside(found),
        joined,
    )
    declared = _declared(store, as_of, members)
    violations = [
        replace(violation, member=joined.subject(violation.member))
        for violation in violations_of(findings)
    ]
    rate = base_rate_of(len({v.member for v in violations}), len(incidence.merchants))
    by_subject: dict[str, list[Violation]] = {}
    for violation in violations:
        by_subject.setdefault(violation.member, []).append(violation)
    described = []
    for each in evidences:
        inside = [incidence.merchants[m.merchant] for m in each.members]
        assessment = assess(
            inside,
            (v for subject in inside for v in by_subject.get(subject, ())),
            (
                (joined.subject(a), joined.subject(b))
                for subject in inside
                for member in joined.members(subject)
                for a, b in declared.get(member, ())
            ),
            rate,
            each.strength,
        )
        described.append(
            PublishedCluster(
                names[each.cluster],
                _all_members(each, known),
                _owned(found.clustering, each, known),
                assessment,
                each.mean_internal,
                each.internal_identifiers,
                each.source_types,
            )
        )
    return _with_fragility(described, found, {name: at for at, name in names.items()})


def _with_fragility(
    described: Sequence[PublishedCluster], found: Found, numbers: Mapping[str, int]
) -> list[PublishedCluster]:
    told = [each for each in described if each.assessment.label is not GroupLabel.LAWFUL_GROUP]
    told.sort(
        key=lambda c: (c.assessment.label is not GroupLabel.NETWORK, -c.assessment.score, c.id)
    )
    wanted = {each.id: numbers[each.id] for each in told[:MAX_STUDIED]}
    outcomes = study(
        found.incidence,
        found.clustering,
        sorted(wanted.values()),
        found.rules,
        studied=found.studied,
    )
    return [
        replace(each, fragility=outcomes[wanted[each.id]]) if each.id in wanted else each
        for each in described
    ]


def studied_of(clusters: Iterable[PublishedCluster]) -> Studied:
    """What was studied of them, for the next run."""
    studies = (cluster.fragility for cluster in clusters)
    return {study.region: study for study in studies if study.region}


@dataclass(frozen=True, slots=True)
class _Joined:
    """The fold, the other way round: the merchants of each subject, and what joins each of them."""

    fold: Fold
    groups: Mapping[str, tuple[str, ...]]
    joinings: Mapping[str, Sequence[Joining]]

    @classmethod
    def of(cls, fold: Fold) -> _Joined:
        by_member: dict[str, list[Joining]] = {}
        for joining in fold.joinings:
            for end in (joining.a, joining.b):
                by_member.setdefault(end, []).append(joining)
        return cls(fold, fold.groups(), by_member)

    def subject(self, merchant: str) -> str:
        """Whom the merchant counts as."""
        return self.fold.representative.get(merchant, merchant)

    def members(self, subject: str) -> tuple[str, ...]:
        """All merchants that count as the subject."""
        return self.groups.get(subject, (subject,))


@dataclass(frozen=True, slots=True)
class _Known:
    """What the store says of the members: facts by merchant, link records; of owned identifiers, by
    number, how many of the owner's members hold them and how many merchants."""

    incidence: Incidence
    facts: Mapping[str, dict[str, Any]]
    labs: Labs
    records: Mapping[tuple[str, str, str], dict[str, Any]]
    held_inside: Mapping[int, tuple[int, int]]
    joined: _Joined


def _all_members(found: ClusterEvidence, known: _Known) -> tuple[PublishedMember, ...]:
    """The merchants that are members, each with the links that it holds itself."""
    merchants = [
        (merchant, subject)
        for subject in found.members
        for merchant in known.joined.members(known.incidence.merchants[subject.merchant])
    ]
    inside = frozenset(merchant for merchant, _ in merchants)
    return tuple(_member(merchant, subject, inside, known) for merchant, subject in merchants)


def _member(
    merchant: str, subject: MemberTies, inside: frozenset[str], known: _Known
) -> PublishedMember:
    row = known.facts[merchant]
    ties = _held(merchant, subject, known)
    sharers = shared((t.relation, t.identifier_id, t.holders_inside, t.records) for t in ties)
    joinings = known.joined.joinings.get(merchant, ())
    return PublishedMember(
        merchant,
        roles_of(facts_of(row, known.labs, inside, sharers)),
        round(subject.strength, 4),
        row["division"],
        tuple(row["regions"]),
        (*ties, *(_judged_tie(joining) for joining in joinings)),
    )


def _held(merchant: str, subject: MemberTies, known: _Known) -> list[PublishedTie]:
    """Those ties of a subject that this merchant of it holds."""
    incidence = known.incidence
    ties = []
    for tie in subject.ties:
        relation = incidence.kinds[tie.kind].name
        identifier = incidence.identifiers[tie.identifier]
        source = known.records.get((relation, merchant, identifier))
        if source is None:
            continue  # another name of the same merchant holds it
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
    return ties


def _judged_tie(joining: Joining) -> PublishedTie:
    judgement = {name: getattr(joining, name) for name in ("id", "a", "b", "by", "at", "why")}
    return PublishedTie(
        joining.a, JUDGED, 2, 2, 1.0, day_of(joining.at), (), joining.regions, judgement
    )


def _owned(
    clustering: Clustering, found: ClusterEvidence, known: _Known
) -> dict[str, tuple[int, int]]:
    return {
        known.incidence.identifiers[i]: known.held_inside[i]
        for i in clustering.owned_identifiers(found.cluster).tolist()
    }


def _held_inside(found: Found) -> dict[int, tuple[int, int]]:
    held, owner = holdings(found.incidence), found.clustering.owned_by
    is_inside = owner[held.identifier] >= 0
    is_inside &= found.clustering.label[held.merchant] == owner[held.identifier]
    inside = np.bincount(held.identifier[is_inside], minlength=held.holders.size)
    owned = np.flatnonzero(owner >= 0)
    counts = zip(inside[owned].tolist(), held.holders[owned].tolist(), strict=True)
    return dict(zip(owned.tolist(), counts, strict=True))


def _declared(store: Store, as_of: str, members: list[str]) -> dict[str, list[tuple[str, str]]]:
    declared: dict[str, list[tuple[str, str]]] = {}
    for at in range(0, len(members), _BATCH):
        for row in store.read(_DECLARED, members=members[at : at + _BATCH], as_of=as_of):
            declared.setdefault(row["a"], []).append((row["a"], row["b"]))
    return declared


def _link_records(
    store: Store,
    as_of: str,
    read: tuple[Incidence, _Joined],
    evidences: Sequence[ClusterEvidence],
) -> dict[tuple[str, str, str], dict[str, Any]]:
    """(relation, merchant, identifier) → first seen, records and regions of the link.

    A link that runs over several relations is visible only to those who see all of them: its
    regions are those that every hop has, possibly none.
    """
    incidence, joined = read
    wanted: dict[str, list[dict[str, str]]] = {}
    for found in evidences:
        for member in found.members:
            merchants = joined.members(incidence.merchants[member.merchant])
            for tie in member.ties:
                identifier = incidence.identifiers[tie.identifier]
                wanted.setdefault(incidence.kinds[tie.kind].name, []).extend(
                    {"merchant": merchant, "identifier": identifier} for merchant in merchants
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
