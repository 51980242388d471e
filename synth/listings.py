"""Products, their certificates, and the listings that show certificates and reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from synth.catalogue import (
    CELLS_CERTIFIED_FROM,
    CELLS_FORBIDDEN_WITHOUT,
    CLASS_OF,
    Product,
    issue_date,
)
from synth.identifiers import make_ccc, make_gtin
from synth.labs import Report
from synth.state import Link, Merchant, Store, World

_NATIONAL = "000000"
_REGISTER = "certification.register"
_BODIES = ("01", "02", "05", "16")


@dataclass(frozen=True, slots=True)
class Copy:
    """What the copy of a report on a listing says where it differs from the original."""

    client: str | None = None
    model: str | None = None
    host: str | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """One listing before it is put up. Empty values are drawn, or taken from the product.

    `certificate_no` is shown and linked; `raw_certificate_no` is only printed on the page (malformed).
    """

    product: Product
    listed_on: date
    produced_on: date | None = None
    manufacturer: str | None = None
    model: str | None = None
    certificate_no: str | None = None
    raw_certificate_no: str | None = None
    report: Report | None = None
    copy: Copy = Copy()
    price_fen: int | None = None


def write_bodies(world: World) -> None:
    """The certification bodies; names are made up, codes are the two digits used in numbers."""
    for code in _BODIES:
        world.tables.put(
            "certification_body", 0, _REGISTER, _NATIONAL,
            body_code=code, name=f"示例认证中心{code}",
        )  # fmt: skip


def make_product(world: World, maker: Merchant, rng: Random, brand: str | None = None) -> Product:
    """A product of the maker's class, made by it; not yet certified nor on any shelf."""
    product_class = CLASS_OF[maker.product_class]
    model = f"{rng.choice('ABCDHKLMPSTXZ')}{rng.choice('ABCDEFGHKLMN')}-{rng.randint(100, 999)}"
    product = Product(
        f"PR{world.number('product'):06d}",
        product_class,
        brand or world.names.brand(),
        model,
        maker.merchant_id,
        maker.name,
        make_gtin(rng),
    )
    maker.products.append(product)
    is_cell = product_class.certified_from == CELLS_CERTIFIED_FROM
    required = CELLS_FORBIDDEN_WITHOUT if is_cell else None
    put, week = world.tables.put, world.week
    put(
        "product", week, "product.register", _NATIONAL,
        product_id=product.product_id,
        name=f"{product.brand}{product_class.title}",
        brand=product.brand,
        model=model,
        product_class=product_class.code,
        gtin=product.gtin,
        requires_ccc=True,
        ccc_required_from=required.isoformat() if required else None,
        is_key_product=product_class.is_risky,
    )  # fmt: skip
    put(
        "made_by", week, "product.register", _NATIONAL,
        product_id=product.product_id, merchant_id=maker.merchant_id,
    )  # fmt: skip
    return product


@dataclass(frozen=True, slots=True)
class Lapse:
    """A state of a certificate that forbids its use, from a day on."""

    status: str
    starts_on: date


def certify(world: World, product: Product, rng: Random, lapse: Lapse | None = None) -> str:
    """Give the product a compulsory certificate held by its maker, with its state history."""
    today = world.today - timedelta(days=200) if lapse else world.today
    issued = issue_date(product.product_class, today, rng.random())
    body = rng.choice(_BODIES)
    made = make_ccc(rng, issued.year, product.product_class.ccc_class)
    number = made[:4] + body + made[6:]
    product.certificate_no = number
    expires = issued + timedelta(days=5 * 365)
    if lapse and lapse.status == "expired":
        expires = lapse.starts_on
    put, week = world.tables.put, world.week
    put(
        "certificate", week, _REGISTER, _NATIONAL,
        certificate_no=number,
        scheme="ccc",
        holder_name=product.maker_name,
        manufacturer_name=product.maker_name,
        models=f"{product.model}；{product.model}S",
        product_class=product.product_class.code,
        issued_on=issued.isoformat(),
        expires_on=expires.isoformat(),
    )  # fmt: skip
    held = {"certificate_no": number, "merchant_id": product.maker_id}
    put("held_by", week, _REGISTER, _NATIONAL, **held, valid_from=issued.isoformat())
    put(
        "issued_by", week, _REGISTER, _NATIONAL,
        certificate_no=number, certification_body_body_code=body, valid_from=issued.isoformat(),
    )  # fmt: skip
    _write_status(world, number, "valid", (issued, lapse.starts_on if lapse else None))
    if lapse:
        _write_status(world, number, lapse.status, (lapse.starts_on, None))
    return number


def _write_status(world: World, number: str, status: str, span: tuple[date, date | None]) -> None:
    start, end = span
    put, week = world.tables.put, world.week
    put(
        "certificate_status", week, _REGISTER, _NATIONAL,
        certificate_no=number,
        starts_on=start.isoformat(),
        status=status,
        ends_on=end.isoformat() if end else None,
        reason="监督结果不符合要求" if status in {"suspended", "revoked"} else None,
    )  # fmt: skip
    put(
        "has_status", week, _REGISTER, _NATIONAL,
        certificate_no=number,
        certificate_status_certificate_no=number,
        certificate_status_starts_on=start.isoformat(),
    )  # fmt: skip


def put_up(world: World, merchant: Merchant, store: Store, offer: Offer) -> str:
    """Put a listing up; what it shows becomes an identifier the merchant holds. Returns its node id."""
    native_id = str(600_000_000_000 + world.number("listing") * 13)
    key = (store.platform, native_id)
    source, week, region = f"platform.{store.platform}", world.week, merchant.province
    product, rng = offer.product, world.rng("listings")
    price = offer.price_fen or int(product.product_class.price_fen * rng.uniform(0.78, 1.25))
    produced = offer.produced_on or offer.listed_on - timedelta(days=rng.randint(5, 40))
    put, listing = world.tables.put, {"listing_platform": key[0], "listing_native_id": key[1]}
    put(
        "listing", week, source, region,
        platform=key[0],
        native_id=native_id,
        title=product.title,
        price_fen=price,
        listed_on=offer.listed_on.isoformat(),
        produced_on=produced.isoformat(),
        shown_manufacturer=offer.manufacturer or product.maker_name,
        shown_model=offer.model or product.model,
        shown_certificate_no=offer.raw_certificate_no or offer.certificate_no,
    )  # fmt: skip
    since = offer.listed_on.isoformat()
    put(
        "lists", week, source, region,
        store_platform=store.platform, store_native_id=store.native_id, **listing,
        valid_from=since,
    )  # fmt: skip
    put("of_product", week, source, region, **listing, product_id=product.product_id)
    _show(world, merchant, key, offer)
    return f"Listing:{key[0]}/{native_id}"


def _show(world: World, merchant: Merchant, listing: tuple[str, str], offer: Offer) -> None:
    """Write the certificate and the report a listing shows; a report may wait for its number."""
    if offer.certificate_no:
        world.tables.put(
            "shows_certificate", world.week, f"platform.{listing[0]}", merchant.province,
            listing_platform=listing[0],
            listing_native_id=listing[1],
            certificate_no=offer.certificate_no,
            valid_from=offer.listed_on.isoformat(),
        )  # fmt: skip
        key = (offer.certificate_no,)
        link = Link("certificate", key, offer.listed_on, world.week, listing)
        merchant.links.append(link)
    if offer.report:
        shown = ShownReport(merchant, listing, offer.report, offer.copy, offer.listed_on)
        if offer.report.report_no:
            show_report(world, shown)
        else:
            world.waiting_shows.append(shown)


@dataclass(frozen=True, slots=True)
class ShownReport:
    """A report shown on a listing, kept until the lab has numbered the report."""

    merchant: Merchant
    listing: tuple[str, ...]
    report: Report
    copy: Copy
    since: date


def show_report(world: World, shown: ShownReport) -> None:
    """Write that a listing shows a numbered report, as its copy has it."""
    report, copy = shown.report, shown.copy
    world.tables.put(
        "shows_report",
        world.week,
        f"platform.{shown.listing[0]}",
        shown.merchant.province,
        listing_platform=shown.listing[0],
        listing_native_id=shown.listing[1],
        test_report_lab_id=report.lab.lab_id,
        test_report_report_no=report.report_no,
        shown_client=copy.client or report.client_name,
        shown_sample=report.product.product_class.title,
        shown_model=copy.model or report.model or report.product.model,
        shown_issued_on=report.issued_on.isoformat(),
        query_host=copy.host or report.lab.host,
        valid_from=shown.since.isoformat(),
    )
    shown.merchant.links.append(
        Link(
            "report", (report.lab.lab_id, report.report_no), shown.since, world.week, shown.listing
        )
    )


def show_waiting(world: World) -> None:
    """Write the shown reports that waited for their numbers."""
    waiting, world.waiting_shows = world.waiting_shows, []
    for shown in waiting:
        show_report(world, shown)


def withdraw(world: World, merchant: Merchant, link: Link, on: date) -> None:
    """Stop showing a document: the relation ends, the listing goes down."""
    assert link.carrier is not None  # noqa: S101
    platform, native_id = link.carrier
    source, region = f"platform.{platform}", merchant.province
    values: dict[str, str] = {"listing_platform": platform, "listing_native_id": native_id}
    if link.kind == "certificate":
        table = "shows_certificate"
        values["certificate_no"] = link.key[0]
    else:
        table = "shows_report"
        values |= {"test_report_lab_id": link.key[0], "test_report_report_no": link.key[1]}
    world.tables.put(
        table, world.week, source, region,
        **values, valid_from=link.since.isoformat(), valid_to=on.isoformat(),
    )  # fmt: skip
    world.tables.put(
        "listing", world.week, source, region,
        platform=platform, native_id=native_id, delisted_on=on.isoformat(),
    )  # fmt: skip
    merchant.links.remove(link)
