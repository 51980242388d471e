"""Events in the life of networks: born, grew, shrank, merged, split, dissolved, reborn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from synth.churn import Churn
from synth.ledger import SPECS, close, hold, let_go
from synth.networks import Network, Networks
from synth.offences import Offences
from synth.state import Link, Merchant, World
from synth.truth import EventTruth

_REST_WEEKS, _SHORT_REST_WEEKS, _LONG_WORLD = 5, 2, 13
_MOST_MEMBERS = 60


def rest_weeks(weeks: int) -> int:
    """How long a network rests after an event, so that two are never one: five weeks (tracking
    study §2), two in a world too short for that."""
    return _REST_WEEKS if weeks >= _LONG_WORLD else _SHORT_REST_WEEKS


@dataclass(slots=True)
class Story:
    """One event while it happens: the rows that say so, with the week each is read in."""

    kind: str
    networks: list[Network]
    sides: list[list[str]]
    bridging: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    rows: list[tuple[int, Merchant, Link, bool]] = field(default_factory=list)

    def began(self, merchant: Merchant, links: Iterable[Link]) -> None:
        """Note links that began."""
        self.rows += [(link.seen_week, merchant, link, False) for link in links]

    def ended(self, week: int, merchant: Merchant, links: Iterable[Link]) -> None:
        """Note links that ended."""
        self.rows += [(week, merchant, link, True) for link in links]


class Events:
    """Lets events happen and tells them to the truth."""

    def __init__(self, networks: Networks, offences: Offences, churn: Churn) -> None:
        self.networks = networks
        self.offences = offences
        self.churn = churn
        self.world: World = networks.world
        self.rng = self.world.rng("events")

    def born(self) -> None:
        """A new network of new merchants."""
        network = self.networks.found(max(6, min(24, self.networks.draw_size())))
        self._arm(network)
        story = self._story("born", network)
        for merchant in network.members:
            story.began(merchant, network.own_links(merchant))
        self.tell(story)

    def _arm(self, network: Network) -> None:
        self.offences.prepare(network)
        self.offences.commit(network)

    def grew(self, network: Network) -> None:
        """A third to four fifths more members in one week."""
        story = self._story("grew", network)
        share = self.rng.uniform(0.35, 0.8)
        room = max(2, _MOST_MEMBERS - len(network.members))
        for _ in range(min(room, max(2, round(len(network.members) * share)))):
            merchant, links = self.churn.join(network)
            story.members.append(merchant.merchant_id)
            story.began(merchant, links)
        self.tell(story)

    def slow(self, network: Network, count: int) -> None:
        """A few more members, week after week; told as one event that began with the first of them."""
        if not network.is_alive:
            return
        joined = [self.churn.join(network) for _ in range(count)]
        told = [e for e in self.world.truth.events if e.kind == "grew_slow"]
        event = next((e for e in told if e.networks == [network.truth.network_id]), None)
        story = self._story("grew_slow", network)
        for merchant, links in joined:
            story.began(merchant, links)
        if event is None:
            rests_until = network.rests_until
            event = self.tell(story)
            network.rests_until = rests_until
        else:
            event.rows += rows_of(story)
            event.known_week = known_week(row["week"] for row in event.rows)
        event.members += [merchant.merchant_id for merchant, _ in joined]

    def shrank(self, network: Network) -> None:
        """A third to half of the members go, half of them by closing."""
        story = self._story("shrank", network)
        settled = [m for m in self.networks.settled(network) if m is not network.members[0]]
        count = round(len(network.members) * self.rng.uniform(0.35, 0.55))
        for at, merchant in enumerate(self.rng.sample(settled, min(count, len(settled)))):
            story.members.append(merchant.merchant_id)
            links = self.churn.leave(network, merchant, closes=at % 2 == 0)
            story.ended(self.world.week, merchant, links)
        self.tell(story)

    def merged(self, left: Network, right: Network) -> None:
        """Bridging merchants of one network take identifiers that one merchant of the other holds."""
        rng = self.rng
        story = self._story("merged", left, right)
        count = min(rng.randint(1, 4), len(right.members))
        givers = [m for m in left.members if len(left.own_links(m)) >= 2]
        for merchant in rng.sample(right.members, count):
            links = self._bridge(merchant, left, rng.choice(givers))
            story.bridging.append(merchant.merchant_id)
            story.began(merchant, links)
        event = self.tell(story)
        self._unite(left, right, event.known_week)

    def _bridge(self, merchant: Merchant, other: Network, giver: Merchant) -> list[Link]:
        """Two or three identifiers held together by one merchant of the other network."""
        offered = other.own_links(giver)
        count = min(self.rng.choice((2, 3)), len(offered))
        since = self.networks.background.since
        return [
            hold(self.world, merchant, link.kind, link.key, since(merchant))
            for link in self.rng.sample(offered, count)
        ]

    def _unite(self, left: Network, right: Network, week: int) -> None:
        """The left network goes on with everybody; the right one has ended in it."""
        for membership in right.truth.members:
            if membership.left_week is None:
                membership.left_week = week
        for merchant in right.members:
            self.networks.note(left, merchant).joined_week = week
        left.members += right.members
        left.offences += right.offences
        left.truth.labs = sorted({*left.truth.labs, *right.truth.labs})
        for kind, keys in right.pools.items():
            left.pools[kind] = [*left.pools[kind], *keys]
        left.captured += [lab for lab in right.captured if lab not in left.captured]
        right.truth.ended_week, right.truth.merged_into = week, left.truth.network_id
        right.members = []

    def split(self, network: Network) -> None:
        """A third to half of the members leave for identifiers of their own."""
        rng = self.rng
        story = self._story("split", network)
        count = max(5, round(len(network.members) * rng.uniform(0.35, 0.5)))
        settled = [m for m in self.networks.settled(network) if m is not network.members[0]]
        if len(settled) < count:
            return
        leavers = rng.sample(settled, count)
        child = self.networks.blank(len(leavers))
        child.truth.split_from = network.truth.network_id
        child.product_class = child.truth.product_class = network.product_class
        story.networks.append(child)
        for merchant in leavers:
            story.members.append(merchant.merchant_id)
            links = self.churn.leave(network, merchant, closes=False)
            story.ended(self.world.week, merchant, links)
            child.members.append(merchant)
        self._settle(child, story)
        self.tell(story)

    def _settle(self, network: Network, story: Story) -> None:
        """Equip a network whose members are known and let them take up its identifiers."""
        self.networks.equip(network)
        for merchant in network.members:
            self.networks.enrol(network, merchant)
        self.networks.mend(network)
        for at, merchant in enumerate(network.members):
            self.networks.note(network, merchant, "source" if at == 0 else "store")
            story.began(merchant, network.own_links(merchant))
        self._arm(network)

    def dissolved(self, network: Network) -> None:
        """All members go their ways; half of them close."""
        if len(self.networks.settled(network)) < len(network.members):
            return
        story = self._story("dissolved", network)
        for at, merchant in enumerate(list(network.members)):
            links = network.own_links(merchant)
            self.offences.withdraw_papers(network, merchant, self.world.today)
            if at % 2:
                close(self.world, merchant, self.world.today, "penalty")
            else:
                for link in links:
                    let_go(self.world, merchant, link, self.world.today)
            self.networks.strike(network, merchant)
            story.ended(self.world.week, merchant, links)
        event = self.tell(story)
        network.truth.ended_week = event.known_week

    def reborn(self, network: Network) -> None:
        """A dissolved network is there again: new names, the old identifiers."""
        network.truth.ended_week = None
        story = self._story("reborn", network)
        size = max(6, min(20, len(network.truth.members) // 2))
        for at in range(size):
            network.members.append(self.networks.recruit(network, is_maker=at == 0))
        self._settle(network, story)
        story.members = [m.merchant_id for m in network.members]
        self.tell(story)

    def _story(self, kind: str, *networks: Network) -> Story:
        sides = [[m.merchant_id for m in network.members] for network in networks]
        return Story(kind, list(networks), sides)

    def tell(self, story: Story) -> EventTruth:
        """Put the event into the truth and let its networks rest."""
        world = self.world
        event = EventTruth(
            f"EV{world.number('event'):03d}",
            story.kind,
            world.week - world.lag_weeks,
            known_week((week for week, _, _, _ in story.rows), world.week),
            [network.truth.network_id for network in story.networks],
            story.sides,
            story.bridging,
            story.members,
            world.lag_weeks > 0,
            rows_of(story),
        )
        world.truth.events.append(event)
        for network in story.networks:
            network.rests_until = world.week + rest_weeks(world.settings.weeks)
        return event


def known_week(weeks: Iterable[int], otherwise: int = 0) -> int:
    """The week by which four fifths of some rows had been read."""
    ordered = sorted(weeks) or [otherwise]
    return ordered[-(-len(ordered) * 4 // 5) - 1]


def rows_of(story: Story) -> list[dict[str, Any]]:
    """The rows of a story as the truth tells them."""
    return [
        {
            "week": week,
            "table": SPECS[link.kind].table,
            "merchant_id": merchant.merchant_id,
            "identifier": f"{link.kind}:{'/'.join(link.key)}",
            "ended": is_end,
        }
        for week, merchant, link, is_end in story.rows
    ]
