"""What each member does in its network, each role by one small rule with what it was seen in.

A member may have several roles; `role_of` names the most telling one. A role is read from what the
member holds and does, and says nothing of guilt: a lawful maker is a source too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """Roles in a supply network (case patterns P1, P2: roles are split so that no one link shows all).

    `MEMBER`: what it does is not known. In the order of how telling they are.
    """

    SOURCE = "source"
    LAB = "lab"
    STREAMER = "streamer"
    STORE = "store"
    PACKER = "packer"
    FORWARDER = "forwarder"
    CONTROLLER = "controller"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Sight:
    """How often something was seen of a member, and the first few `ids` and `records` that show it."""

    count: int = 0
    ids: tuple[str, ...] = ()
    records: tuple[str, ...] = ()


_NOTHING = Sight()


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """What is known of one member: how much it makes, holds, runs, ships and shares.

    `payee_sharers`: other members paid into an account of its own; `account_sharers`: other members that
    send under its courier account; `controlled`: other members of which it is the declared parent;
    `lab_licences`: test labs that have its credit code. `seen` holds what shows a fact, by its name.
    """

    products_made: int = 0
    certificates_held: int = 0
    stores: int = 0
    live_rooms: int = 0
    waybill_aggregates: int = 0
    payee_sharers: int = 0
    account_sharers: int = 0
    controlled: int = 0
    lab_licences: int = 0
    declared_role: str = ""
    seen: Mapping[str, Sight] = field(default_factory=dict)

    @property
    def is_selling(self) -> bool:
        """Whether it runs a store or a live room."""
        return bool(self.stores or self.live_rooms)

    @property
    def is_making(self) -> bool:
        """Whether it makes goods or holds certificates for them."""
        return bool(self.products_made or self.certificates_held)


@dataclass(frozen=True, slots=True)
class RoleReason:
    """One role, the `fact` that gives it (a field of `MemberFacts`), and what shows the fact."""

    role: Role
    fact: str
    count: int
    ids: tuple[str, ...] = ()
    records: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "role": self.role.value,
            "fact": self.fact,
            "count": self.count,
            "ids": list(self.ids),
            "records": list(self.records),
        }


_RULES: tuple[tuple[Role, str, Callable[[MemberFacts], int]], ...] = (
    (Role.SOURCE, "products_made", lambda f: f.products_made),
    (Role.SOURCE, "certificates_held", lambda f: f.certificates_held),
    (Role.SOURCE, "declared_role", lambda f: int(f.declared_role == "manufacturer")),
    (Role.LAB, "lab_licences", lambda f: f.lab_licences),
    (Role.STREAMER, "live_rooms", lambda f: f.live_rooms),
    (Role.STORE, "stores", lambda f: f.stores),
    # Stores ship too; who ships and does not sell ships for others.
    (Role.PACKER, "waybill_aggregates", lambda f: 0 if f.is_selling else f.waybill_aggregates),
    # Two others at the least: a couple of friends may share an account.
    (
        Role.FORWARDER,
        "account_sharers",
        lambda f: 0 if f.is_selling or f.is_making or f.account_sharers < 2 else f.account_sharers,
    ),
    (Role.CONTROLLER, "controlled", lambda f: f.controlled),
    # Who is paid with the others and neither makes, sells nor ships is there for the money.
    (
        Role.CONTROLLER,
        "payee_sharers",
        lambda f: 0 if f.is_selling or f.is_making or f.waybill_aggregates else f.payee_sharers,
    ),
)


def roles_of(facts: MemberFacts) -> tuple[RoleReason, ...]:
    """Every role with every fact that gives it, most telling first; `MEMBER` alone where none does."""
    reasons = []
    for role, fact, counted in _RULES:
        count = counted(facts)
        if count:
            seen = facts.seen.get(fact, _NOTHING)
            reasons.append(RoleReason(role, fact, count, seen.ids, seen.records))
    return tuple(reasons) or (RoleReason(Role.MEMBER, "", 0),)


def role_of(facts: MemberFacts) -> Role:
    """The most telling role."""
    return roles_of(facts)[0].role
