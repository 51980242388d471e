"""One small graph per detector: who must be named, and the lawful neighbours who must not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.integration.detect.scene import Scene

ENDED = {"end_seen": "2025-09-15"}


@dataclass(frozen=True, slots=True)
class Example:
    """How to draw the scene, who must be named, and which hub silences it."""

    draw: Callable[[Scene], None]
    expect: list[list[str]]
    hub: str | None = None


def shared_ship_from(scene: Scene) -> None:
    room = scene.node("Address:ROOM", is_linkable=True, level="room")
    cut = scene.node("Address:CUT", is_linkable=False, level="district")
    for name in ("a", "b", "c", "gone", "branch"):
        merchant = scene.merchant(name)
        scene.tie(merchant, "SHIPS_FROM", room, **(ENDED if name == "gone" else {}))
        scene.tie(merchant, "SHIPS_FROM", cut)
    scene.tie("Merchant:a", "PARENT_OF", "Merchant:branch")


def shared_phone(scene: Scene) -> None:
    phone = scene.node("Phone:77", is_linkable=True, link_class="mobile")
    privacy = scene.node("Phone:88", is_linkable=False, link_class="privacy")
    boss = scene.node("Person:BOSS")
    for name in ("a", "b", "c", "sister", "brother"):
        merchant = scene.merchant(name)
        scene.tie(merchant, "USES_PHONE", phone, role="contact")
        scene.tie(merchant, "USES_PHONE", phone, role="return")
        scene.tie(merchant, "USES_PHONE", privacy, role="contact")
    family = scene.node("Phone:99", is_linkable=True, link_class="mobile")
    for name in ("sister", "brother", "a"):
        scene.tie(f"Merchant:{name}", "USES_PHONE", family, role="contact")
    for name in ("sister", "brother"):
        scene.tie(f"Merchant:{name}", "REPRESENTED_BY", boss, role="legal_rep")


def shared_payee(scene: Scene) -> None:
    own = scene.node("PayeeAccount:OWN", payee_class="own")
    escrow = scene.node("PayeeAccount:ESC", payee_class="escrow")
    family = scene.node("PayeeAccount:FAM")
    for name in ("a", "b", "branch"):
        scene.merchant(name)
    for name in ("a", "b"):
        scene.tie(f"Merchant:{name}", "PAID_TO", own)
        scene.tie(f"Merchant:{name}", "PAID_TO", escrow)
    for name in ("a", "branch"):
        scene.tie(f"Merchant:{name}", "PAID_TO", family)
    scene.tie("Merchant:a", "PARENT_OF", "Merchant:branch")


def shell_farm(scene: Scene) -> None:
    farm = scene.node("Address:FARM", is_linkable=True, division="230800")
    cluster = scene.node("Address:CLUSTER", is_linkable=True, division="230800")
    front = scene.node("Person:FRONT")
    for at in range(25):
        firm = scene.merchant(f"f{at:02}", registered_on="2025-08-01")
        scene.tie(firm, "REGISTERED_AT", farm)
        scene.tie(firm, "REPRESENTED_BY", front, role="legal_rep")
        other = scene.merchant(f"z{at:02}", registered_on="2025-08-01")
        scene.tie(other, "REGISTERED_AT", cluster)
        scene.tie(other, "REPRESENTED_BY", scene.node(f"Person:{at}"), role="legal_rep")


def report_reuse(scene: Scene) -> None:
    report = scene.node("TestReport:L/1", report_no="1", client_name="client", lab_id="L")
    product = scene.node("Product:P")
    scene.tie(report, "COMMISSIONED_BY", scene.merchant("client"))
    scene.tie(report, "REPORT_ON", product)
    scene.tie(product, "MADE_BY", scene.merchant("factory"))
    names = ("client", "factory", "dealer", "subdealer", "branch", "x", "y", "gone")
    for at, name in enumerate(names):
        merchant = scene.merchant(name)
        listing = scene.listing(merchant, str(at))
        scene.tie(listing, "SHOWS_REPORT", report, **(ENDED if name == "gone" else {}))
    scene.tie("Merchant:factory", "AUTHORISES", "Merchant:dealer")
    scene.tie("Merchant:dealer", "AUTHORISES", "Merchant:subdealer")
    scene.tie("Merchant:client", "PARENT_OF", "Merchant:branch")


def report_conflict(scene: Scene) -> None:
    lab = scene.node("TestLab:L", name="lab")
    facts = {"lab_id": "L", "client_name": "江苏真客户纺织有限公司", "sample_model": "PB-1"}
    report = scene.node("TestReport:L/1", report_no="1", **facts)
    plain = scene.node("TestReport:L/2", report_no="2", **facts)
    amended = {**facts, "client_name": "浙江更名以后有限公司", "amends_report_no": "2"}
    scene.tie(scene.node("TestReport:L/9", report_no="9", **amended), "REPORT_FROM", lab)
    for one in (report, plain):
        scene.tie(one, "REPORT_FROM", lab)
    forger = scene.listing(scene.merchant("forger"), "1")
    scene.tie(forger, "SHOWS_REPORT", report, shown_client="完全另一家公司")
    honest = scene.listing(scene.merchant("honest"), "2")
    scene.tie(honest, "SHOWS_REPORT", report, shown_client="江苏真客户纺织有限公司")
    renamed = scene.listing(scene.merchant("renamed"), "3")
    scene.tie(renamed, "SHOWS_REPORT", plain, shown_client="浙江更名以后有限公司")
    other = {**facts, "client_name": "安徽另一名称有限公司"}
    versions = (
        ("3", facts),
        ("3-A1", other),
        ("7", facts),
        ("8", {**other, "amends_report_no": "7"}),
    )
    for at, (number, said) in enumerate(versions):  # each copy shows what the other version says
        shown = other["client_name"] if said is facts else facts["client_name"]
        version = scene.node(f"TestReport:L/{number}", report_no=number, **said)
        scene.tie(version, "REPORT_FROM", lab)
        copy = scene.listing(scene.merchant(f"copier{at}"), f"2{at}")
        scene.tie(copy, "SHOWS_REPORT", version, shown_client=shown)


def lab_unqualified(scene: Scene) -> None:
    lab = scene.node("TestLab:L", name="lab", lab_id="L")
    valid = scene.node(
        "LabQualification:L/cma/1", scheme="cma", status="valid", starts_on="2024-01-01"
    )
    scene.tie(lab, "HAS_QUALIFICATION", valid)
    scope = scene.node("LabScope:L/GB 1", standard="GB 1", starts_on="2024-01-01")
    scene.tie(lab, "HAS_SCOPE", scope)
    for number, issued_on, standard, is_cma in (
        ("early", "2023-01-01", "GB 1-2020", True),
        ("other", "2025-01-01", "GB 12-2020", True),
        ("newer", "2025-01-01", "GB 1-2024", True),
        ("internal", "2023-01-01", "GB 1-2020", False),
    ):
        report = scene.node(
            f"TestReport:L/{number}", report_no=number, issued_on=issued_on, standard=standard,
            carries_cma_mark=is_cma, lab_id="L",
        )  # fmt: skip
        scene.tie(report, "REPORT_FROM", lab)


def captured_lab(scene: Scene) -> None:
    small, big = scene.node("TestLab:S", name="small"), scene.node("TestLab:B", name="big")
    cluster = scene.node("Cluster:C-1", as_of="2025-09-28", label="network")
    member, other = scene.merchant("member"), scene.merchant("other")
    scene.tie(member, "MEMBER_OF", cluster)
    for at in range(212):
        report = scene.node(f"TestReport:{at}", is_pass=True, product_class="power_bank")
        scene.tie(report, "REPORT_FROM", small if at < 12 else big)
        scene.tie(report, "COMMISSIONED_BY", member if at < 12 else other)
    for at in range(20):
        scene.node(
            f"SpotCheck:{at}", checked_on="2025-01-01", is_pass=at > 4, product_class="power_bank"
        )


def borrowed_certificate(scene: Scene) -> None:
    certificate = scene.node(
        "Certificate:1", certificate_no="1", holder_name="holder", manufacturer_name="factory",
        models="PB-10000",
    )  # fmt: skip
    scene.tie(certificate, "HELD_BY", scene.merchant("holder"))
    scene.tie("Merchant:holder", "AUTHORISES", scene.merchant("brand"))
    for at, (name, maker, model) in enumerate(
        [
            ("thief", "冒牌厂", "PB-10000"),
            ("dealer", "factory", "PB-10000"),
            ("brand", "自有品牌", "PB-10000"),
            ("licensee", "brand", "PB-10000-B"),
            ("wrong", "factory", "QQ-77"),
        ]
    ):
        merchant = scene.merchant(name)
        listing = scene.listing(merchant, str(at), shown_manufacturer=maker, shown_model=model)
        scene.tie(listing, "SHOWS_CERTIFICATE", certificate)


def invalid_certificate(scene: Scene) -> None:
    certificate = scene.node("Certificate:1", certificate_no="1", expires_on="2030-01-01")
    status = scene.node("CertificateStatus:1", status="revoked", starts_on="2025-07-01")
    scene.tie(certificate, "HAS_STATUS", status)
    product = scene.node(
        "Product:P", requires_ccc=True, name="充电宝", ccc_required_from="2024-08-01"
    )
    for at, (name, shown) in enumerate(
        [
            ("seller", {}),
            ("stock", {"produced_on": "2025-06-30"}),
            ("down", {"delisted_on": "2025-09-20"}),
        ]
    ):
        listing = scene.listing(scene.merchant(name), str(at), listed_on="2025-06-01", **shown)
        scene.tie(listing, "SHOWS_CERTIFICATE", certificate)
        scene.tie(listing, "OF_PRODUCT", product)
    bare = scene.listing(scene.merchant("bare"), "9", listed_on="2025-06-01")
    scene.tie(bare, "OF_PRODUCT", product)


def malformed_number(scene: Scene) -> None:
    certificate = scene.node("Certificate:ODD1", certificate_no="ODD1")
    scene.node("TestLab:L", cma_no="ODD2")
    known = scene.listing(
        scene.merchant("known"), "1", shown_certificate_no="ODD1", shown_cma_no="ODD2"
    )
    scene.tie(known, "SHOWS_CERTIFICATE", certificate)
    scene.listing(scene.merchant("odd"), "2", shown_certificate_no="2023010916123")
    scene.listing(scene.merchant("fine"), "3", shown_certificate_no="2023010916123456")


def shared_return_address(scene: Scene) -> None:
    den = scene.node("Address:DEN", is_linkable=True, level="room")
    centre = scene.node("Address:CENTRE", is_linkable=True, level="room")
    scene.merchant("brand")
    for name in ("a", "b", "c"):
        scene.tie(scene.merchant(name), "RETURNS_TO", den)
        dealer = scene.merchant(f"dealer {name}")
        scene.tie(dealer, "RETURNS_TO", centre)
        scene.tie("Merchant:brand", "AUTHORISES", dealer)


def common_controller(scene: Scene) -> None:
    boss, namesake = scene.node("Person:BOSS"), scene.node("Person:NAMESAKE")
    for at, city in enumerate(("330106", "330108", "330110")):
        scene.tie(scene.merchant(f"m{at}"), "REPRESENTED_BY", boss, role="legal_rep")
        far = scene.merchant(f"far{at}", division=f"{31 + at}0100")
        scene.tie(far, "REPRESENTED_BY", namesake, role="legal_rep")
        scene.nodes[f"Merchant:m{at}"]["division"] = city


def store_rebirth(scene: Scene) -> None:
    old, new, other = (scene.merchant(name) for name in ("old", "new", "other"))
    closed = scene.node("Store:t/1", closed_on="2025-08-01", close_reason="penalty")
    scene.tie(old, "OPERATES", closed, **ENDED)
    account, place = scene.node("PayeeAccount:P"), scene.node("Address:A", is_linkable=True)
    for merchant, opened_on in ((new, "2025-08-10"), (other, "2025-08-11")):
        scene.tie(merchant, "OPERATES", scene.node(f"Store:{merchant}", opened_on=opened_on))
    for merchant in (old, new):
        scene.tie(merchant, "PAID_TO", account)
        scene.tie(merchant, "SHIPS_FROM", place)
    scene.tie(other, "SHIPS_FROM", place)


def report_not_genuine(scene: Scene) -> None:
    lab = scene.node("TestLab:L", name="lab", query_hosts="a.example.cn；report.example.cn")
    facts = {"carries_cma_mark": True, "issued_on": "2025-01-01"}
    real = scene.node("TestReport:L/1", report_no="1", is_registered=True, **facts)
    made_up = scene.node("TestReport:L/2", report_no="2", is_registered=False, **facts)
    for at, (name, report, host) in enumerate(
        [
            ("fine", real, "report.example.cn"),
            ("copyist", real, "rep0rt.examp1e.cn"),
            ("forger", made_up, None),
        ]
    ):
        listing = scene.listing(scene.merchant(name), str(at))
        scene.tie(listing, "SHOWS_REPORT", report, **({"query_host": host} if host else {}))
    for report in (real, made_up):
        scene.tie(report, "REPORT_FROM", lab)


def impossible_dates(scene: Scene) -> None:
    lab = scene.node("TestLab:L", name="lab")
    for number, tested_to in (
        ("bad", "2025-03-28"),
        ("night", "2025-03-21"),
        ("fine", "2025-03-19"),
    ):
        report = scene.node(
            f"TestReport:L/{number}", report_no=number, tested_to=tested_to, issued_on="2025-03-20"
        )
        scene.tie(report, "REPORT_FROM", lab)


def abnormal_price(scene: Scene) -> None:
    product = scene.node("Product:P", product_class="power_bank")
    usual = scene.merchant("usual")
    for at in range(24):
        listing = scene.listing(usual, str(at), price_fen=9900 + 10 * at, listed_on="2025-06-01")
        scene.tie(listing, "OF_PRODUCT", product)
    for name, listed_on, title in (
        ("cheap", "2025-06-01", "充电宝"),
        ("flash", "2025-09-28", "充电宝"),
        ("used", "2025-06-01", "二手充电宝"),
    ):
        listing = scene.listing(
            scene.merchant(name), name, price_fen=1000, listed_on=listed_on, title=title
        )
        scene.tie(listing, "OF_PRODUCT", product)


def recalled_batch(scene: Scene) -> None:
    recall = scene.node(
        "Recall:R", recall_id="R", starts_on="2025-06-01", production_dates="2024-05"
    )
    product = scene.node("Product:P")
    scene.tie(recall, "RECALLS", product)
    for at, (name, shown) in enumerate(
        [
            ("seller", {"produced_on": "2024-05-10"}),
            ("later", {"produced_on": "2024-07-01"}),
            ("down", {"produced_on": "2024-05-10", "delisted_on": "2025-09-01"}),
        ]
    ):
        scene.tie(scene.listing(scene.merchant(name), str(at), **shown), "OF_PRODUCT", product)


def parcel_consolidation(scene: Scene) -> None:
    account = scene.node("CourierAccount:zto/1")
    for at in range(5):
        scene.tie(scene.merchant(f"m{at}"), "SENDS_WITH", account)
    for name, first_scan in (("liar", "440100"), ("honest", "330100"), ("warehouse", "440100")):
        waybills = scene.node(
            f"WaybillAggregate:{name}", parcels=50, period_start="2025-09-01",
            claimed_origin="330000", first_scan_division=first_scan,
        )  # fmt: skip
        scene.tie(scene.merchant(name), "DISPATCHES", waybills)
    depot = scene.node("Address:DEPOT", division="440100", is_linkable=True)
    scene.tie("Merchant:warehouse", "SHIPS_FROM", depot)


def repeat_failure(scene: Scene) -> None:
    factory, honest = scene.merchant("factory"), scene.merchant("honest")
    seller = scene.merchant("seller")
    for maker, fails in ((factory, ("330100", "320500")), (honest, ("330100", "330106"))):
        product = scene.node(f"Product:{maker}", product_class="power_bank")
        scene.tie(product, "MADE_BY", maker)
        for division in fails:
            check = scene.node(
                f"SpotCheck:{maker}{division}", is_pass=False, checked_on="2025-08-01",
                division=division, failed_items="过充电",
            )  # fmt: skip
            scene.tie(check, "CHECKS", product)
            scene.tie(check, "SAMPLED_FROM", seller)
    scene.tie(factory, "AUTHORISES", seller)


EXAMPLES = {
    "D3": Example(shared_return_address, [["a", "b", "c"]], "Address:DEN"),
    "D5": Example(common_controller, [["m0", "m1", "m2"]], "Person:BOSS"),
    "D8": Example(store_rebirth, [["new", "old"]], "PayeeAccount:P"),
    "D11": Example(report_not_genuine, [["copyist", "L/1"], ["forger", "L/2"]]),
    "D13": Example(impossible_dates, [["L", "L/bad"]], "TestLab:L"),
    "D23": Example(abnormal_price, [["cheap"]], "Merchant:cheap"),
    "D24": Example(recalled_batch, [["seller"]], "Recall:R"),
    "D26": Example(parcel_consolidation, [["liar"], ["m0", "m1", "m2", "m3", "m4"]]),
    "D28": Example(repeat_failure, [["factory"]], "Merchant:factory"),
    "D1": Example(shared_ship_from, [["a", "b", "branch", "c"]], "Address:ROOM"),
    "D2": Example(shared_phone, [["a", "b", "brother", "c", "sister"]], "Phone:77"),
    "D4": Example(shared_payee, [["a", "b"]], "PayeeAccount:OWN"),
    "D6": Example(shell_farm, [["FARM", *(f"f{at:02}" for at in range(25))]], "Address:FARM"),
    "D9": Example(report_reuse, [["x", "y"]], "TestReport:L/1"),
    "D10": Example(report_conflict, [["forger", "L/1"]], "TestReport:L/1"),
    "D12": Example(lab_unqualified, [["L", "L/early", "L/other"]], "TestLab:L"),
    "D18": Example(captured_lab, [["S"]], "TestLab:S"),
    "D20": Example(borrowed_certificate, [["thief"], ["wrong"]], "Certificate:1"),
    "D21": Example(invalid_certificate, [["bare"], ["seller"]]),
    "D22": Example(malformed_number, [["odd"]], "Listing:taobao/2"),
}
