"""Traceability codes and their scans: cloned codes of networks, and honest distributors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from synth.catalogue import Product
from synth.places import Place
from synth.state import World

_SOURCE = "code.platform"


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan: how many hours after activation, where, by which device."""

    hours: int
    place: Place
    device: str


def add_code(world: World, product: Product, activated: date, scans: Sequence[Scan]) -> str:
    """Write a serial code of a product (GS1 Digital Link) with its scans; returns its node id."""
    serial = f"S{world.number('code'):07d}"
    code = f"https://id.example.cn/01/{product.gtin.zfill(14)}/21/{serial}"
    put, week = world.tables.put, world.week
    put(
        "code",
        week,
        _SOURCE,
        "000000",
        code=code,
        level="serial",
        activated_on=activated.isoformat(),
    )
    put("code_of", week, _SOURCE, "000000", code_code=code, product_id=product.product_id)
    for scan in scans:
        scan_id = f"SN{world.number('scan'):07d}"
        day = activated + timedelta(days=scan.hours // 24)
        put(
            "scan", week, _SOURCE, scan.place.province,
            scan_id=scan_id,
            scanned_at=f"{day.isoformat()}T{scan.hours % 24:02d}:{int(serial[-2:]) % 60:02d}:00+08:00",
            division=scan.place.code[:4] + "00",
            device_token=scan.device,
        )  # fmt: skip
        put("scan_of", week, _SOURCE, scan.place.province, scan_id=scan_id, code_code=code)
    return f"Code:{code}"


def clone(world: World, product: Product, rng: Random) -> str:
    """A code copied onto many items: five cities, five devices, ten days."""
    provinces = rng.sample(world.places.provinces()[:9], 5)
    places = [world.places.in_province(province) for province in provinces]
    scans = [
        Scan(24 * (2 * at + 1) + rng.randint(0, 12), place, f"SD{rng.getrandbits(40):010x}")
        for at, place in enumerate(places)
    ]
    return add_code(world, product, world.days_ago(45, 80, rng), scans)


def distribute(world: World, product: Product, rng: Random) -> str:
    """An honest item on its way: plant, distributor and shop, two devices, weeks apart."""
    provinces = rng.sample(world.places.provinces()[:9], 2)
    plant, distributor = (world.places.in_province(province) for province in provinces)
    devices = [f"SD{rng.getrandbits(40):010x}" for _ in range(2)]
    scans = [
        Scan(30, plant, devices[0]),
        Scan(24 * 12, distributor, devices[1]),
        Scan(24 * 12 + 2, distributor, devices[1]),
        Scan(24 * 50, distributor, devices[1]),
    ]
    return add_code(world, product, world.days_ago(70, 120, rng), scans)
