"""Writes merchants, stores and the identifiers they hold, and remembers who holds what.

Kinds of identifier and the tables they go to are in `SPECS`; documents (certificates, reports) are
held through a listing and live in synth.listings.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from synth.identifiers import make_phone, make_uscc
from synth.places import Place
from synth.state import Key, Link, Merchant, Store, World

PLATFORMS = ("taobao", "tmall", "jd", "pdd", "douyin", "kuaishou", "xiaohongshu")
CARRIERS = ("zto", "yto", "sto", "yunda", "jt", "sf", "ems", "jd")
_TRADES = {"manufacturer": "电器制造", "brand_owner": "品牌管理"}
LATE_SHARE = 0.1
"""Share of weekly records that arrive one to five weeks late (tracking study, generator)."""


@dataclass(frozen=True, slots=True)
class Spec:
    """How one kind of identifier is written: relation table, key columns, entity and its columns."""

    table: str
    columns: tuple[str, ...]
    entity: str
    entity_columns: tuple[str, ...]
    source: str
    extra: tuple[tuple[str, str], ...] = ()


_ADDRESS = (("address_id",), "address", ("address_id",))
_PERSON = (("person_token",), "person", ("person_token",))
_PHONE = (("phone_number",), "phone", ("number",))

SPECS: dict[str, Spec] = {
    "office": Spec("registered_at", *_ADDRESS, "register"),
    "ship": Spec("ships_from", *_ADDRESS, "courier"),
    "return": Spec("returns_to", *_ADDRESS, "platform"),
    "person": Spec("represented_by", *_PERSON, "register", (("role", "legal_rep"),)),
    "officer": Spec("represented_by", *_PERSON, "register", (("role", "supervisor"),)),
    "phone": Spec("uses_phone", *_PHONE, "platform", (("role", "contact"),)),
    "payee": Spec(
        "paid_to", ("payee_account_payee_token",), "payee_account", ("payee_token",), "payment"
    ),
    "courier": Spec(
        "sends_with",
        ("courier_account_carrier", "courier_account_account_token"),
        "courier_account",
        ("carrier", "account_token"),
        "courier",
    ),
    "device": Spec("uses_device", ("device_token",), "device", ("device_token",), "platform"),
}


def fresh_key(world: World, kind: str, place: Place, rng: Random) -> Key:
    """An identifier nobody holds yet, of a kind in `SPECS`."""
    if kind in {"office", "ship", "return"}:
        return (world.places.room(place),)
    if kind in {"person", "officer"}:
        return (f"P{rng.getrandbits(48):012x}",)
    if kind == "phone":
        return (fresh_phone(world, rng),)
    if kind == "courier":
        return (rng.choice(CARRIERS), f"CA{rng.getrandbits(48):012x}")
    prefix = {"payee": "PAY", "device": "DEV"}[kind]
    return (f"{prefix}{rng.getrandbits(48):012x}",)


def fresh_phone(world: World, rng: Random) -> str:
    """A mobile number that was not given out before."""
    while True:
        number = make_phone(rng)
        if ("phone", (number,), "") not in world.seen_identifiers:
            world.seen_identifiers["phone", (number,), ""] = 0
            return number


@dataclass(frozen=True, slots=True)
class Birth:
    """What is fixed about a merchant before it is made; everything else is drawn."""

    product_class: str
    place: Place
    registered_on: date
    group: str = ""
    merchant_type: str = "company"
    role: str = "seller"
    name: str | None = None


def add_merchant(world: World, birth: Birth, rng: Random) -> Merchant:
    """Register a merchant; a natural person has no credit code and is known by its platform id."""
    uscc = None
    if birth.merchant_type == "natural_person":
        merchant_id = f"{rng.choice(PLATFORMS)}/{200_000_000 + world.number('operator') * 3}"
    else:
        kind = "92" if birth.merchant_type == "sole_trader" else "91"
        uscc = merchant_id = make_uscc(rng, birth.place.code, kind)
    name = birth.name or _name(world, birth)
    merchant = Merchant(
        merchant_id, name, birth.place, birth.product_class, birth.registered_on, birth.group
    )
    world.merchants.append(merchant)
    world.tables.put(
        "merchant",
        world.week,
        "register" if uscc else f"platform.{merchant_id.partition('/')[0]}",
        birth.place.province,
        merchant_id=merchant_id,
        name=name,
        uscc=uscc,
        merchant_type=birth.merchant_type,
        role=birth.role,
        division=birth.place.code,
        registered_on=birth.registered_on.isoformat(),
        product_class=birth.product_class,
    )
    return merchant


def _name(world: World, birth: Birth) -> str:
    if birth.merchant_type == "company":
        trade = _TRADES.get(birth.role) or world.names.trade()
        return world.names.company(birth.place.city, trade)
    return world.names.sole_trader(birth.place.district)


def open_store(world: World, merchant: Merchant, platform: str, opened_on: date) -> Store:
    """Open one storefront on a platform."""
    native_id = str(100_000_000 + world.number("store") * 7)
    store = Store(platform, native_id, opened_on)
    merchant.stores.append(store)
    write_store(world, merchant, store, world.names.store(merchant.name[2:4]))
    key = {"store_platform": platform, "store_native_id": native_id}
    source, since = f"platform.{platform}", opened_on.isoformat()
    put = world.tables.put
    region = merchant.province
    put(
        "operates", world.week, source, region, merchant_id=merchant.merchant_id, **key,
        valid_from=since,
    )  # fmt: skip
    put(
        "on_platform",
        world.week,
        source,
        region,
        **key,
        platform_platform=platform,
        valid_from=since,
    )
    return store


def write_store(
    world: World, merchant: Merchant, store: Store, name: str | None, reason: str | None = None
) -> None:
    """Write the store's own row (again, when it closes: `reason` penalty, platform or owner)."""
    world.tables.put(
        "store",
        world.week,
        f"platform.{store.platform}",
        merchant.province,
        platform=store.platform,
        native_id=store.native_id,
        name=name,
        opened_on=store.opened_on.isoformat(),
        closed_on=store.closed_on.isoformat() if store.closed_on else None,
        close_reason=reason,
    )


def hold(world: World, merchant: Merchant, kind: str, key: Key, since: date) -> Link:
    """Let a merchant hold an identifier from `since` on; in later weeks some records arrive late."""
    link = Link(kind, key, since, _seen_week(world))
    merchant.links.append(link)
    write_link(world, merchant, link)
    return link


def _seen_week(world: World) -> int:
    rng = world.rng("late")
    if world.week == 0 or rng.random() >= LATE_SHARE:
        return world.week
    later = [w for w in world.active_weeks if world.week < w <= world.week + 5]
    return rng.choice(later) if later else world.week


def write_link(
    world: World, merchant: Merchant, link: Link, week: int | None = None, end: date | None = None
) -> None:
    """Write one link as read in `week` (default: its own); `end` is the first day it is over."""
    spec = SPECS[link.kind]
    week = link.seen_week if week is None else week
    source = source_of(spec.source, merchant, link)
    _write_identifier(world, link, (week, source, merchant.province))
    values: dict[str, str | int | None] = dict(zip(spec.columns, link.key, strict=True))
    values.update(spec.extra)
    world.tables.put(
        spec.table,
        week,
        source,
        merchant.province,
        merchant_id=merchant.merchant_id,
        **values,
        valid_from=link.since.isoformat(),
        valid_to=end.isoformat() if end else None,
    )


def source_of(hand: str, merchant: Merchant, link: Link) -> str:
    """Name of the source that reports a link: platforms and carriers report under their own names."""
    if hand == "platform" and merchant.stores:
        return f"platform.{merchant.stores[0].platform}"
    if link.kind == "courier":
        return f"courier.{link.key[0]}"
    return "courier.zto" if hand == "courier" else hand


def _write_identifier(world: World, link: Link, read: tuple[int, str, str]) -> None:
    """The identifier's own row, once per region, and again if an earlier week turns out to show it."""
    week, source, region = read
    spec = SPECS[link.kind]
    seen = (spec.entity, link.key, region)
    if world.seen_identifiers.get(seen, 1 << 30) <= week:
        return
    world.seen_identifiers[seen] = week
    values: dict[str, str | bool | None] = dict(zip(spec.entity_columns, link.key, strict=True))
    if spec.entity == "address":
        values["text"] = link.key[0]
    elif spec.entity == "payee_account":
        values["payee_class"] = world.payee_classes.get(link.key[0], "own")
    elif link.key[0] in world.phone_classes:
        values["link_class"] = world.phone_classes[link.key[0]]
        values["is_linkable"] = False
    world.tables.put(spec.entity, week, source, region, **values)


def let_go(world: World, merchant: Merchant, link: Link, on: date) -> bool:
    """End a link; False when its start is not known yet, so that its end cannot be known either."""
    if link.seen_week >= world.week and world.week > 0:
        return False
    write_link(world, merchant, link, world.week, on)
    merchant.links.remove(link)
    return True


def close(world: World, merchant: Merchant, on: date, reason: str) -> None:
    """Close a merchant with its stores and every link (`reason`: penalty, platform or owner)."""
    from synth.listings import withdraw

    merchant.closed_week = world.week
    if reason == "penalty":
        world.closures.append((merchant, on, tuple(merchant.links)))
    world.tables.put(
        "merchant",
        world.week,
        "register",
        merchant.province,
        merchant_id=merchant.merchant_id,
        name=merchant.name,
        closed_on=on.isoformat(),
    )
    for store in merchant.stores:
        if store.closed_on is None:
            store.closed_on = on
            write_store(world, merchant, store, None, reason)
    for link in list(merchant.links):
        if link.carrier is not None:
            withdraw(world, merchant, link, on)
        else:
            let_go(world, merchant, link, on)
