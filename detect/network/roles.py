"""What each member does in its network, read from what it holds and does; one role each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Roles in a supply network (case patterns P1, P2: roles are split so that no one link shows all)."""

    CONTROLLER = "controller"
    SOURCE = "source"
    PACKER = "packer"
    STREAMER = "streamer"
    STORE = "store"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """Counts about one member: what it makes, sells and ships, and how many members share its payee."""

    products_made: int = 0
    certificates_held: int = 0
    stores: int = 0
    live_rooms: int = 0
    waybill_aggregates: int = 0
    payee_sharers: int = 0
    declared_role: str = ""


def role_of(facts: MemberFacts) -> Role:
    """The most telling role, in this order.

    Makes goods or holds certificates: source. Runs live rooms: streamer. Runs stores: store. Ships
    without selling: packer. Shares the payee account with members but neither sells nor ships:
    controller. Otherwise just a member.
    """
    if facts.declared_role == "manufacturer" or facts.products_made or facts.certificates_held:
        return Role.SOURCE
    if facts.live_rooms:
        return Role.STREAMER
    if facts.stores:
        return Role.STORE
    if facts.waybill_aggregates:
        return Role.PACKER
    if facts.payee_sharers:
        return Role.CONTROLLER
    return Role.MEMBER
