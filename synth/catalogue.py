"""Products of the made-up world: classes, makers' products, their certificates and their prices."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate

CELLS_CERTIFIED_FROM = date(2023, 8, 1)
"""First day on which certificates for power banks and lithium cells were issued."""

CELLS_FORBIDDEN_WITHOUT = date(2024, 8, 1)
"""Power banks and cells without a certificate may not be sold from this day on."""


@dataclass(frozen=True, slots=True)
class ProductClass:
    """One class of goods: reference price in fen, standard tested against, certificate class code.

    `is_risky` classes fail spot checks far more often; counterfeit networks work in those.
    """

    code: str
    title: str
    standard: str
    price_fen: int
    ccc_class: str
    is_risky: bool
    certified_from: date = date(2003, 8, 1)


CLASSES: tuple[ProductClass, ...] = (
    ProductClass(
        "power_bank", "移动电源", "GB 31241-2022", 8_900, "0915", True, CELLS_CERTIFIED_FROM
    ),
    ProductClass("phone_charger", "手机充电器", "GB 4943.1-2022", 4_900, "0907", True),
    ProductClass("extension_socket", "延长线插座", "GB/T 2099.7-2015", 5_900, "0201", True),
    ProductClass("ebike_helmet", "电动自行车头盔", "GB 811-2022", 9_900, "1116", True),
    ProductClass(
        "ebike_battery",
        "电动自行车锂电池",
        "GB 43854-2024",
        69_900,
        "1119",
        True,
        CELLS_CERTIFIED_FROM,
    ),
    ProductClass("gas_stove", "家用燃气灶", "GB 16410-2020", 79_900, "2401", True),
    ProductClass("toy_plastic", "塑胶玩具", "GB 6675.1-2014", 3_900, "2202", False),
    ProductClass("hair_dryer", "电吹风", "GB 4706.15-2008", 12_900, "0706", False),
    ProductClass("rice_cooker", "电饭锅", "GB 4706.19-2008", 19_900, "0713", False),
    ProductClass("led_lamp", "LED灯具", "GB 7000.1-2015", 6_900, "1001", False),
    ProductClass("child_seat", "儿童安全座椅", "GB 27887-2011", 59_900, "2207", False),
    ProductClass("electric_kettle", "电热水壶", "GB 4706.19-2008", 9_900, "0712", False),
)
CLASS_OF = {item.code: item for item in CLASSES}
RISKY = tuple(item.code for item in CLASSES if item.is_risky)

#: Failing share of ordinary spot checks, for risky and for other classes.
FAIL_RATE = {True: 0.20, False: 0.05}


@dataclass(eq=False, slots=True)
class Product:
    """One product by brand and model. `maker_id` is the merchant who makes it and holds the
    certificate; `certificate_no` is None where there is none."""

    product_id: str
    product_class: ProductClass
    brand: str
    model: str
    maker_id: str
    maker_name: str
    gtin: str = ""
    certificate_no: str | None = None

    @property
    def title(self) -> str:
        """What a listing of it is called."""
        return f"{self.brand} {self.product_class.title} {self.model}"


@dataclass(slots=True)
class Shelf:
    """The honest products of one class, drawn by a heavy-tailed popularity (Zipf, exponent 1)."""

    products: list[Product] = field(default_factory=list)
    _cumulative: list[float] = field(default_factory=list)

    def add(self, product: Product) -> None:
        """Put a product last, as the least popular one."""
        self.products.append(product)
        self._cumulative.clear()

    def draw(self, share: float) -> Product:
        """The product at `share` (0..1, uniform) of the popularity."""
        if not self._cumulative:
            self._cumulative = list(zipf(len(self.products)))
        at = bisect(self._cumulative, share * self._cumulative[-1])
        return self.products[min(at, len(self.products) - 1)]


def zipf(count: int) -> Iterator[float]:
    """Cumulated weights 1, 1/2, 1/3 … of `count` ranks."""
    return accumulate(1 / rank for rank in range(1, count + 1))


def issue_date(product_class: ProductClass, today: date, share: float) -> date:
    """A day one to three years before `today`, but not before the class entered the catalogue.

    `share` is uniform in 0..1.
    """
    latest = today - timedelta(days=365)
    earliest = max(today - timedelta(days=3 * 365), product_class.certified_from)
    return earliest + timedelta(days=int(share * max(0, (latest - earliest).days)))
