"""Five planted bad labs in two communities; lawful labs, big ones and public query sites stay silent."""

from __future__ import annotations

from functools import partial

import pytest

from detect.lab_communities import DETECTOR_ID, find_lab_communities
from detect.labs import assess_labs
from graph.model.findings import Finding
from graph.store.session import Store
from tests.integration.detect.scene import AS_OF, BEFORE, Scene

BAD = "ABCDE"
NETWORKS = {f"Merchant:bad{at}": "Cluster:1" for at in range(4)}


def lab(scene: Scene, name: str, host: str = "") -> str:
    """A lab that is company `U<name>`, with a query site of its own unless said otherwise."""
    scene.merchant(f"U{name}")
    return scene.node(
        f"TestLab:{name}",
        name=f"Lab {name}",
        uscc=f"U{name}",
        query_hosts=host or f"{name}.example.cn",
    )


def report(scene: Scene, name: str, number: int, client: str) -> str:
    """A report of the lab for a client."""
    said = scene.node(f"TestReport:{name}/{number}")
    scene.tie(said, "REPORT_FROM", f"TestLab:{name}")
    scene.tie(said, "COMMISSIONED_BY", client)
    return said


def at_fault(*labs: str) -> list[Finding]:
    """Grave faults of qualification of some labs, and what `detect.labs` makes of them."""
    faults = [
        Finding("D12", 1, 5, (f"TestLab:{name}",), 9.0, 2.0, "reports", {}, (name,), (), (), True)
        for name in labs
    ]
    return [*faults, *assess_labs(faults)]


@pytest.fixture
def planted(clean_store: Store) -> Store:
    scene = Scene()
    for name in (*BAD, "F", "G", "H"):
        lab(scene, name)
    bad = [scene.merchant(f"bad{at}") for at in range(4)]
    fine = [scene.merchant(f"fine{at}") for at in range(20)]
    # A, B: two clients of the network and one telephone of the companies. C: the person and texts of B's.
    for name in "AB":
        for at in (0, 1):
            report(scene, name, at, bad[at])
        phone = scene.node("Phone:p") if name == "A" else "Phone:p"
        scene.tie(f"Merchant:U{name}", "USES_PHONE", phone)
    person = scene.node("Person:q")
    for name in "BC":
        scene.tie(f"Merchant:U{name}", "REPRESENTED_BY", person)
        listing = scene.listing(bad[2], f"text{name}")
        shown = report(scene, name, 10, bad[2])
        scene.tie(listing, "SHOWS_REPORT", shown, text_sha256="same")
    # D, E: two other clients, and copies of both lead to one look-alike site.
    for name in "DE":
        for at in (2, 3):
            report(scene, name, at, bad[at])
        listing = scene.listing(bad[3], f"site{name}")
        scene.tie(
            listing, "SHOWS_REPORT", f"TestReport:{name}/3", query_host="lookalike.example.cn"
        )
    # F is at fault too, has the same clients, but most of its clients are honest; and a public site.
    for at, client in enumerate([*bad, *fine]):
        report(scene, "F", at, client)
    listing = scene.listing(bad[0], "public")
    scene.tie(listing, "SHOWS_REPORT", "TestReport:F/0", query_host="public.example.cn")
    listing = scene.listing(bad[1], "public2")
    scene.tie(listing, "SHOWS_REPORT", "TestReport:A/1", query_host="public.example.cn")
    # G, H: two labs of one lawful house, everything in common, and lawful clients.
    scene.nodes["TestLab:G"]["query_hosts"] = "public.example.cn；house.example.cn"
    scene.nodes["TestLab:H"]["query_hosts"] = "house.example.cn"
    account = scene.node("PayeeAccount:house")
    for name in "GH":
        scene.tie(f"Merchant:U{name}", "PAID_TO", account)
        for at, client in enumerate(fine[:4]):
            report(scene, name, at, client)
    scene.put(clean_store)
    return clean_store


def test_the_planted_labs_and_no_others(planted: Store) -> None:
    say = partial(find_lab_communities, planted.read, AS_OF.isoformat(), (), networks=NETWORKS)
    found = say(at_fault(*BAD, "F"))
    told = [[s.partition(":")[2] for s in each.subject_ids] for each in found]
    assert told == [["A", "B", "C"], ["D", "E"]]
    assert [each.values["links"] for each in found] == [
        "lab_clients、lab_company、lab_templates", "lab_clients、lab_hosts",
    ]  # fmt: skip
    assert found[0].values["networks"] == "Cluster:1"
    assert {each.detector for each in found} == {DETECTOR_ID}
    assert found[0].regions == ("000000", "330000")
    assert "Phone:p" in found[0].input_ids
    assert "Merchant:UB REPRESENTED_BY Person:q" in found[0].input_records
    # A hub that the register holds harmless ties nobody; two labs of a house need faults of their own.
    spared = find_lab_communities(
        planted.read, AS_OF.isoformat(), ["Phone:p", "Person:q"], at_fault(*BAD), NETWORKS
    )
    assert [len(each.subject_ids) for each in spared] == [2]
    before = BEFORE.isoformat()
    assert find_lab_communities(planted.read, before, (), at_fault(*BAD, "F"), NETWORKS) == []
    assert say(at_fault("G", "A")) == []
