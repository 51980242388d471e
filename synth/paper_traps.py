"""Traps made of papers rather than of merchants: reports, certificates, codes, recalls, stores."""

from __future__ import annotations

from datetime import date, timedelta

from synth.codes import distribute
from synth.incidents import recall
from synth.labs import Report
from synth.ledger import open_store, write_store
from synth.listings import Lapse, Offer, certify, make_product, put_up
from synth.state import Merchant
from synth.traps import Traps


class PaperTraps:
    """Plants them on ordinary merchants of the base."""

    def __init__(self, traps: Traps) -> None:
        self.traps = traps
        self.world = traps.world
        self.labs = traps.labs
        self.rng = traps.rng

    def plant(self) -> None:
        """Make them all; call it before reports are numbered."""
        self._big_lab()
        self._amended_report()
        self._suspended_after_production()
        self._distributor_scans()
        self._later_batch()
        self._moved_store()

    def _someone(self, name: str) -> Merchant:
        merchant = self.rng.choice(self.world.free())
        merchant.group = f"trap.{name}"
        return merchant

    def _big_lab(self) -> None:
        self.traps.tell("big_lab_30_percent", [self.labs.biggest.node], "D12", "D15", "D18")

    def _amended_report(self) -> None:
        """A report reissued with a corrected model; both copies are shown, each as it reads."""
        merchant = self._someone("amended")
        product = make_product(self.world, merchant, self.rng)
        certify(self.world, product, self.rng)
        first = self.labs.honest_report(product, merchant, self.rng)
        first.model, first.is_pass = f"{product.model}S", True
        amended = Report(
            first.lab, product, first.client_id, first.client_name, first.issued_on, amends=first
        )
        amended.issued_on = first.issued_on + timedelta(days=9)
        self.labs.ask(amended)
        listings = []
        for report in (first, amended):
            listed = max(amended.issued_on, merchant.stores[0].opened_on)
            offer = Offer(product, listed, certificate_no=product.certificate_no, report=report)
            listings.append(put_up(self.world, merchant, merchant.stores[0], offer))
        self.traps.tell("amended_report", [*listings, merchant.node], "D9", "D10")

    def _suspended_after_production(self) -> None:
        """Goods made while the certificate was valid may be sold off after its suspension."""
        merchant = self._someone("suspended")
        product = make_product(self.world, merchant, self.rng)
        suspended = self.world.first_day - timedelta(days=25)
        number = certify(self.world, product, self.rng, Lapse("suspended", suspended))
        offer = Offer(
            product,
            suspended - timedelta(days=40),
            produced_on=suspended - timedelta(days=70),
            certificate_no=number,
        )
        listing = put_up(self.world, merchant, merchant.stores[0], offer)
        subjects = [listing, merchant.node, f"Certificate:{number}"]
        self.traps.tell("suspended_after_production", subjects, "D21")

    def _distributor_scans(self) -> None:
        merchant = self._someone("distributor")
        product = make_product(self.world, merchant, self.rng)
        certify(self.world, product, self.rng)
        codes = [distribute(self.world, product, self.rng) for _ in range(12)]
        self.traps.tell("distributor_scans", [*codes, f"Product:{product.product_id}"], "D25")

    def _later_batch(self) -> None:
        """An old batch was recalled; what is listed now was made years later."""
        merchant = self._someone("later_batch")
        product = make_product(self.world, merchant, self.rng)
        certify(self.world, product, self.rng)
        recall(self.world, product, (date(2022, 1, 1), date(2022, 6, 30)))
        listed = self.world.days_ago(20, 60, self.rng)
        offer = Offer(product, listed, certificate_no=product.certificate_no)
        listing = put_up(self.world, merchant, merchant.stores[0], offer)
        self.traps.tell("recalled_other_batch", [listing, merchant.node], "D24")

    def _moved_store(self) -> None:
        """The same merchant closes one store of its own accord and opens another."""
        merchant = self._someone("moved")
        old = merchant.stores[0]
        old.closed_on = self.world.first_day - timedelta(days=30)
        write_store(self.world, merchant, old, None, "owner")
        platform = next(p for p in ("jd", "pdd", "taobao") if p != old.platform)
        new = open_store(self.world, merchant, platform, old.closed_on + timedelta(days=10))
        merchant.stores.reverse()
        nodes = [f"Store:{s.platform}/{s.native_id}" for s in (old, new)]
        self.traps.tell("store_moved_by_owner", [*nodes, merchant.node], "D8")
