"""Reads what members make, sell, ship and control, with the records that show it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from detect.network.roles import MemberFacts, Sight
from graph.store.session import Store
from graph.store.statement import Statement

_MEMBER_FACTS = Statement.load(__file__, "member_facts.cypher")
_LAB_COMPANIES = Statement.load(__file__, "lab_companies.cypher")
_BATCH = 5_000

SHOWN = 3
"""Things named per fact: enough to check one role by, and a store of many stays small."""
_SHOWN_RECORDS = 6

_COUNTED = (
    "products_made",
    "certificates_held",
    "stores",
    "live_rooms",
    "waybill_aggregates",
)

Labs = Mapping[str, Mapping[str, Any]]
"""Credit code → the test lab that has it (`lab`, its node id, and `records`)."""


def read_facts(store: Store, as_of: str, members: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What `member_facts.cypher` returns, by merchant."""
    return {
        row["id"]: row
        for at in range(0, len(members), _BATCH)
        for row in store.read(
            _MEMBER_FACTS, members=members[at : at + _BATCH], as_of=as_of, shown=SHOWN
        )
    }


def read_labs(store: Store, as_of: str) -> Labs:
    """The test labs by credit code."""
    return {row["uscc"]: row for row in store.read(_LAB_COMPANIES, as_of=as_of)}


def facts_of(
    row: Mapping[str, Any], labs: Labs, inside: Collection[str], sharers: Mapping[str, Sight]
) -> MemberFacts:
    """The facts of one member of the cluster `inside`.

    `sharers`: what it shares with other members, under the facts `payee_sharers` and
    `account_sharers`.
    """
    seen = {fact: _sight(*row[fact]) for fact in _COUNTED}
    children = [child for child in row["children"] if child["id"] in inside]
    seen["controlled"] = _sight(len(children), children)
    seen["declared_role"] = Sight(1, (row["id"],), _some(row["records"]))
    lab = labs.get(row["uscc"]) if row["uscc"] else None
    if lab is not None:
        records = _some([*lab["records"], *row["records"]])
        seen["lab_licences"] = Sight(1, (lab["lab"],), records)
    seen |= sharers
    counts = {fact: sight.count for fact, sight in seen.items() if fact != "declared_role"}
    return MemberFacts(**counts, declared_role=row["declared_role"], seen=seen)


def shared(ties: Iterable[tuple[str, str, int, Sequence[str]]]) -> dict[str, Sight]:
    """The sharing facts from ties: relation, identifier, members that hold it, records."""
    of = {"PAID_TO": "payee_sharers", "SENDS_WITH": "account_sharers"}
    found: dict[str, Sight] = {}
    for relation, identifier, holders_inside, records in ties:
        fact = of.get(relation)
        if fact and holders_inside > 1:
            before = found.get(fact, Sight())
            found[fact] = Sight(
                before.count + holders_inside - 1,
                (*before.ids, identifier),
                _some([*before.records, *records]),
            )
    return found


def _sight(count: int, things: Sequence[Mapping[str, Any]]) -> Sight:
    named = things[:SHOWN]
    records = [record for thing in named for record in thing["records"]]
    return Sight(count, tuple(thing["id"] for thing in named), _some(records))


def _some(records: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(records))[:_SHOWN_RECORDS])
