"""What authorities, carriers and consumers see: spot checks, complaints, penalties, recalls, parcels."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from synth.catalogue import CLASS_OF, FAIL_RATE, Product
from synth.ledger import CARRIERS
from synth.networks import Network
from synth.places import Place
from synth.state import Merchant, World

_NETWORK_FAIL_RATE = 0.45
_BACKGROUND_CHECKED, _NETWORK_CHECKED = 0.10, 0.5
_CHECKED_PER_CLASS = 40
"""Spot checks of a class at least: a failure rate of fewer says nothing."""

_PARCEL_WEEKS = 6
"""In longer worlds the parcels of the base are too old for the detector's ninety days."""

_FAILED_ITEMS = ("温升", "过充电保护", "标志", "抗电强度", "额定容量")


def check_background(world: World) -> None:
    """Spot checks, complaints, parcels and old penalties of everybody outside the networks."""
    rng = world.rng("incidents")
    checked = max(_BACKGROUND_CHECKED, _CHECKED_PER_CLASS * len(CLASS_OF) / len(world.merchants))
    for merchant in world.merchants:
        if merchant.group == "network":
            continue
        if rng.random() < checked:
            rate = FAIL_RATE[CLASS_OF[merchant.product_class].is_risky]
            product = merchant.products[0] if merchant.products else None
            spot_check(world, merchant, product, is_pass=rng.random() >= rate)
        if rng.random() < 0.03:
            complain(world, merchant, rng)
        if rng.random() < 0.01:
            penalise(world, merchant, rng)
        if rng.random() < 0.10:
            parcels(world, merchant, merchant.place, rng)


def check_network(world: World, network: Network) -> None:
    """The same for one network: many failures, complaints, and parcels that hide their origin."""
    rng = world.rng("incidents")
    hides_origin = rng.random() < 0.6
    for merchant in network.members:
        if rng.random() < _NETWORK_CHECKED:
            is_pass = rng.random() >= _NETWORK_FAIL_RATE
            spot_check(world, merchant, network.clean, is_pass=is_pass)
        if rng.random() < 0.4:
            complain(world, merchant, rng)
        if rng.random() < 0.06:
            penalise(world, merchant, rng)
        if merchant.held("ship") and rng.random() < 0.4:
            elsewhere = _elsewhere(network, merchant) if hides_origin else []
            scanned = rng.choice(elsewhere) if elsewhere else merchant.place
            for _ in range(2):
                parcels(world, merchant, scanned, rng)
            if elsewhere and world.settings.weeks <= _PARCEL_WEEKS:
                network.origin_hiders.append(merchant)


def _elsewhere(network: Network, merchant: Merchant) -> list[Place]:
    """Places of the network in provinces the merchant neither names nor is known to ship from."""
    known = {link.key[0][:2] for link in merchant.held("ship")} | {merchant.place.name[:2]}
    return [place for place in network.places if place.name[:2] not in known]


def spot_check(world: World, merchant: Merchant, product: Product | None, *, is_pass: bool) -> None:
    """One spot check sampled from a merchant, of one product where it is known."""
    rng = world.rng("incidents")
    day = world.days_ago(10, 360, rng)
    spot_check_id = f"SC{day.year}-{world.number('spot_check'):06d}"
    put, source, region = world.tables.put, "market.spot_check", merchant.province
    put(
        "spot_check", world.week, source, region,
        spot_check_id=spot_check_id,
        checked_on=day.isoformat(),
        product_class=merchant.product_class,
        is_pass=is_pass,
        failed_items=None if is_pass else rng.choice(_FAILED_ITEMS),
        division=merchant.place.code,
    )  # fmt: skip
    key = {"spot_check_id": spot_check_id}
    put("sampled_from", world.week, source, region, **key, merchant_id=merchant.merchant_id)
    if product:
        put("checks", world.week, source, region, **key, product_id=product.product_id)


def complain(world: World, merchant: Merchant, rng: Random) -> None:
    """One complaint about a merchant."""
    complaint_id = f"CP{world.number('complaint'):06d}"
    put, source, region = world.tables.put, "complaint.12315", merchant.province
    put(
        "complaint", world.week, source, region,
        complaint_id=complaint_id,
        received_on=world.days_ago(5, 200, rng).isoformat(),
        category=rng.choice(("counterfeit", "quality", "certificate", "refund")),
        division=merchant.place.code,
    )  # fmt: skip
    put(
        "complains_about", world.week, source, region,
        complaint_id=complaint_id, merchant_id=merchant.merchant_id,
    )  # fmt: skip


def penalise(world: World, merchant: Merchant, rng: Random) -> None:
    """One penalty decided on a merchant, published for a year."""
    day = world.days_ago(60, 500, rng)
    penalty_id = f"PN{day.year}-{world.number('penalty'):05d}"
    put, source, region = world.tables.put, "market.penalty", merchant.province
    put(
        "penalty", world.week, source, region,
        penalty_id=penalty_id,
        kind="penalty",
        decided_on=day.isoformat(),
        ends_on=(day + timedelta(days=365)).isoformat(),
        ground="销售不符合保障人体健康和人身、财产安全标准的产品",
    )  # fmt: skip
    put(
        "penalises", world.week, source, region,
        penalty_id=penalty_id, merchant_id=merchant.merchant_id,
    )  # fmt: skip


def parcels(world: World, merchant: Merchant, scanned: Place, rng: Random) -> None:
    """One month's parcels of a merchant, first scanned at `scanned`, claimed to start at home.

    They go under the merchant's latest account where it has one.
    """
    shipping = merchant.held("ship")
    accounts = merchant.held("courier")
    if not shipping:
        return
    carrier = accounts[-1].key[0] if accounts else rng.choice(CARRIERS)
    start = world.first_day - timedelta(days=rng.choice((31, 62)))
    aggregate_id = f"WB{world.number('waybill'):07d}"
    put, source, region = world.tables.put, f"courier.{carrier}", merchant.province
    put(
        "waybill_aggregate", world.week, source, region,
        aggregate_id=aggregate_id,
        carrier=carrier,
        period_start=start.isoformat(),
        period_end=(start + timedelta(days=30)).isoformat(),
        parcels=rng.randint(20, 900),
        claimed_origin=merchant.place.code,
        first_scan_division=scanned.code,
        destination_division=world.places.place().code[:4] + "00",
    )  # fmt: skip
    key = {"waybill_aggregate_aggregate_id": aggregate_id}
    put("dispatches", world.week, source, region, merchant_id=merchant.merchant_id, **key)
    put("leaves_from", world.week, source, region, **key, address_id=shipping[-1].key[0])
    if accounts:
        put(
            "carried_under", world.week, source, region, **key,
            courier_account_carrier=carrier, courier_account_account_token=accounts[-1].key[1],
        )  # fmt: skip


def recall(world: World, product: Product, produced: tuple[date, date]) -> str:
    """Recall what was produced of a product between two days, from ten days before the base on.

    Returns the recall's number.
    """
    recall_id = f"RC2025-{world.number('recall'):04d}"
    put, source = world.tables.put, "market.recall"
    put(
        "recall", world.week, source, "000000",
        recall_id=recall_id,
        product_name=product.product_class.title,
        brand=product.brand,
        model=product.model,
        category=product.product_class.code,
        risk_type="起火",
        risk_description="电芯过热，存在起火风险",
        measures="退货",
        origin_country="中国",
        production_dates=f"{produced[0].isoformat()}至{produced[1].isoformat()}",
        starts_on=(world.first_day - timedelta(days=10)).isoformat(),
    )  # fmt: skip
    put(
        "recalls", world.week, source, "000000",
        recall_id=recall_id, product_id=product.product_id,
    )  # fmt: skip
    return recall_id


def go_live(world: World, network: Network) -> None:
    """Larger networks sell in live rooms: one agency, four rooms, pushing the network's goods."""
    rng = world.rng("incidents")
    if len(network.members) < 12 or not network.offences:
        return
    mcn_id, streamer_id = f"MCN{world.number('mcn'):04d}", f"ST{world.number('streamer'):06d}"
    put, source = world.tables.put, "platform.kuaishou"
    home = network.members[1].province
    put("mcn", 0, source, home, mcn_id=mcn_id, name=f"{world.names.brand()}直播服务有限公司")
    put("streamer", 0, source, home, streamer_id=streamer_id, is_blacklisted=rng.random() < 0.3)
    since = world.days_ago(60, 200, rng).isoformat()
    put("signed_with", 0, source, home, streamer_id=streamer_id, mcn_id=mcn_id, valid_from=since)
    pages = [o for o in network.offences if o.listing.startswith("Listing:")]
    chosen = list({o.merchant.merchant_id: o for o in pages}.values())[:4]
    for offence in chosen:
        merchant, native_id = offence.merchant, str(rng.getrandbits(40))
        room = {"live_room_platform": "kuaishou", "live_room_native_id": native_id}
        region = merchant.province
        name = f"{merchant.name[2:4]}好物直播间"
        put(
            "live_room", 0, source, region,
            platform="kuaishou", native_id=native_id, name=name, opened_on=since,
        )  # fmt: skip
        put(
            "operates_room", 0, source, region,
            merchant_id=merchant.merchant_id, **room, valid_from=since,
        )  # fmt: skip
        put("serves", 0, source, region, mcn_id=mcn_id, **room, valid_from=since)
        put("presents", 0, source, region, streamer_id=streamer_id, **room, valid_from=since)
        platform, listing = offence.listing.removeprefix("Listing:").split("/")
        put(
            "promotes", 0, source, region, **room,
            listing_platform=platform, listing_native_id=listing, valid_from=since,
        )  # fmt: skip
    if len(chosen) >= 3:
        network.agency = f"Mcn:{mcn_id}"


def sell_recalled(world: World, network: Network, share: float) -> None:
    """Recall the network's dead product before its members go on selling it."""
    if network.dead and world.rng("incidents").random() < share:
        first = world.first_day
        recall(world, network.dead, (first - timedelta(days=150), first - timedelta(days=11)))
        network.is_recalled = True
