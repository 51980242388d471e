"""Honest merchants: what every one of them has, and the few who are careless.

Shared offices, courier outlets, payment companies and accounting firms' phones are hubs with a heavy
tail; about half of them are in the hub register. Planted merchants get the same background, so that
nothing but what they share tells them apart.
"""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from datetime import date, timedelta

from synth.catalogue import CLASSES, zipf
from synth.labs import Labs
from synth.ledger import (
    CARRIERS,
    PLATFORMS,
    Birth,
    add_merchant,
    fresh_key,
    hold,
    open_store,
)
from synth.listings import Lapse, Offer, certify, make_product, put_up
from synth.places import Place
from synth.state import Hub, Key, Merchant, World
from synth.truth import ViolationTruth

CARELESS_SHARE = 0.01
"""Share of honest merchants with a violation of their own, unrelated to anyone else's."""

_OUTLET_SHARE, _OFFICE_SHARE, _ESCROW_SHARE, _AGENCY_SHARE = 0.6, 0.5, 0.15, 0.03
_MANUFACTURER_SHARE, _MERCHANTS_PER_BRAND = 0.15, 60
_CLASS_CODES = tuple(item.code for item in CLASSES)


@dataclass(frozen=True, slots=True)
class Dress:
    """Identifiers that are given instead of drawn, by kind; an empty key means: has none."""

    given: tuple[tuple[str, Key], ...] = ()
    stores: int | None = None
    platform: str | None = None
    lists: bool = True

    def get(self, kind: str) -> Key | None:
        """The given key of a kind, or None where it is to be drawn."""
        return dict(self.given).get(kind)


class Background:
    """Draws hubs and dresses merchants."""

    def __init__(self, world: World, labs: Labs) -> None:
        self.world = world
        self.labs = labs
        self.rng = world.rng("background")
        self._tails: dict[str, list[float]] = {}
        self.makers: dict[str, list[Merchant]] = {code: [] for code in _CLASS_CODES}
        merchants = world.settings.merchants
        self._brands_per_class = max(1, merchants // len(_CLASS_CODES) // _MERCHANTS_PER_BRAND)
        outlets = max(3, merchants // 500)
        for at in range(outlets):
            self._outlet(is_registered=at < (outlets + 1) // 2)
        for at in range(max(2, merchants // 5_000)):
            self._plain_hub("payee", "escrow", is_registered=at % 2 == 0)
        for at in range(max(1, merchants // 2_000)):
            self._plain_hub("phone", "agency", is_registered=at % 2 == 0)
        for _ in range(max(3, merchants // 150)):
            self._plain_hub("office", "market_building", is_registered=False)
        for kind, hubs in world.hubs.items():
            self._tails[kind] = list(zipf(len(hubs)))

    def _outlet(self, *, is_registered: bool) -> None:
        place = self.world.places.place()
        account = (self.rng.choice(CARRIERS), f"CA{self.rng.getrandbits(48):012x}")
        for kind, key in (("courier", account), ("ship", (self.world.places.room(place),))):
            self.world.hubs[kind].append(Hub(kind, key, "courier_outlet", is_registered))

    def _plain_hub(self, kind: str, reason: str, *, is_registered: bool) -> None:
        key = fresh_key(self.world, kind, self.world.places.place(), self.rng)
        if kind == "payee":
            self.world.payee_classes[key[0]] = "escrow" if is_registered else "payment_company"
        self.world.hubs[kind].append(Hub(kind, key, reason, is_registered))

    def hub(self, kind: str) -> Key:
        """A hub of one kind by its heavy tail."""
        tail = self._tails[kind]
        at = bisect(tail, self.rng.random() * tail[-1])
        return self.world.hubs[kind][min(at, len(tail) - 1)].key

    def birth(self, group: str = "", product_class: str | None = None) -> Birth:
        """An ordinary merchant about to be made, with class, place and day drawn."""
        rng, world = self.rng, self.world
        kind = rng.choices(("company", "sole_trader", "natural_person"), (70, 24, 6))[0]
        if world.week == 0:
            registered = world.days_ago(150, 3_500, rng)
        else:
            registered = world.today - timedelta(days=rng.randint(8, 60))
        return Birth(
            product_class or rng.choice(_CLASS_CODES), world.places.place(), registered, group, kind
        )

    def add(self, birth: Birth, dress: Dress = Dress()) -> Merchant:
        """Make a merchant with stores, identifiers and listings."""
        merchant = add_merchant(self.world, birth, self.rng)
        self._open_stores(merchant, dress)
        self._identify(merchant, dress)
        if dress.lists:
            self.stock(merchant)
        return merchant

    def add_maker(self, product_class: str) -> Merchant:
        """A manufacturer with a certified product; the first of a class are the brands everyone sells.

        A brand is sold by some sixty merchants on average, so that most brand certificates are hubs;
        later makers sell what they make themselves.
        """
        base = self.birth("", product_class)
        birth = Birth(product_class, base.place, base.registered_on, "", "company", "manufacturer")
        maker = self.add(birth, Dress(lists=False))
        product = make_product(self.world, maker, self.rng)
        certify(self.world, product, self.rng)
        shelf = self.world.shelves[product_class]
        if len(shelf.products) < self._brands_per_class:
            shelf.add(product)
        self.makers[product_class].append(maker)
        self.stock(maker)
        return maker

    def _open_stores(self, merchant: Merchant, dress: Dress) -> None:
        rng = self.rng
        count = rng.choices((1, 2, 3), (65, 25, 10))[0] if dress.stores is None else dress.stores
        for platform in rng.sample(PLATFORMS, count):
            if self.world.week == 0:
                opened = max(self.world.days_ago(30, 900, rng), merchant.registered_on)
            else:
                opened = self.world.today - timedelta(days=rng.randint(1, 6))
            open_store(self.world, merchant, dress.platform or platform, opened)

    def _identify(self, merchant: Merchant, dress: Dress) -> None:
        for kind, key in self._drawn(merchant.place, dress):
            if key:
                hold(self.world, merchant, kind, key, self.since(merchant))

    def _drawn(self, place: Place, dress: Dress) -> list[tuple[str, Key]]:
        """The identifiers of one merchant, given ones first, hubs by their share."""
        rng, world = self.rng, self.world
        own_ship = (world.places.room(place),)
        shares = {
            "office": _OFFICE_SHARE,
            "courier": _OUTLET_SHARE,
            "payee": _ESCROW_SHARE,
            "phone": _AGENCY_SHARE,
            "ship": 0.25,
        }
        drawn: list[tuple[str, Key]] = []
        for kind in ("office", "person", "phone", "payee", "courier", "device", "ship"):
            key = dress.get(kind)
            if key is None:
                if rng.random() < shares.get(kind, 0.0):
                    key = self.hub(kind)
                else:
                    key = own_ship if kind == "ship" else fresh_key(world, kind, place, rng)
            drawn.append((kind, key))
        back = dress.get("return")
        if back is None:
            back = own_ship if rng.random() < 0.5 else ()
        drawn.append(("return", back))
        return drawn

    def since(self, merchant: Merchant) -> date:
        """A day on which a fact about the merchant began: before the base, or in the current week."""
        if self.world.week == 0:
            return max(self.world.days_ago(20, 400, self.rng), merchant.registered_on)
        return self.world.today - timedelta(days=self.rng.randint(1, 7) + 7 * self.world.lag_weeks)

    def stock(self, merchant: Merchant) -> None:
        """List one or two products of the merchant's class in each of its stores, honestly."""
        rng, world = self.rng, self.world
        shelf = world.shelves[merchant.product_class]
        product = merchant.products[0] if merchant.products else shelf.draw(rng.random())
        report = None
        if merchant.products or rng.random() < 0.12:
            report = self.labs.honest_report(product, merchant, rng)
        for store in merchant.stores:
            listed = max(self.since(merchant), store.opened_on)
            offer = Offer(product, listed, certificate_no=product.certificate_no, report=report)
            put_up(world, merchant, store, offer)

    def be_careless(self, merchant: Merchant) -> None:
        """Give an honest merchant one violation of its own: an expired certificate or a bad number."""
        rng, world = self.rng, self.world
        product = make_product(world, merchant, rng)
        listed = world.days_ago(10, 60, rng)
        if rng.random() < 0.5:
            lapse = Lapse("expired", world.days_ago(110, 150, rng))
            number = certify(world, product, rng, lapse)
            offer, detector = Offer(product, listed, certificate_no=number), "D21"
        else:
            number = certify(world, product, rng)
            offer, detector = Offer(product, listed, raw_certificate_no=malform(number)), "D22"
        listing = put_up(world, merchant, merchant.stores[0], offer)
        subjects = (listing, merchant.node, f"Certificate:{number}")
        world.truth.violations.append(ViolationTruth(detector, subjects, origin="background"))


def malform(number: str) -> str:
    """A certificate number that no rule admits: three digits short (16 are required)."""
    return number[:-3]


def add_makers(background: Background) -> None:
    """The manufacturers of the base, first of all, so that everybody finds products."""
    merchants = background.world.settings.merchants
    for at in range(max(len(_CLASS_CODES), round(merchants * _MANUFACTURER_SHARE))):
        background.add_maker(_CLASS_CODES[at % len(_CLASS_CODES)])


def fill(background: Background) -> None:
    """Ordinary merchants until the base has as many as asked for; then a few become careless."""
    world, rng = background.world, background.rng
    while len(world.merchants) < world.settings.merchants:
        background.add(background.birth())
    for merchant in world.free():
        if rng.random() < CARELESS_SHARE:
            background.be_careless(merchant)


def coincide(background: Background) -> None:
    """Strangers that meet: a recycled phone number, a shared exit. Always two at a time."""
    world = background.world
    rng = world.rng("coincidences")
    people = [m for m in world.merchants if m.closed_week is None]
    pairs = round(len(people) * world.settings.hardness.coincidence / 2)
    for kind in ("phone", "device"):
        chosen = rng.sample(people, min(len(people), pairs) // 2 * 2)
        for left, right in zip(chosen[::2], chosen[1::2], strict=True):
            own = left.held(kind)
            if own and own[0].key not in {hub.key for hub in world.hubs[kind]}:
                hold(world, right, kind, own[0].key, background.since(right))


def register_hubs(world: World) -> None:
    """Write the hub register: the hubs somebody has confirmed, with reason and expiry."""
    names = {
        "ship": "Address",
        "office": "Address",
        "courier": "CourierAccount",
        "payee": "PayeeAccount",
        "phone": "Phone",
    }
    for hub in world.all_hubs():
        if hub.is_registered:
            world.tables.put(
                "hub_registration", world.week, "hub.register", "000000",
                identifier_type=names[hub.kind],
                identifier_key="/".join(hub.key),
                reason=hub.reason,
                expires_on=(world.first_day + timedelta(days=730)).isoformat(),
            )  # fmt: skip
