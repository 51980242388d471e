"""What speaks against a cluster: what its reader should be unsure of, and why.

Pure. Each answer names members or identifiers, so that a doubt can be checked like a claim.
"""

from __future__ import annotations

from collections import defaultdict

from graph.ontology import ontology
from queries.cluster_page import ClusterPage
from queries.cluster_view import ClusterView, Member


def outside_holders(view: ClusterView) -> list[tuple[str, int]]:
    """Identifiers that merchants outside hold too, with how many; most first.

    Empty where the reader does not see the whole cluster: how many hold a thing is then not told.
    """
    outside = {
        tie.identifier: tie.holders - tie.holders_inside
        for member in view.members
        for tie in member.ties
        if tie.holders is not None and tie.holders > tie.holders_inside
    }
    return sorted(outside.items(), key=lambda item: (-item[1], item[0]))


def one_source_members(view: ClusterView) -> list[tuple[Member, str]]:
    """Members whose ties were all seen by one hand (one source type of the ontology), with its name."""
    found = []
    for member in view.members:
        relations = {tie.relation for tie in member.ties}
        sources = {
            rule.source_type
            for name in relations
            if name in ontology().relations and (rule := ontology().relations[name].link)
        }
        judged = relations - ontology().relations.keys()  # a person said so: another hand
        if len(sources) == 1 and not judged:
            found.append((member, min(sources)))
    return found


def stale_identifiers(page: ClusterPage, before: str) -> list[tuple[str, str]]:
    """Identifiers whose newest visible record is older than a day (ISO), with that record's day."""
    records: defaultdict[str, set[str]] = defaultdict(set)
    for member in page.view.members:
        for tie in member.ties:
            records[tie.identifier].update(tie.records)
    newest = {
        identifier: max(record.retrieved_at[:10] for record in seen)
        for identifier, ids in records.items()
        if (seen := page.visible(ids))
    }
    return sorted((identifier, day) for identifier, day in newest.items() if day < before)
