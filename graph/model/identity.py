"""Who is one, given all judgements: the components of `same` that nothing contradicts.

Nothing is stored: identity is worked out from the judgements in force, so withdrawing one restores
exactly what was before it. Where A and B are different and a chain of `same` still joins them, every
judgement on such a chain is held back until a person decides; the rest of the component stands.

A `Fold` is what follows for those who count holders: several registrations of one subject are one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import networkx as nx

from graph.model.judgements import Judgement, Pair, in_force, readers_of_both


class Forest:
    """Disjoint sets of ids; the root of a set is its smallest id, whatever the order of joining."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def root(self, item: str) -> str:
        """The representative of the set that holds `item`."""
        path = []
        while (above := self._above.get(item, item)) != item:
            path.append(item)
            item = above
        for each in path:
            self._above[each] = item
        return item

    def join(self, one: str, other: str) -> str:
        """Join two sets; returns the root."""
        low, high = sorted((self.root(one), self.root(other)))
        if low != high:
            self._above[high] = low
        return low

    def sets(self, items: Iterable[str]) -> list[list[str]]:
        """The sets with at least two of the items, sorted."""
        grouped: defaultdict[str, list[str]] = defaultdict(list)
        for item in sorted(set(items)):
            grouped[self.root(item)].append(item)
        return sorted(group for group in grouped.values() if len(group) > 1)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two subjects that are different and yet joined by `same`. `via` are the pairs that join them,
    `kind` is "judgement" or "codes" (two credit codes)."""

    kind: str
    a: str
    b: str
    via: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """Groups of subjects that are one (sorted, two at least), and what could not be decided."""

    groups: tuple[tuple[str, ...], ...]
    conflicts: tuple[Conflict, ...]

    def representatives(self) -> dict[str, str]:
        """Every grouped subject → the first of its group; subjects that stand alone are not in it."""
        return {member: group[0] for group in self.groups for member in group}


def identity(
    same: Iterable[Pair], different: Iterable[Pair], codes: Mapping[str, str] | None = None
) -> Identity:
    """Work out who is one. Pairs are unordered; `codes` are the credit codes where known.

    Two codes make two subjects, unless a person judged that very pair the same. The order of the
    judgements does not matter, nor does saying one twice.
    """
    joined = sorted({_ordered(pair) for pair in same})
    apart = sorted({_ordered(pair) for pair in different})
    everyone = Forest()
    for pair in joined:
        everyone.join(*pair)
    inside: defaultdict[str, list[Pair]] = defaultdict(list)
    for pair in joined:
        inside[everyone.root(pair[0])].append(pair)
    contradicted: defaultdict[str, list[Pair]] = defaultdict(list)
    for a, b in apart:
        if (root := everyone.root(a)) == everyone.root(b):
            contradicted[root].append((a, b))
    conflicts = [
        conflict
        for root, pairs in sorted(inside.items())
        for conflict in _conflicts(pairs, contradicted[root], codes or {})
    ]
    held = {pair for conflict in conflicts for pair in conflict.via}
    forest = Forest()
    for pair in joined:
        if pair not in held:
            forest.join(*pair)
    groups = tuple(tuple(group) for group in forest.sets(item for pair in joined for item in pair))
    return Identity(groups, tuple(conflicts))


def identity_of(
    judgements: Iterable[Judgement], codes: Mapping[str, str], as_of: str | None = None
) -> Identity:
    """Who is one by the judgements in force, now or on `as_of` (ISO date)."""
    counted = in_force(judgements, as_of)
    return identity(
        [pair for pair, each in counted.items() if each.verdict == "same"],
        [pair for pair, each in counted.items() if each.verdict == "different"],
        codes,
    )


@dataclass(frozen=True, slots=True)
class Joining:
    """A judgement by which `a` and `b` count as one: by whom, when, why.

    `regions` are those whose readers see both ends, possibly none.
    """

    id: str
    a: str
    b: str
    by: str
    at: str
    why: str
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fold:
    """Subjects that count as one: every grouped one → the first of its group, and why.

    Subjects that stand alone are in neither; the empty fold changes nothing.
    """

    representative: Mapping[str, str] = field(default_factory=dict)
    joinings: tuple[Joining, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.representative)

    def groups(self) -> dict[str, tuple[str, ...]]:
        """Representative → all of its group, itself among them, sorted."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for member in sorted(self.representative):
            found[self.representative[member]].append(member)
        return {head: tuple(members) for head, members in found.items()}


def fold_of(
    judgements: Iterable[Judgement],
    codes: Mapping[str, str],
    regions: Mapping[str, Sequence[str]],
    as_of: str,
) -> Fold:
    """The fold as of a day (ISO date). `codes` and `regions` (owning) are of the judged nodes."""
    known = list(judgements)
    found = identity_of(known, codes, as_of)
    if not found.groups:
        return Fold()
    head = found.representatives()
    held = {pair for conflict in found.conflicts for pair in conflict.via}
    joinings = [
        Joining(
            each.id, each.a, each.b, each.by, each.at, each.why,
            readers_of_both(regions.get(each.a, ()), regions.get(each.b, ())),
        )
        for pair, each in sorted(in_force(known, as_of).items())
        if each.verdict == "same" and pair not in held
    ]  # fmt: skip
    return Fold(head, tuple(joinings))


def _ordered(pair: Pair) -> Pair:
    a, b = pair
    return (a, b) if a <= b else (b, a)


def _conflicts(
    pairs: Sequence[Pair], contradicted: Sequence[Pair], codes: Mapping[str, str]
) -> Iterator[Conflict]:
    """What contradicts itself in one component, given as its `same` pairs."""
    for pair in contradicted:
        yield Conflict("judgement", *pair, _between(pairs, pair, {}))
    members = sorted({item for pair in pairs for item in pair})
    first: dict[str, str] = {}
    for member in members:
        if code := codes.get(member):
            first.setdefault(code, member)
    if len(first) < 2:
        return
    said = {frozenset((codes.get(a, a), codes.get(b, b))) for a, b in pairs}
    for (code, one), (other_code, other) in combinations(sorted(first.items()), 2):
        if frozenset((code, other_code)) not in said:
            # Holders of one code count as one node: what joins those is never in doubt.
            via = _between(pairs, (one, other), codes)
            if via:
                yield Conflict("codes", *_ordered((one, other)), via)


def _between(pairs: Iterable[Pair], ends: Pair, label: Mapping[str, str]) -> tuple[Pair, ...]:
    """Pairs on any simple path between two nodes: the block that an edge between them would close.

    `label` makes several nodes one.
    """
    graph = nx.Graph()
    for a, b in pairs:
        graph.add_edge(label.get(a, a), label.get(b, b))
    a, b = (label.get(end, end) for end in ends)
    graph.add_edge(a, b)
    for block in nx.biconnected_component_edges(graph):
        edges = {frozenset(edge) for edge in block}
        if frozenset((a, b)) in edges:
            return tuple(
                pair for pair in pairs if frozenset(label.get(item, item) for item in pair) in edges
            )
    return ()
