"""Made-up identifiers that pass every check of graph.model.values: seeded, well formed, of nobody."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from graph.model.values import ccc, check_digits, uscc

_DIGITS = "0123456789"
# Prefixes in use by the mobile operators; without those of virtual operators.
_MOBILE = (
    "133",
    "135",
    "136",
    "137",
    "138",
    "139",
    "150",
    "151",
    "158",
    "159",
    "177",
    "186",
    "189",
)
_VIRTUAL = ("162", "165", "167", "170", "171")


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices(_DIGITS, k=count))


def make_uscc(rng: random.Random, division: str, kind: str = "91") -> str:
    """A code of `kind` (authority and type: 91 company, 92 sole trader, N2 village) in a division."""
    body = "MA" + "".join(rng.choices(uscc.ALPHABET, k=6))
    most = kind + division + body + uscc.inner_check_digit(body)
    return most + uscc.check_digit(most)


def make_registration_number(rng: random.Random, division: str) -> str:
    """An old 15-digit number of the registrar of a division."""
    body = division + _digits(rng, 8)
    return body + check_digits.mod_11_10(body)


def make_ccc(rng: random.Random, year: int, product_class: str = "0914") -> str:
    """A certificate of CQC (01), first issued in `year` (from 2002), for a class and subclass."""
    return f"{max(year, ccc.FIRST_YEAR)}01{product_class}{_digits(rng, 6)}"


def make_cma(rng: random.Random, year: int, authority: int = 11, field: int = 9) -> str:
    """A qualification of `year`, by an issuing authority (0 to 31) in a field (0 to 21)."""
    ministry, serial = rng.randrange(35), rng.randrange(1, 10_000)
    return f"{year % 100:02d}{authority:02d}{field:02d}{ministry:02d}{serial:04d}"


def make_phone(rng: random.Random, *, virtual_operator: bool = False) -> str:
    """A mobile number in E.164."""
    return "+86" + rng.choice(_VIRTUAL if virtual_operator else _MOBILE) + _digits(rng, 8)


def make_s10(rng: random.Random, service: str = "EA") -> str:
    """A postal item number of China by UPU S10."""
    serial = _digits(rng, 8)
    return f"{service}{serial}{check_digits.s10(serial)}CN"


_NUMBERS: Mapping[str, Callable[[random.Random], str]] = {
    "sf": lambda rng: "SF" + _digits(rng, 13),
    "zto": lambda rng: "73" + _digits(rng, 12),
    "yto": lambda rng: "YT" + _digits(rng, 13),
    "sto": lambda rng: "77" + _digits(rng, 13),
    "yunda": lambda rng: "43" + _digits(rng, 13),
    "jt": lambda rng: "JT" + _digits(rng, 13),
    "jd": lambda rng: "JDX" + _digits(rng, 12),
    "ems": make_s10,
    "deppon": lambda rng: "DPK" + _digits(rng, 12),
}
CARRIERS = tuple(_NUMBERS)


def make_waybill(rng: random.Random, carrier: str | None = None) -> str:
    """A canonical waybill (`sf:SF…`) of one of CARRIERS, drawn where none is given; KeyError otherwise."""
    chosen = carrier or rng.choice(CARRIERS)
    return f"{chosen}:{_NUMBERS[chosen](rng)}"


def make_gtin(rng: random.Random) -> str:
    """A trade item number of a Chinese prefix (690 to 699), in 14 digits."""
    body = f"69{_digits(rng, 10)}"
    return f"0{body}{check_digits.gs1(body)}"


def make_licence(rng: random.Random, *, industry: int = 16) -> str:
    """A production licence XK without a province."""
    return f"XK{industry:02d}-{rng.randrange(1, 1000):03d}-{rng.randrange(1, 100_000):05d}"
