"""Which records say what a flag says, whose they are, and in which regions one may therefore see it.

Everything is told as of the day of the run, from records that were known on it: a replay of a past week
finds the same. A region stands in the list of a link when its readers alone may see all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from detect.weekly.changes import LinkChange
from detect.weekly.flags import Flag
from graph.model.identity import Fold
from graph.model.provenance import NATIONAL
from graph.store.attach import link_records_statement
from graph.store.session import Store
from graph.store.statement import Statement

_KNOWN = Statement.load(__file__, "known_records.cypher")
_MERCHANTS = Statement.load(__file__, "named_merchants.cypher")
_BATCH = 5_000

_Link = dict[str, Any]
_Key = tuple[str, str, str]
_Hop = tuple[tuple[str, ...], frozenset[str]]


def meet(a: Iterable[str], b: Iterable[str]) -> frozenset[str]:
    """Regions whose readers see both of two things: national data is seen by everybody."""
    one, other = frozenset(a), frozenset(b)
    seen = one & other
    if NATIONAL in one:
        seen |= other
    if NATIONAL in other:
        seen |= one
    return seen


def with_sources(store: Store, as_of: str, flags: Sequence[Flag], fold: Fold) -> list[Flag]:
    """The flags with records and regions of each link, and the regions of each merchant they name.

    A link of merchants that are one is what any of them has. A flag's `seen_by` are the regions whose
    readers see at least one of its links (one of its merchants, where it has none).
    """
    if not flags:
        return []
    links = [link for flag in flags for link in links_of(flag.values)]
    hops = _hops(store, as_of, links, fold)
    merchants = sorted({name for flag in flags for name in _merchants_of(flag, fold)})
    asserted = {
        row["id"]: (tuple(row["records"] or ()), frozenset(row["regions"] or ()))
        for row in _in_batches(store, _MERCHANTS, merchants)
    }
    named = {
        record for found in hops.values() for _, path in found for r, _ in path for record in r
    }
    named |= {record for records, _ in asserted.values() for record in records}
    known = _Known(
        {
            row["id"]: (row["region"], row["day"])
            for row in _in_batches(store, _KNOWN, sorted(named), as_of=as_of)
        }
    )
    book = _Book(hops, known, {name: known.regions(hop) for name, hop in asserted.items()})
    return [_sourced(flag, book) for flag in flags]


def links_of(values: Mapping[str, Any]) -> Iterator[_Link]:
    """Every link that the values of a flag name: new ones, bridging ones, and those of the cut."""
    yield from values.get("links", ())
    reason = values.get("explanation") or {}
    for part in ("bridging", "cut"):
        yield from (reason.get(part) or {}).get("links", ())


@dataclass(frozen=True, slots=True)
class _Known:
    """Records that were known on the day: id to region and day."""

    records: Mapping[str, tuple[str, str]]

    def regions(self, hop: _Hop) -> frozenset[str]:
        """Whose records assert it; what the store keeps beside it where it has no records."""
        found = frozenset(self.records[r][0] for r in hop[0] if r in self.records)
        return found or hop[1]


@dataclass(frozen=True, slots=True)
class _Book:
    """Paths behind each link (holder, hops), records, and the regions of each merchant."""

    hops: Mapping[_Key, Sequence[tuple[str, Sequence[_Hop]]]]
    known: _Known
    regions: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def sourced(self, link: _Link) -> _Link:
        """The link with its records that were known, and the regions that see all of it."""
        records: set[str] = set()
        seen: frozenset[str] = frozenset()
        for holder, path in self.hops.get(_key(link), ()):
            of_path = self.regions.get(holder, frozenset())
            for hop in path:
                records |= {r for r in hop[0] if r in self.known.records}
                of_path = meet(of_path, self.known.regions(hop))
            seen |= of_path
        seen = meet(seen, self.regions.get(link["merchant"], frozenset()))
        return {**link, "records": sorted(records), "regions": sorted(seen)}


def _sourced(flag: Flag, book: _Book) -> Flag:
    values = dict(flag.values)
    values["links"] = [book.sourced(link) for link in values["links"]]
    if reason := values.get("explanation"):
        values["explanation"] = {
            name: {**part, "links": [book.sourced(link) for link in part["links"]]}
            if isinstance(part, dict)
            else part
            for name, part in reason.items()
        }
    if judged := values.get("judgements"):
        # Who does not see both names is not told that they are one.
        ends = [
            meet(*(book.regions.get(said[end], frozenset()) for end in "ab")) for said in judged
        ]
        values["judgements"] = [
            {**said, "regions": sorted(seen)} for said, seen in zip(judged, ends, strict=True)
        ]
    records = sorted({record for link in links_of(values) for record in link["records"]})
    values["sources"] = {record: list(book.known.records[record]) for record in records}
    merchants = sorted(_merchants_of(flag, Fold()))
    values["regions_of"] = {name: sorted(book.regions.get(name, ())) for name in merchants}
    touched = {r for link in values["links"] for r in link["regions"]}
    about = {r for name in flag.member_ids for r in values["regions_of"][name]}
    return replace(
        flag,
        values=values,
        regions=tuple(sorted(touched | about)),
        seen_by=tuple(sorted(touched if values["links"] else about)),
    )


def _merchants_of(flag: Flag, fold: Fold) -> set[str]:
    """Everybody a flag names; with a fold, the other names of those who hold its links too."""
    groups = fold.groups()
    holders = {link["merchant"] for link in links_of(flag.values)}
    names = {*flag.member_ids, *holders}
    names |= {name for side in flag.values.get("sides", ()) for name in side["members"]}
    names |= {said[end] for said in flag.values.get("judgements", ()) for end in "ab"}
    return names | {name for holder in holders for name in groups.get(holder, ())}


def _hops(
    store: Store, as_of: str, links: Iterable[_Link], fold: Fold
) -> dict[_Key, list[tuple[str, list[_Hop]]]]:
    groups = fold.groups()
    wanted: dict[tuple[str, bool], set[tuple[str, str]]] = {}
    for link in links:
        names = groups.get(link["merchant"], (link["merchant"],))
        kind = (link["relation"], link["change"] == LinkChange.REMOVED)
        wanted.setdefault(kind, set()).update((name, link["identifier"]) for name in names)
    found: dict[_Key, list[tuple[str, list[_Hop]]]] = {}
    for (relation, is_over), pairs in sorted(wanted.items()):
        rows = [{"merchant": m, "identifier": i} for m, i in sorted(pairs)]
        statement = link_records_statement(relation, is_over)
        for row in store.read(statement, rows=rows, as_of=as_of):
            head = fold.representative.get(row["merchant"], row["merchant"])
            path = [(tuple(records), frozenset(regions)) for records, regions in row["hops"]]
            found.setdefault((relation, head, row["identifier"]), []).append(
                (row["merchant"], path)
            )
    return found


def _key(link: _Link) -> _Key:
    return (link["relation"], link["merchant"], link["identifier"])


def _in_batches(
    store: Store, statement: Statement, ids: Sequence[str], **params: Any
) -> Iterator[dict[str, Any]]:
    for at in range(0, len(ids), _BATCH):
        yield from store.read(statement, ids=list(ids[at : at + _BATCH]), **params)
