"""The known answer of a made-up world, and how it is kept in truth.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson


@dataclass(slots=True)
class Membership:
    """One merchant in one network; weeks are those of the tables. `left_week` None: still in it.

    `identifiers` are the network's identifiers the merchant held last, as `kind:key`.
    """

    merchant_id: str
    role: str
    joined_week: int
    left_week: int | None = None
    identifiers: list[str] = field(default_factory=list)


@dataclass(slots=True)
class NetworkTruth:
    """One planted network. After a merger its members go on under `merged_into`."""

    network_id: str
    product_class: str
    members: list[Membership] = field(default_factory=list)
    identifiers: list[str] = field(default_factory=list)
    labs: list[str] = field(default_factory=list)
    born_week: int = 0
    ended_week: int | None = None
    merged_into: str | None = None
    split_from: str | None = None

    def members_at(self, week: int) -> frozenset[str]:
        """Merchant ids that are members once the tables of `week` are read."""
        return frozenset(
            m.merchant_id
            for m in self.members
            if m.joined_week <= week and (m.left_week is None or m.left_week > week)
        )


@dataclass(frozen=True, slots=True)
class GroupTruth:
    """Merchants that share identifiers for a lawful reason."""

    group_id: str
    reason: str
    merchant_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ViolationTruth:
    """What one detector should say: `subjects` are node ids, any of which may carry the finding.

    `is_group`: the finding is about all the merchants together (a shared phone), so naming one of
    them is not enough. `origin`: network, farm or background.
    """

    detector: str
    subjects: tuple[str, ...]
    is_group: bool = False
    origin: str = "network"


@dataclass(frozen=True, slots=True)
class TrapTruth:
    """A lawful look-alike and what must stay silent about it (detector ids, or `network`)."""

    trap: str
    subjects: tuple[str, ...]
    must_be_silent: tuple[str, ...]


@dataclass(slots=True)
class EventTruth:
    """One event in the life of networks.

    `week` it happened in, `known_week` by which four fifths of its rows had been read. `sides` are
    the member sets before the event (one per network), `bridging` the merchants that joined them,
    `rows` the rows that say so (table, week, merchant and identifier).
    """

    event_id: str
    kind: str
    week: int
    known_week: int
    networks: list[str]
    sides: list[list[str]]
    bridging: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    is_late: bool = False
    rows: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Truth:
    """The whole answer.

    `tolerated` findings follow a rule to the letter without being planted (an unregistered village
    outlet, a family's shared phone): scoring sets them aside. `complete` names the detectors whose
    violations are all listed, so that precision can be told.
    """

    last_week: int = 0
    networks: list[NetworkTruth] = field(default_factory=list)
    lawful_groups: list[GroupTruth] = field(default_factory=list)
    fake_labs: list[str] = field(default_factory=list)
    violations: list[ViolationTruth] = field(default_factory=list)
    tolerated: list[ViolationTruth] = field(default_factory=list)
    traps: list[TrapTruth] = field(default_factory=list)
    events: list[EventTruth] = field(default_factory=list)
    shell_farms: list[GroupTruth] = field(default_factory=list)
    complete: list[str] = field(default_factory=list)

    def network(self, network_id: str) -> NetworkTruth:
        """The network of that id; KeyError when there is none."""
        for found in self.networks:
            if found.network_id == network_id:
                return found
        raise KeyError(network_id)

    def save(self, path: Path) -> None:
        """Write as JSON: indented, Chinese readable, the same truth always the same bytes."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2) + b"\n")


def load(path: Path) -> Truth:
    """Read a truth.json back; the inverse of `Truth.save`."""
    return from_dict(orjson.loads(path.read_bytes()))


def from_dict(data: Mapping[str, Any]) -> Truth:
    """A truth from its JSON form."""
    networks = [
        NetworkTruth(**{**item, "members": [Membership(**m) for m in item["members"]]})
        for item in data["networks"]
    ]
    return Truth(
        last_week=data["last_week"],
        networks=networks,
        lawful_groups=_groups(data["lawful_groups"]),
        fake_labs=list(data["fake_labs"]),
        violations=_violations(data["violations"]),
        tolerated=_violations(data["tolerated"]),
        traps=[
            TrapTruth(item["trap"], tuple(item["subjects"]), tuple(item["must_be_silent"]))
            for item in data["traps"]
        ],
        events=[EventTruth(**item) for item in data["events"]],
        shell_farms=_groups(data["shell_farms"]),
        complete=list(data["complete"]),
    )


def _groups(items: Sequence[Mapping[str, Any]]) -> list[GroupTruth]:
    return [
        GroupTruth(item["group_id"], item["reason"], tuple(item["merchant_ids"])) for item in items
    ]


def _violations(items: Sequence[Mapping[str, Any]]) -> list[ViolationTruth]:
    return [
        ViolationTruth(
            item["detector"], tuple(item["subjects"]), bool(item["is_group"]), item["origin"]
        )
        for item in items
    ]
