"""Lawful look-alikes: every trap a detector or the network engine must not fall into.

The list is that of the domain findings ("test doubles required"), with a few of our own; sizes
are the nominal ones where the world is large enough. What must be silent is told in the truth.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from synth import lawful
from synth.background import Background, Dress
from synth.labs import Labs
from synth.ledger import Birth, fresh_key
from synth.listings import Offer, certify, make_product, put_up
from synth.state import Hub, Key, Merchant
from synth.truth import TrapTruth

_LEAST = 24
"""Smallest trap hub: more holders than any identifier that links (networks cap at 20)."""


class Traps:
    """Plants the traps that are made of merchants; those made of papers are in synth.paper_traps."""

    def __init__(self, background: Background, labs: Labs) -> None:
        self.background = background
        self.world = background.world
        self.labs = labs
        self.rng = background.world.rng("traps")

    def plant(self) -> int:
        """Make them all; returns how many merchants that took."""
        before = len(self.world.merchants)
        makers: tuple[Callable[[], None], ...] = (
            self._cluster_registration,
            self._outlet,
            self._unregistered_outlet,
            self._cloud_warehouse,
            self._market_building,
            self._privacy_phone,
            self._service_phone,
            self._empty_addresses,
            self._brand,
            self._franchise,
            self._branches,
            self._homonyms,
            self._agency_live,
        )
        for make in makers:
            make()
        return len(self.world.merchants) - before

    def tell(self, trap: str, subjects: list[str], *silent: str) -> None:
        """Put a trap into the truth; `subjects` are node ids."""
        self.world.truth.traps.append(TrapTruth(trap, tuple(subjects), silent))

    def _scaled(self, nominal: int, share: float) -> int:
        return max(_LEAST, min(nominal, int(self.world.settings.merchants * share)))

    def _add(self, name: str, dress: Dress, birth: Birth | None = None) -> Merchant:
        merchant = self.background.add(birth or self.background.birth(f"trap.{name}"), dress)
        merchant.group = f"trap.{name}"
        return merchant

    def _hub(self, kind: str, key: Key, reason: str, *, is_registered: bool = True) -> None:
        """Register a hub without putting it into the draw of ordinary merchants."""
        self.world.trap_hubs.append(Hub(kind, key, reason, is_registered))

    def _key(self, kind: str) -> Key:
        return fresh_key(self.world, kind, self.world.places.place(), self.rng)

    def _crowd(self, name: str, count: int, *given: tuple[str, Key]) -> list[str]:
        return [self._add(name, Dress(given)).node for _ in range(count)]

    def _cluster_registration(self) -> None:
        key = self._key("office")
        self._hub("office", key, "cluster_registration")
        nodes = []
        for _ in range(self._scaled(100, 0.08)):
            base = self.background.birth()
            # A burst of registrations as real agents see it; what differs is one rep per firm.
            birth = Birth(base.product_class, base.place, self.world.days_ago(5, 110, self.rng))
            nodes.append(self._add("cluster", Dress((("office", key),)), birth).node)
        self.tell("cluster_registration_100", nodes, "D6", "network")

    def _outlet(self) -> None:
        account, address = self._key("courier"), self._key("ship")
        self._hub("courier", account, "courier_outlet")
        self._hub("ship", address, "courier_outlet")
        count = self._scaled(300, 0.12)
        nodes = self._crowd("outlet", count, ("courier", account), ("ship", address))
        self.tell("courier_outlet_300", nodes, "D1", "D26", "network")

    def _unregistered_outlet(self) -> None:
        account, address = self._key("courier"), self._key("ship")
        self._hub("courier", account, "courier_outlet", is_registered=False)
        self._hub("ship", address, "courier_outlet", is_registered=False)
        count = self._scaled(80, 0.03)
        nodes = self._crowd("village", count, ("courier", account), ("ship", address))
        self.tell("courier_outlet_unregistered", nodes, "network")

    def _cloud_warehouse(self) -> None:
        key = self._key("ship")
        self._hub("ship", key, "cloud_warehouse")
        nodes = self._crowd("cloud", self._scaled(60, 0.05), ("ship", key), ("return", key))
        self.tell("cloud_warehouse", nodes, "D1", "D3", "network")

    def _market_building(self) -> None:
        building = self.world.places.building(self.world.places.place())
        nodes = []
        for at in range(self._scaled(5_000, 0.05)):
            key = (f"{building}{at // 60 + 1}{at % 60 + 1:02d}室",)
            given = (("ship", key), ("return", key), ("office", key))
            nodes.append(self._add("market", Dress(given)).node)
        self.tell("market_building", nodes, "D1", "D3", "D6", "network")

    def _privacy_phone(self) -> None:
        number = self._key("phone")
        self.world.phone_classes[number[0]] = "privacy"
        nodes = self._crowd("privacy", self._scaled(100, 0.04), ("phone", number))
        self.tell("privacy_phone", nodes, "D2", "network")

    def _service_phone(self) -> None:
        number = (f"400{self.rng.randint(1_000_000, 9_999_999)}",)
        nodes = self._crowd("service", _LEAST, ("phone", number))
        self.tell("service_phone", nodes, "D2", "network")

    def _empty_addresses(self) -> None:
        nodes = []
        for _ in range(2):
            key = (self.world.places.place().name,)
            given = (("ship", key), ("return", key), ("office", key))
            nodes += self._crowd("empty", _LEAST // 2, *given)
        self.tell("empty_addresses", nodes, "D1", "D3", "D6", "network")

    def _brand(self) -> None:
        """A brand and its authorised stores, all showing the holder's certificate and report."""
        rng, world = self.rng, self.world
        base = self.background.birth()
        birth = Birth(
            base.product_class, base.place, base.registered_on, "", "company", "brand_owner"
        )
        owner = self._add("brand", Dress(lists=False), birth)
        product = make_product(world, owner, rng)
        certify(world, product, rng)
        report = self.labs.honest_report(product, owner, rng)
        members = [owner]
        for _ in range(self._scaled(200, 0.08)):
            base = self.background.birth("", owner.product_class)
            shop = self._add("brand", Dress(lists=False), base)
            members.append(shop)
            since = self.background.since(shop)
            world.tables.put(
                "authorises", 0, f"platform.{shop.stores[0].platform}", shop.province,
                from_merchant_id=owner.merchant_id,
                to_merchant_id=shop.merchant_id,
                brand=product.brand,
                valid_from=since.isoformat(),
            )  # fmt: skip
            offer = Offer(product, since, certificate_no=product.certificate_no, report=report)
            put_up(world, shop, shop.stores[0], offer)
        lawful.remember(world, "authorised_brand", members)
        self.tell("authorised_brand_200", [m.node for m in members], "D9", "D10", "D20", "network")

    def _franchise(self) -> None:
        given = (
            ("phone", self._key("phone")),
            ("payee", self._key("payee")),
            ("return", self._key("return")),
        )
        members = [self._add("franchise", Dress(given)) for _ in range(13)]
        lawful.declare(self.world, members, "franchise")
        lawful.remember(self.world, "franchise", members)
        self.tell("franchise_chain", [m.node for m in members], "D2", "D3", "D4", "D5", "network")

    def _branches(self) -> None:
        kinds = ("phone", "payee", "person", "office")
        given = tuple((kind, self._key(kind)) for kind in kinds)
        members = [self._add("branches", Dress(given)) for _ in range(6)]
        lawful.declare(self.world, members[:4], "branch")
        lawful.declare(self.world, [members[0], *members[4:]], "subsidiary")
        lawful.remember(self.world, "parent_and_branches", members)
        self.tell("parent_and_branches", [m.node for m in members], "D2", "D4", "D5", "network")

    def _homonyms(self) -> None:
        """Sole traders called after people of one name: one name, six tokens."""
        person = self.world.names.person()
        nodes = []
        for _ in range(6):
            base = self.background.birth()
            name = self.world.names.sole_trader(base.place.district, person)
            birth = Birth(
                base.product_class,
                base.place,
                base.registered_on,
                "",
                "sole_trader",
                "seller",
                name,
            )
            nodes.append(self._add("homonyms", Dress(), birth).node)
        self.tell("homonymous_reps", nodes, "D5", "network")

    def _agency_live(self) -> None:
        """A livestream agency for a hundred brands, which also settles for them."""
        world, rng = self.world, self.rng
        key = self._key("payee")
        world.payee_classes[key[0]] = "mcn"
        self._hub("payee", key, "mcn")
        mcn_id = f"MCN{world.number('mcn'):04d}"
        put, source = world.tables.put, "platform.douyin"
        put(
            "mcn", 0, source, "000000", mcn_id=mcn_id, name=f"{world.names.brand()}文化传媒有限公司"
        )
        nodes = []
        for _ in range(self._scaled(100, 0.06)):
            dress = Dress((("payee", key),), platform="douyin", stores=1)
            merchant = self._add("mcn", dress)
            nodes.append(merchant.node)
            room = {"live_room_platform": "douyin", "live_room_native_id": str(rng.getrandbits(40))}
            since = (world.first_day - timedelta(days=rng.randint(30, 300))).isoformat()
            put(
                "live_room", 0, source, merchant.province,
                platform="douyin",
                native_id=room["live_room_native_id"],
                name=f"{merchant.name[2:4]}直播间",
                opened_on=since,
            )  # fmt: skip
            put(
                "operates_room", 0, source, merchant.province,
                merchant_id=merchant.merchant_id, **room, valid_from=since,
            )  # fmt: skip
            put("serves", 0, source, merchant.province, mcn_id=mcn_id, **room, valid_from=since)
        self.tell("mcn_100_brands", [*nodes, f"Mcn:{mcn_id}"], "D4", "D27", "network")
