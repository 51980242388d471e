"""Test laboratories of the made-up world and the reports they issue, honest and fake."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from synth.catalogue import CLASSES, Product
from synth.identifiers import make_cma, make_uscc
from synth.places import Place
from synth.state import Merchant, World

BIG_LAB_SHARE = 0.30
_NATIONAL = "000000"
_SOURCE = "lab.register"


@dataclass(eq=False, slots=True)
class Lab:
    """One laboratory. A fake one is unqualified from `suspended_from` on, or lacks `missing` scope."""

    lab_id: str
    name: str
    place: Place
    host: str
    is_fake: bool = False
    suspended_from: date | None = None
    missing: frozenset[str] = frozenset()
    waiting: list[Report] = field(default_factory=list)
    serial: int = 1000

    @property
    def node(self) -> str:
        """The lab's node id in the graph."""
        return f"TestLab:{self.lab_id}"


@dataclass(eq=False, slots=True)
class Report:
    """One report as its lab's register has it; `report_no` is empty until the lab numbers it."""

    lab: Lab
    product: Product
    client_id: str
    client_name: str
    issued_on: date
    is_pass: bool = True
    model: str = ""
    amends: Report | None = None
    report_no: str = ""

    @property
    def node(self) -> str:
        """The report's node id in the graph; call it after numbering."""
        return f"TestReport:{self.lab.lab_id}/{self.report_no}"

    @property
    def is_unqualified(self) -> bool:
        """Whether the lab was suspended on the day of issue, or not approved for the standard."""
        suspended = (
            self.lab.suspended_from is not None and self.issued_on >= self.lab.suspended_from
        )
        return suspended or self.product.product_class.code in self.lab.missing


class Labs:
    """All labs; honest reports go to them by market share, the biggest has three in ten.

    Numbers are given in order of issue, as a lab's register does, so reports asked for at the base
    stay unnumbered until `number_all`.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._rng = world.rng("labs")
        self.honest: list[Lab] = []
        self.fake: list[Lab] = []
        count = max(12, world.settings.merchants // 150)
        for _ in range(count):
            self.honest.append(self._open(is_fake=False))
        tail = [1 / rank for rank in range(1, count)]
        scale = (1 - BIG_LAB_SHARE) / sum(tail)
        self._cumulative = list(accumulate([BIG_LAB_SHARE, *(weight * scale for weight in tail)]))
        for at in range(world.settings.fake_labs):
            self.fake.append(self._open(is_fake=True, lacks_scope=bool(at % 2)))
        world.truth.fake_labs = [lab.lab_id for lab in self.fake]

    @property
    def biggest(self) -> Lab:
        """The lab with three tenths of the market."""
        return self.honest[0]

    def draw(self, rng: Random) -> Lab:
        """An honest lab by market share."""
        return self.honest[min(bisect(self._cumulative, rng.random()), len(self.honest) - 1)]

    def honest_report(self, product: Product, client: Merchant, rng: Random) -> Report:
        """A report an honest lab issues for a client, two to twenty months before the base."""
        world = self._world
        if world.week == 0:
            issued = world.days_ago(60, 600, rng)
        else:
            issued = world.today - timedelta(days=rng.randint(1, 3))
        report = Report(self.draw(rng), product, client.merchant_id, client.name, issued)
        report.is_pass = rng.random() < 0.97
        return self.ask(report)

    def ask(self, report: Report) -> Report:
        """Put a report on its lab's desk; numbered at once when the base is already numbered."""
        report.lab.waiting.append(report)
        if self._world.week > 0:
            self._number(report.lab)
        return report

    def number_all(self) -> None:
        """Number and write every waiting report, lab by lab in order of issue."""
        for lab in (*self.honest, *self.fake):
            self._number(lab)

    def _number(self, lab: Lab) -> None:
        waiting = sorted(lab.waiting, key=lambda report: report.issued_on)
        lab.waiting = []
        for report in waiting:
            if report.amends is None:
                lab.serial += self._rng.choice((1, 1, 1, 2))
                prefix = lab.lab_id.removeprefix("LAB")
                report.report_no = f"JC{prefix}-{report.issued_on.year}-{lab.serial:06d}"
        for report in waiting:
            if report.amends is not None:
                report.report_no = f"{report.amends.report_no}-A1"
            self._write(report)

    def _open(self, *, is_fake: bool, lacks_scope: bool = False) -> Lab:
        world, rng = self._world, self._rng
        place = world.places.place()
        number = world.number("lab")
        name = world.names.lab(place.city)
        lab = Lab(f"LAB{number:04d}", name, place, f"report.lab{number:04d}.example.cn", is_fake)
        if is_fake and not lacks_scope:
            lab.suspended_from = world.first_day - timedelta(days=rng.randint(200, 260))
        if is_fake and lacks_scope:
            lab.missing = frozenset(item.code for item in CLASSES if item.is_risky)
        self._write_lab(lab)
        self._write_standing(lab)
        return lab

    def _write_lab(self, lab: Lab) -> None:
        world, rng = self._world, self._rng
        world.tables.put(
            "test_lab", 0, _SOURCE, _NATIONAL,
            lab_id=lab.lab_id,
            name=lab.name,
            uscc=make_uscc(rng, lab.place.code),
            cma_no=make_cma(rng, rng.choice((2021, 2022, 2023))),
            division=lab.place.code,
            query_hosts=lab.host,
        )  # fmt: skip

    def _write_standing(self, lab: Lab) -> None:
        put = self._world.tables.put
        start = self._world.days_ago(1200, 1900, self._rng)
        end = start + timedelta(days=6 * 365)
        spans = [("valid", start, lab.suspended_from or end)]
        if lab.suspended_from:
            spans.append(("suspended", lab.suspended_from, end))
        for status, first, last in spans:
            key = {"lab_id": lab.lab_id, "scheme": "cma", "starts_on": first.isoformat()}
            put(
                "lab_qualification", 0, _SOURCE, _NATIONAL,
                **key, status=status, ends_on=last.isoformat(),
            )  # fmt: skip
            put(
                "has_qualification", 0, _SOURCE, _NATIONAL,
                test_lab_lab_id=lab.lab_id,
                **{f"lab_qualification_{name}": value for name, value in key.items()},
            )  # fmt: skip
        standards = {
            item.standard.rpartition("-")[0]: None
            for item in CLASSES
            if item.code not in lab.missing
        }
        for standard in standards:
            put(
                "lab_scope", 0, _SOURCE, _NATIONAL,
                lab_id=lab.lab_id, standard=standard, starts_on=start.isoformat(),
            )  # fmt: skip
            put(
                "has_scope", 0, _SOURCE, _NATIONAL,
                test_lab_lab_id=lab.lab_id, lab_scope_lab_id=lab.lab_id, lab_scope_standard=standard,
            )  # fmt: skip

    def _write(self, report: Report) -> None:
        rng, product, week = self._rng, report.product, self._world.week
        days = rng.randint(4, 12)
        put = self._world.tables.put
        key = {"test_report_lab_id": report.lab.lab_id, "test_report_report_no": report.report_no}
        put(
            "test_report", week, _SOURCE, report.lab.place.province,
            lab_id=report.lab.lab_id,
            report_no=report.report_no,
            is_registered=True,
            client_name=report.client_name,
            manufacturer_name=product.maker_name,
            sample_name=product.product_class.title,
            sample_model=report.model or product.model,
            standard=product.product_class.standard,
            received_on=(report.issued_on - timedelta(days=days + 3)).isoformat(),
            tested_from=(report.issued_on - timedelta(days=days + 2)).isoformat(),
            tested_to=(report.issued_on - timedelta(days=2)).isoformat(),
            issued_on=report.issued_on.isoformat(),
            is_pass=report.is_pass,
            carries_cma_mark=True,
            product_class=product.product_class.code,
            amends_report_no=report.amends.report_no if report.amends else None,
        )  # fmt: skip
        region = report.lab.place.province
        put("report_from", week, _SOURCE, region, **key, test_lab_lab_id=report.lab.lab_id)
        put("report_on", week, _SOURCE, region, **key, product_id=product.product_id)
        put("commissioned_by", week, _SOURCE, region, **key, merchant_id=report.client_id)
