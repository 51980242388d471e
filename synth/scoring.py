"""Holds what was found against what was planted. Pure: found and true answers in, figures out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from synth.figures import Figure, at_least, at_most
from synth.settings import FIRST_DATE, day_of
from synth.truth import EventTruth, NetworkTruth, Truth, ViolationTruth

Members = frozenset[str]

RECOVERED_AT, MATCHED_AT = 0.8, 0.5
"""Jaccard index from which a network counts as recovered, and from which two sets are the same thing."""

_SMALLEST = 5
_FLAG_WINDOW_WEEKS = 4
_JOINS = frozenset({"newly_linked", "merged"})
_NETWORK = "network"


@dataclass(frozen=True, slots=True)
class FoundFlag:
    """One weekly flag: the day, its kind, and the members (merchant ids) of its one or two sides."""

    as_of: date
    kind: str
    side_a: Members
    side_b: Members = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """What the system says of a world after its last week.

    `networks`: members and label (network, lawful_group or unlabelled) of every published cluster;
    `labs`: ids of labs flagged as fake; `findings`: detector and subject node ids.
    """

    networks: Sequence[tuple[Members, str]] = ()
    labs: frozenset[str] = frozenset()
    findings: Sequence[tuple[str, frozenset[str]]] = ()
    flags: Sequence[FoundFlag] = field(default=())


def score(found: Found, truth: Truth) -> list[Figure]:
    """All figures of one world, goals as agreed for the first release (medium level)."""
    return [
        *network_figures(found, truth),
        *_labs(found, truth),
        _traps(found, truth),
        *_flags(found.flags, truth),
        *_detectors(found.findings, truth),
    ]


def jaccard(one: Members, other: Members) -> float:
    """Shared members over all members; 0 for two empty sets."""
    union = len(one | other)
    return len(one & other) / union if union else 0.0


def planted(truth: Truth) -> list[Members]:
    """Members of the planted networks that live after the last week, five or more each."""
    alive = (n.members_at(truth.last_week) for n in truth.networks if _is_alive(n, truth))
    return [members for members in alive if len(members) >= _SMALLEST]


def _is_alive(network: NetworkTruth, truth: Truth) -> bool:
    return network.ended_week is None or network.ended_week > truth.last_week


def network_figures(found: Found, truth: Truth) -> list[Figure]:
    """Recovered, false, outsiders and accused groups. A shell farm published as a network is set
    aside: it is not lawful, and it is not one of the planted networks either."""
    real = planted(truth)
    farms = [frozenset(farm.merchant_ids) for farm in truth.shell_farms]
    published = [members for members, label in found.networks if label == _NETWORK]
    judged = [p for p in published if not any(jaccard(p, farm) >= MATCHED_AT for farm in farms)]
    recovered = sum(any(jaccard(p, r) >= RECOVERED_AT for p in judged) for r in real)
    wrong = [p for p in judged if not any(jaccard(p, r) >= MATCHED_AT for r in real)]
    groups = [frozenset(g.merchant_ids) for g in truth.lawful_groups if len(g.merchant_ids) >= 3]
    accused = sum(any(jaccard(p, group) >= MATCHED_AT for p in published) for group in groups)
    named = {merchant for members in judged for merchant in members}
    inside = {merchant for members in real for merchant in members}
    inside |= {m.merchant_id for network in truth.networks for m in network.members}
    return [
        at_least("networks.recovered", recovered, len(real), 0.90),
        at_most(
            "networks.false",
            _share(len(wrong), len(judged)),
            0.05,
            note=f"{len(wrong)} of {len(judged)}; {len(published) - len(judged)} shell farms aside",
        ),
        at_most("networks.accused_lawful", _share(accused, len(groups)), 0.0, note=f"{accused}"),
        at_most("networks.outsiders", _share(len(named - inside), len(named)), 0.01),
    ]


def _labs(found: Found, truth: Truth) -> list[Figure]:
    fake = set(truth.fake_labs)
    wrong = found.labs - fake
    return [
        at_least("labs.recovered", len(found.labs & fake), len(fake), 1.0),
        at_most("labs.false", float(len(wrong)), 0.0, "labs", ", ".join(sorted(wrong))),
    ]


def _traps(found: Found, truth: Truth) -> Figure:
    """Traps that something was said about. Findings that are true of a trap's subject are no fault."""
    fired = []
    violations = _by_detector(truth.violations)
    findings = _by_detector_of(found.findings)
    for trap in truth.traps:
        subjects = frozenset(trap.subjects)
        for silent in trap.must_be_silent:
            if silent == _NETWORK:
                merchants = frozenset(s.removeprefix("Merchant:") for s in subjects)
                is_fired = any(
                    label == _NETWORK and len(members & merchants) * 2 > len(members)
                    for members, label in found.networks
                )
            else:
                is_fired = any(
                    _accuses(said, subjects) and not _is_true(said, violations.get(silent, ()))
                    for said in findings.get(silent, ())
                )
            if is_fired:
                fired.append(f"{trap.trap}:{silent}")
    return at_most("traps.fired", float(len(fired)), 0.0, "traps", ", ".join(sorted(fired)))


def _accuses(said: frozenset[str], subjects: frozenset[str]) -> bool:
    """Whether most of what a finding names belongs to the trap (a hub's finding names its holders)."""
    return len(said & subjects) * 2 > len(said)


def _is_true(said: frozenset[str], violations: Iterable[ViolationTruth]) -> bool:
    return any(_matches(said, violation) for violation in violations)


def _matches(said: frozenset[str], violation: ViolationTruth) -> bool:
    """One shared subject is enough, unless the violation is of a group: then half of the smaller."""
    subjects = frozenset(violation.subjects)
    shared = len(said & subjects)
    if not violation.is_group:
        return shared > 0
    merchants = sum(subject.startswith("Merchant:") for subject in said)
    return shared >= 2 and shared * 2 >= min(merchants, len(subjects))


def _detectors(findings: Sequence[tuple[str, frozenset[str]]], truth: Truth) -> list[Figure]:
    """Recall of every detector that something was planted for; precision where all of it is known.

    Findings that follow a rule's letter without being planted (`tolerated`) count neither way.
    """
    said = _by_detector_of(findings)
    planted_for = _by_detector(truth.violations)
    tolerated = _by_detector(truth.tolerated)
    figures = []
    for detector in sorted({*planted_for, *truth.complete}, key=_number):
        violations = planted_for.get(detector, [])
        hits = said.get(detector, [])
        right = [hit for hit in hits if _is_true(hit, violations)]
        aside = sum(_is_true(hit, tolerated.get(detector, ())) for hit in hits if hit not in right)
        if violations:
            met = sum(any(_matches(hit, v) for hit in hits) for v in violations)
            figures.append(at_least(f"detectors.{detector}.recall", met, len(violations), 0.90))
        if detector in truth.complete:
            name, judged = f"detectors.{detector}.precision", len(hits) - aside
            figures.append(at_least(name, len(right), judged, 0.95))
    return figures


def _flags(flags: Sequence[FoundFlag], truth: Truth) -> list[Figure]:
    """Newly linked networks: each true join flagged in its window, each flag about a true join.

    Several flags about one join are one right answer and no wrong one. Other kinds of flags are held
    against events of their kind and reported without a goal.
    """
    joins = [event for event in truth.events if event.kind == "merged"]
    knowable = [event for event in joins if 0 < event.known_week <= truth.last_week]
    raised = [flag for flag in flags if flag.kind in _JOINS]
    right = [flag for flag in raised if any(_is_join(flag, event) for event in joins)]
    met = sum(any(_is_join(flag, event) for flag in raised) for event in knowable)
    figures = [
        at_least("weekly.flags.precision", len(right), len(raised), 0.92),
        at_least("weekly.flags.recall", met, len(knowable), 0.80),
    ]
    for kind in sorted({event.kind for event in truth.events} - _JOINS):
        events = [event for event in truth.events if event.kind == kind]
        same = [flag for flag in flags if flag.kind == kind]
        if same:
            hit = sum(any(_is_event(flag, event, truth) for flag in same) for event in events)
            good = sum(any(_is_event(flag, event, truth) for event in events) for flag in same)
            figures.append(Figure(f"weekly.{kind}.recall", _share(hit, len(events)), "share"))
            figures.append(Figure(f"weekly.{kind}.precision", _share(good, len(same)), "share"))
    return figures


def _in_window(flag: FoundFlag, event: EventTruth) -> bool:
    week = (flag.as_of - FIRST_DATE).days / 7
    return event.week <= week <= event.known_week + _FLAG_WINDOW_WEEKS


def _is_join(flag: FoundFlag, event: EventTruth) -> bool:
    """Whether each side of the flag is mostly one side of the join, bridging merchants on either."""
    if not _in_window(flag, event) or len(event.sides) < 2:
        return False
    bridging = frozenset(event.bridging)
    left, right = (frozenset(side) | bridging for side in event.sides[:2])
    one, other = flag.side_a, flag.side_b
    straight = _mostly(one, left) and _mostly(other, right)
    return straight or (_mostly(one, right) and _mostly(other, left))


def _mostly(part: Members, whole: Members) -> bool:
    return bool(part) and len(part & whole) * 2 >= len(part)


def _is_event(flag: FoundFlag, event: EventTruth, truth: Truth) -> bool:
    if not _in_window(flag, event):
        return False
    concerned = frozenset(event.members).union(*event.sides)
    for network_id in event.networks:
        concerned |= truth.network(network_id).members_at(event.known_week)
    return _mostly(flag.side_a | flag.side_b, concerned)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _number(detector: str) -> int:
    return int(detector.removeprefix("D"))


def _by_detector(items: Iterable[ViolationTruth]) -> dict[str, list[ViolationTruth]]:
    found: dict[str, list[ViolationTruth]] = {}
    for item in items:
        found.setdefault(item.detector, []).append(item)
    return found


def _by_detector_of(
    findings: Iterable[tuple[str, frozenset[str]]],
) -> Mapping[str, list[frozenset[str]]]:
    found: dict[str, list[frozenset[str]]] = {}
    for detector, subjects in findings:
        found.setdefault(detector, []).append(subjects)
    return found


def perfect(truth: Truth) -> Found:
    """The answer that knows everything, for checking the scoring itself and as an upper bound."""
    groups = [(frozenset(g.merchant_ids), "lawful_group") for g in truth.lawful_groups]
    flags = [
        FoundFlag(
            day_of(event.known_week),
            event.kind,
            frozenset(event.sides[0]),
            frozenset(event.sides[1]),
        )
        for event in truth.events
        if event.kind == "merged"
    ]
    findings = [(v.detector, frozenset(v.subjects)) for v in truth.violations]
    networks = [(members, _NETWORK) for members in planted(truth)]
    return Found([*networks, *groups], frozenset(truth.fake_labs), findings, flags)
