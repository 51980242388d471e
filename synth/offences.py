"""What networks do wrong on their pages: borrowed and dead certificates, bought and copied reports."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from synth.background import malform
from synth.catalogue import Product
from synth.labs import Lab, Labs, Report
from synth.listings import Copy, Lapse, Offer, certify, make_product, put_up, withdraw
from synth.networks import Network, Networks, Offence
from synth.state import Merchant, World
from synth.truth import ViolationTruth

CAPTURED_REPORTS = 16
"""Reports a network buys from the lab it has captured (rule D18 asks for at least ten)."""

_MARKET_PER_CAPTOR = 8 * CAPTURED_REPORTS

_DEAD = ("suspended", "revoked", "expired")


class Offences:
    """Puts up the networks' own listings, clean ones and violating ones."""

    def __init__(self, networks: Networks, labs: Labs) -> None:
        self.networks = networks
        self.world: World = networks.world
        self.labs = labs
        self.rng: Random = networks.world.rng("offences")

    def assign_labs(self) -> None:
        """Each fake lab is captured by the two largest networks still without one; others buy there."""
        by_size = sorted(self.networks.alive(), key=lambda n: (-len(n.members), n.truth.network_id))
        waiting = list(by_size)
        for lab in self.labs.fake:
            captors = 2 if len(waiting) > len(self.labs.fake) * 2 else 1
            for network in waiting[:captors]:
                self._buy_from(network, lab, is_captor=True)
            waiting = waiting[captors:]
        for network in waiting:
            if self.rng.random() < 0.5:
                self._buy_from(network, self.rng.choice(self.labs.fake), is_captor=False)

    @staticmethod
    def _buy_from(network: Network, lab: Lab, *, is_captor: bool) -> None:
        network.lab, network.truth.labs = lab, [lab.lab_id]
        network.captured = [lab] if is_captor else []

    def fill_market(self) -> None:
        """See that captors are few among the clients of their class, as in a market they are.

        In a small world a class has so few reports that a captured lab would have half of them; makers
        then have their goods tested again and again.
        """
        makers = self.networks.background.makers
        captors = Counter(n.product_class for n in self.networks.alive() if n.captured)
        for product_class, count in sorted(captors.items()):
            for at in range(count * _MARKET_PER_CAPTOR):
                maker = makers[product_class][at % len(makers[product_class])]
                self.labs.honest_report(maker.products[0], maker, self.rng)

    def prepare(self, network: Network) -> None:
        """Get the paper: a certificate borrowed from a stranger, one that is dead, one report."""
        network.borrowed = self._stranger_s(network)
        network.dead = self._lapsed(network)
        lab = network.lab or self.labs.draw(self.rng)
        network.shared_report = self._report(network, lab, network.members[0])

    def _stranger_s(self, network: Network) -> Product:
        """A certified product of a maker outside."""
        maker = self.rng.choice(self.networks.background.makers[network.product_class])
        product = make_product(self.world, maker, self.rng)
        certify(self.world, product, self.rng)
        return product

    def _lapsed(self, network: Network) -> Product:
        """A product of the network's source whose certificate is dead."""
        world, rng = self.world, self.rng
        product = make_product(world, network.members[0], rng)
        certify(world, product, rng, Lapse(rng.choice(_DEAD), world.today - timedelta(120)))
        return product

    def _hides_papers(self) -> bool:
        """Whether an offender shows papers of its own, by lot; no lot is drawn where nobody does."""
        share = self.world.settings.hardness.own_papers
        return share > 0 and self.rng.random() < share

    def _its_own(self, product: Product) -> Product:
        self.world.own_papers.add(product.certificate_no or "")
        return product

    def commit(self, network: Network) -> None:
        """Let three to six in ten members violate; the others show the genuine certificate."""
        rng = self.rng
        share = rng.uniform(0.3, 0.6)
        count = max(2, round(share * len(network.members)))
        violators = rng.sample(network.members[1:], min(count, len(network.members) - 1))
        for merchant in network.members:
            if merchant in violators:
                self.violate(network, merchant)
            else:
                self.behave(network, merchant)
        if network.captured:
            for at in range(CAPTURED_REPORTS):
                self._show_bought(network, violators[at % len(violators)])

    def behave(self, network: Network, merchant: Merchant) -> None:
        """Perhaps show the network's genuine product with its genuine certificate."""
        attach = self.world.settings.hardness.attach
        if network.clean and self.rng.random() < attach and not self._hides_papers():
            self._put_up(network, merchant, self._offer(network.clean, is_certified=True))

    def violate(self, network: Network, merchant: Merchant) -> None:
        """Commit one or two offences, a certificate's and often a report's."""
        rng = self.rng
        roll = rng.random()
        if roll < 0.4:
            self._borrow(network, merchant)
        elif roll < 0.8:
            self._use_dead(network, merchant)
        else:
            self._print_malformed(network, merchant)
        if rng.random() < 0.7:
            self._copy_report(network, merchant)

    def _borrow(self, network: Network, merchant: Merchant) -> None:
        hidden = self._its_own(self._stranger_s(network)) if self._hides_papers() else None
        offer = self._offer(hidden or _given(network.borrowed), is_certified=True)
        offer = replace(offer, manufacturer=_given(network.clean).maker_name)
        listing = self._put_up(network, merchant, offer)
        number = offer.certificate_no
        network.offences.append(Offence("D20", merchant, listing, certificate_no=number))

    def _use_dead(self, network: Network, merchant: Merchant) -> None:
        hidden = self._its_own(self._lapsed(network)) if self._hides_papers() else None
        offer = self._offer(hidden or _given(network.dead), is_certified=True)
        listing = self._put_up(network, merchant, offer)
        number = offer.certificate_no
        network.offences.append(Offence("D21", merchant, listing, certificate_no=number))
        if (
            network.is_recalled
            and hidden is None
            and offer.produced_on
            and offer.produced_on < self.world.first_day - timedelta(11)
        ):
            network.offences.append(Offence("D24", merchant, listing))

    def _print_malformed(self, network: Network, merchant: Merchant) -> None:
        product = _given(network.clean)
        raw = malform(product.certificate_no or "")
        offer = replace(self._offer(product), raw_certificate_no=raw)
        listing = self._put_up(network, merchant, offer)
        network.offences.append(Offence("D22", merchant, listing))

    def _copy_report(self, network: Network, merchant: Merchant) -> None:
        """Show the shared report: as it is (reuse), altered (conflict), with a look-alike query site."""
        rng, report = self.rng, _report(network)
        is_altered, is_look_alike = rng.random() < 0.4, rng.random() < 0.3
        copy = Copy(
            client=merchant.name if is_altered else None,
            model=f"{report.product.model}-PRO" if is_altered else None,
            host=look_alike(report.lab.host) if is_look_alike else None,
        )
        offer = self._offer(report.product, is_certified=not self._hides_papers())
        listing = self._put_up(network, merchant, replace(offer, report=report, copy=copy))
        detectors = ["D9", *(["D10"] if is_altered else []), *(["D11"] if is_look_alike else [])]
        if report.is_unqualified:
            detectors.append("D12")
        network.offences += [Offence(name, merchant, listing, report) for name in detectors]

    def _show_bought(self, network: Network, merchant: Merchant) -> None:
        report = self._report(network, _given_lab(network), merchant)
        offer = self._offer(report.product, is_certified=True)
        listing = self._put_up(network, merchant, replace(offer, report=report))
        network.offences.append(Offence("D12", merchant, listing, report))

    def _report(self, network: Network, lab: Lab, client: Merchant) -> Report:
        world, rng = self.world, self.rng
        issued = world.today - timedelta(days=rng.randint(20, 180) if world.week == 0 else 2)
        product = _given(network.clean)
        return self.labs.ask(Report(lab, product, client.merchant_id, client.name, issued))

    def withdraw_papers(self, network: Network, merchant: Merchant, on: date) -> None:
        """Take down every page of a leaving member that shows the network's papers."""
        products = [p for p in (network.clean, network.borrowed, network.dead) if p]
        papers = {(product.certificate_no,) for product in products}
        labs = {network.lab.lab_id} if network.lab else set()
        report = network.shared_report
        for link in list(merchant.links):
            is_shared = report and link.key == (report.lab.lab_id, report.report_no)
            is_own = link.key[0] in self.world.own_papers
            if link.carrier and (is_own or is_shared or link.key in papers or link.key[0] in labs):
                withdraw(self.world, merchant, link, on)
        network.offences = [o for o in network.offences if o.merchant is not merchant]

    def _offer(self, product: Product, *, is_certified: bool = False) -> Offer:
        """A listing of the last weeks, produced shortly before: after any of its papers lapsed."""
        rng, world = self.rng, self.world
        if world.week == 0:
            listed = world.days_ago(7, 60, rng)
        else:
            listed = world.today - timedelta(days=rng.randint(1, 6))
        number = product.certificate_no if is_certified else None
        produced = listed - timedelta(days=rng.randint(5, 40))
        return Offer(product, listed, produced_on=produced, certificate_no=number)

    def _put_up(self, network: Network, merchant: Merchant, offer: Offer) -> str:
        """Put a listing of the network up, some at a fifth of the usual price."""
        # The price rule wants a week on sale, so nothing cheap is put up in the last week.
        is_early = self.world.week == 0 or self.world.week < self.world.settings.weeks
        is_cheap = is_early and self.rng.random() < 0.15
        if is_cheap:
            offer = replace(offer, price_fen=int(offer.product.product_class.price_fen * 0.2))
        store = next(s for s in merchant.stores if s.closed_on is None)
        listing = put_up(self.world, merchant, store, offer)
        if is_cheap:
            network.offences.append(Offence("D23", merchant, listing))
        return listing


def _given(product: Product | None) -> Product:
    if product is None:
        raise ValueError("the network is not equipped yet")
    return product


def _given_lab(network: Network) -> Lab:
    if network.lab is None:
        raise ValueError("the network buys from no lab")
    return network.lab


def _report(network: Network) -> Report:
    if network.shared_report is None:
        raise ValueError("the network has no report yet")
    return network.shared_report


def look_alike(host: str) -> str:
    """A host two edits away from a lab's own (rule D11 calls up to three a look-alike)."""
    return host.replace("report.", "rep0rt.", 1).replace("example.cn", "examp1e.cn")


def violations(network: Network) -> list[ViolationTruth]:
    """What detectors should say of the network's pages and of what its members share, at the end."""
    found: list[ViolationTruth] = []
    open_offences = [o for o in network.offences if o.merchant.closed_week is None]
    by_report: dict[tuple[str, str], list[Offence]] = {}
    for offence in open_offences:
        subjects = [offence.listing, offence.merchant.node]
        if offence.certificate_no:
            subjects.append(f"Certificate:{offence.certificate_no}")
        if offence.report is None:
            found.append(ViolationTruth(offence.detector, tuple(subjects)))
        else:
            by_report.setdefault((offence.detector, offence.report.node), []).append(offence)
    for (detector, node), offences in sorted(by_report.items()):
        if detector == "D9" and len(offences) < 2:
            continue
        report = offences[0].report
        subjects = [node, *([report.lab.node] if report and detector == "D12" else [])]
        for offence in offences:
            subjects += [offence.listing, offence.merchant.node]
        found.append(ViolationTruth(detector, tuple(dict.fromkeys(subjects))))
    hiders = [m for m in network.origin_hiders if m.closed_week is None]
    found += [ViolationTruth("D26", (merchant.node,)) for merchant in hiders]
    return found + shared_violations(network)


_LEAST_SHARERS = {"ship": ("D1", 3), "phone": ("D2", 3), "return": ("D3", 3), "payee": ("D4", 2)}
_LEAST_SHARERS |= {"officer": ("D5", 3), "courier": ("D26", 5)}


def shared_violations(network: Network) -> list[ViolationTruth]:
    """Identifiers held by so many members that a link detector should fire (thresholds: findings §4)."""
    holders: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for merchant in network.members:
        for link in network.own_links(merchant):
            holders.setdefault((link.kind, link.key), []).append(merchant.node)
    found = []
    for (kind, _), nodes in sorted(holders.items()):
        detector, least = _LEAST_SHARERS.get(kind, ("", 0))
        if detector and len(nodes) >= least:
            found.append(ViolationTruth(detector, tuple(nodes), is_group=True))
    return found


def captures(network: Network) -> list[ViolationTruth]:
    """D18: the labs a network has captured; more than one only where captors have merged."""
    nodes = tuple(merchant.node for merchant in network.members)
    return [ViolationTruth("D18", (lab.node, *nodes)) for lab in network.captured if nodes]
