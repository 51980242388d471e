"""What follows from keys and scores: certain, unsure, or nothing; and why.

Strong keys decide by themselves. A score decides only together with the name and something beside it:
no telephone, address or name alone ever makes two subjects one (anchors: homonyms, agencies, branches,
shared addresses). What is ambiguous goes to people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import OSA

from graph.model.identity import Forest
from graph.model.judgements import Verdict
from graph.model.values import uscc as usccs
from ingest.resolve.blocking import Pairs
from ingest.resolve.model import Levels
from ingest.resolve.names import may_be_one_region
from ingest.resolve.records import Features, Subject, share_a_city
from ingest.resolve.scoring import Part, Scored
from ingest.resolve.table import Codes

SCORE = "score"
"""The rule of a proposal that rests on a score."""

CERTAIN = 0.99
WORTH_ASKING = 0.2
MARGIN_BITS = 6.0
"""A subject without a code joins the better of two candidates only when it is better by 64 to 1."""

Backer = Callable[[dict[str, str], Features, Features], "Backing"]
"""From the levels of a pair by comparison, and both subjects taken apart."""

_UNIQUE_FORMS = frozenset({"limited", "joint_stock"})


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed judgement on two subjects, `a < b`. `rule` is the strong key or "score", `reason` a
    code with texts under `resolve.reason.<code>`, `probability` and `bits` 1 and 0 for strong keys."""

    a: str
    b: str
    verdict: Verdict
    rule: str
    reason: str
    probability: float = 1.0
    bits: float = 0.0
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Settled:
    """What people have judged: pairs of ids, each in order."""

    same: frozenset[tuple[str, str]] = frozenset()
    different: frozenset[tuple[str, str]] = frozenset()


def strong_keys(subjects: Sequence[Subject]) -> tuple[list[Proposal], list[tuple[str, str]]]:
    """`same` for subjects that share a strong key: the code, the organisation code inside it, the old
    registration number, a lab's certificate number.

    Each group is tied to its first subject. A key that stands beside two different codes is believed
    for nobody; such keys come second, as (kind, key).
    """
    holders: defaultdict[tuple[str, str], list[Subject]] = defaultdict(list)
    for subject in sorted(subjects, key=lambda each: each.id):
        for held in sorted(_keys(subject)):
            holders[held].append(subject)
    found: dict[tuple[str, str], Proposal] = {}
    disputed = []
    for (kind, key), group in sorted(holders.items()):
        if len(group) < 2:
            continue
        if len({each.uscc for each in group if each.uscc}) > 1:
            disputed.append((kind, key))
            continue
        head = next((each for each in group if each.uscc), group[0])
        for other in group:
            if other.id != head.id:
                a, b = sorted((head.id, other.id))
                part = Part(kind, "same", 0.0, key, key)
                made = Proposal(a, b, "same", kind, kind, parts=(part,))
                found.setdefault((a, b), made)
    return list(found.values()), disputed


def _keys(subject: Subject) -> set[tuple[str, str]]:
    keys = set(subject.codes)
    if subject.uscc:
        keys |= {
            ("uscc", subject.uscc),
            ("organisation", usccs.parts(subject.uscc).organisation),
        }
    return keys


def known_pairs(subjects: Sequence[Subject], taken: Sequence[Features], found: Pairs) -> Levels:
    """+1 where two subjects have one credit code, -1 where they have two or one is a branch and the
    other is not (or is another), 0 where neither is known."""
    codes = _numbered([subject.uscc for subject in subjects])
    branches = _numbered([each.name.branch for each in taken])
    a, b = codes[found.left], codes[found.right]
    known = np.where((a < 0) | (b < 0), 0, np.where(a == b, 1, -1))
    other_branch = branches[found.left] != branches[found.right]
    return np.where((known == 0) & other_branch, -1, known).astype(np.int8)


def _numbered(values: Sequence[str | None]) -> Codes:
    """Equal texts get equal numbers; None and "" get -1."""
    numbers: dict[str, int] = {}
    return np.array(
        [numbers.setdefault(value, len(numbers)) if value else -1 for value in values],
        dtype=np.int64,
    )


def from_scores(
    subjects: Sequence[Subject],
    taken: Sequence[Features],
    scored: Scored,
    strong: Iterable[Proposal] = (),
    settled: Settled | None = None,
    backing: Backer | None = None,
) -> list[Proposal]:
    """Certain and unsure proposals from scored pairs; `strong` and `settled` are taken for granted.

    `backing` says what must agree beside a score; by default what it takes for merchants.

    Best first, so that a subject that fits two companies joins neither unless one fits far better, and
    no chain ever holds two credit codes.
    """
    known = known_pairs(subjects, taken, scored.pairs)
    at = np.flatnonzero((scored.probability >= WORTH_ASKING) & (known == 0))
    order = at[np.lexsort((at, -scored.bits[at]))]
    opinions = [
        found
        for pair in order.tolist()
        if (found := _opinion(subjects, taken, scored, pair, backing or merchant_backing))
        is not None
    ]
    given = Given(
        {subject.id: subject.uscc for subject in subjects},
        {s.id: each.name.body for s, each in zip(subjects, taken, strict=True)},
        frozenset((each.a, each.b) for each in strong),
    )
    return without_contradiction(opinions, given, settled or Settled())


@dataclass(frozen=True, slots=True)
class Given:
    """What is known of the subjects of some opinions, by id.

    Two `codes` are two subjects; who has none may join one code only. Of two codes that fit it, one whose
    subject has the same `body` comes first. `joined` pairs are one already.
    """

    codes: Mapping[str, str | None]
    bodies: Mapping[str, str]
    joined: frozenset[tuple[str, str]] = frozenset()


def without_contradiction(
    opinions: Sequence[Proposal], given: Given, settled: Settled
) -> list[Proposal]:
    """The opinions (best first), those for people to decide that would contradict a better one."""
    taken_pairs = settled.same | given.joined
    opinions = [each for each in opinions if (each.a, each.b) not in taken_pairs]
    rivals = _rivals(given.codes, given.bodies, opinions)
    groups = _Groups(given.codes, taken_pairs, settled.different)
    return [
        each
        if each.verdict != "same" or (bar := groups.bar(each, rivals)) is None
        else _asked(each, bar)
        for each in opinions  # best first
    ]


def _opinion(
    subjects: Sequence[Subject],
    taken: Sequence[Features],
    scored: Scored,
    pair: int,
    backing: Backer,
) -> Proposal | None:
    left, right = int(scored.pairs.left[pair]), int(scored.pairs.right[pair])
    one, other = subjects[left], subjects[right]
    if one.id in other.parents or other.id in one.parents:
        return None  # a declared parent, subsidiary or branch
    levels = named_levels(scored, pair)
    probability = float(scored.probability[pair])
    backed = backing(levels, taken[left], taken[right])
    if not backed.count and not backed.has_name:
        return None  # a crowd at one address, or one telephone: no question worth a person's time
    ends = (one.id, other.id)
    if probability >= CERTAIN and not backed.has_name:
        return scored_proposal(ends, "unsure", "name_differs", scored, pair)
    if probability >= CERTAIN and backed.count < backed.needed:
        return scored_proposal(ends, "unsure", "one_kind_only", scored, pair)
    verdict: Verdict = "same" if probability >= CERTAIN else "unsure"
    return scored_proposal(ends, verdict, "score", scored, pair)


def scored_proposal(
    ends: tuple[str, str], verdict: Verdict, reason: str, scored: Scored, pair: int
) -> Proposal:
    """What a score proposes of pair number `pair`, whose left and right subjects are `ends`."""
    a, b = sorted(ends)
    parts = scored.parts(pair)
    if a != ends[0]:
        parts = tuple(Part(p.comparison, p.level, p.bits, p.right, p.left) for p in parts)
    bits, probability = float(scored.bits[pair]), float(scored.probability[pair])
    return Proposal(a, b, verdict, SCORE, reason, round(probability, 6), round(bits, 2), parts)


def named_levels(scored: Scored, pair: int) -> dict[str, str]:
    """Comparison → level; silent comparisons are missing."""
    return {
        each.name: each.levels[level]
        for each, level in zip(scored.plan.comparisons, scored.levels[pair].tolist(), strict=True)
        if level >= 0
    }


@dataclass(frozen=True, slots=True)
class Backing:
    """Whether two names agree, how many independent things beside them do, and how many must."""

    has_name: bool
    count: int
    needed: int


def merchant_backing(levels: dict[str, str], a: Features, b: Features) -> Backing:
    """Whether the names agree, and how many independent things beside the name do.

    A company's full name is unique at its registrar (企业名称登记管理规定 art. 17), so for a company a
    seat in the same city backs an equal name; for a shop it does not. A name that is only alike needs
    two things, and one with another character in its core is a person's to judge: a boss calls his
    firms 宏达 and 宏通.
    """
    one, other = a.name, b.name
    is_exact = one.body == other.body
    is_core = levels.get("core") in {"same", "parted_elsewhere"}
    is_slip = is_core and OSA.distance(one.body, other.body, score_cutoff=1) <= 1
    phone, person = levels.get("phone") == "shared", levels.get("person") == "shared"
    is_company = bool({one.form, other.form} & _UNIQUE_FORMS)
    has_name = (
        (is_core or levels.get("core") == "sounds_alike")
        and levels.get("trade") != "other"
        and levels.get("form") != "other"
        and may_be_one_region(one.regions, other.regions)
        # Firms of one name in two cities are sisters, unless telephone and person are the same too.
        and (levels.get("region") != "elsewhere" or (is_exact and phone and person))
    )
    count = phone + person + (levels.get("place") in {"same", "same_house"})
    count += is_exact and is_company and share_a_city(a.seats, b.seats)
    return Backing(has_name, count, 1 if is_exact or is_slip else 2)


class _Groups:
    """Who was joined so far; no group ever holds two credit codes, nor two whom a person parted."""

    def __init__(
        self,
        codes: Mapping[str, str | None],
        joined: Iterable[tuple[str, str]],
        apart: Iterable[tuple[str, str]],
    ) -> None:
        self._forest = Forest()
        for a, b in joined:
            self._forest.join(a, b)
        self._codes = {self._forest.root(node): code for node, code in codes.items() if code}
        self._apart = tuple(apart)

    def bar(self, proposal: Proposal, rivals: frozenset[str]) -> str | None:
        """Join the two and return None, or say why they may not be joined without asking."""
        a, b = self._forest.root(proposal.a), self._forest.root(proposal.b)
        one, other = self._codes.get(a), self._codes.get(b)
        if one and other and one != other:
            return "two_codes"
        if proposal.a in rivals or proposal.b in rivals:
            return "two_candidates"
        if any({self._forest.root(x), self._forest.root(y)} == {a, b} for x, y in self._apart):
            return "parted"
        root = self._forest.join(a, b)
        if code := one or other:
            self._codes[root] = code
        return None


def _rivals(
    codes: Mapping[str, str | None], bodies: Mapping[str, str], opinions: Sequence[Proposal]
) -> frozenset[str]:
    """Subjects without a code that fit two codes about equally well; an equal name beats one alike."""
    best: defaultdict[str, dict[str, tuple[bool, float]]] = defaultdict(dict)
    for each in opinions:
        for one, other in ((each.a, each.b), (each.b, each.a)):
            code = codes[other]
            if codes[one] is None and code:
                rank = (bodies[one] == bodies[other], each.bits)
                best[one][code] = max(best[one].get(code, rank), rank)
    ambiguous = set()
    for subject, by_code in best.items():
        ranked = sorted(by_code.values(), reverse=True)
        if len(ranked) < 2:
            continue
        (is_exact, bits), (is_also_exact, other_bits) = ranked[:2]
        if is_exact == is_also_exact and bits - other_bits < MARGIN_BITS:
            ambiguous.add(subject)
    return frozenset(ambiguous)


def _asked(proposal: Proposal, reason: str) -> Proposal:
    return Proposal(
        proposal.a,
        proposal.b,
        "unsure",
        proposal.rule,
        reason,
        proposal.probability,
        proposal.bits,
        proposal.parts,
    )
