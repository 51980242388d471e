"""Every format is opened by the library of its own world, and says what was put in."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import networkx as nx
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.export.about import About
from queries.export.formats import FORMATS
from queries.export.harmless import cell
from queries.export.items import Piece
from queries.export.spool import Bounds, Spool
from queries.views import NodeView, RelationView

FORMULA = "=cmd|' /C calc'!A0"
NAMES = {"Merchant:M1": FORMULA, "Merchant:M2": "乙商行 & <子公司>\x0b"}
PHONE = "+8613812345678"
ABOUT = About(
    "SEARCH: query 乙",
    "2026-01-15",
    "2026-01-15T12:00:00+08:00",
    "somebody",
    ("330000",),
    4,
    3,
    7,
    True,
)


def node(identifier: str, **properties: Any) -> NodeView:
    kind = identifier.partition(":")[0]
    return NodeView(identifier, kind, properties, ("330000",), ("r1", "r2"), "2025-09-01")


def relation(kind: str, start: str, end: str, **properties: Any) -> RelationView:
    return RelationView(
        kind, start, end, properties, ("330000",), ("r3",), "2025-09-01", valid_from="2025-08-01"
    )


def fill(spool: Spool) -> None:
    phone = node("Phone:0011223344556677", number=PHONE, is_linkable=True)
    merchants = [
        node(
            name,
            merchant_id=name.partition(":")[2],
            name=said,
            merchant_type="company",
            uscc="91350100M000100Y43",
        )
        for name, said in NAMES.items()
    ]
    address = node("Address:A1", address_id="A1", text="浙江省杭州市西湖区文三路1号2幢301室")
    product = node("Product:P1", product_id="P1", name="充电宝")
    spool.add(Piece((phone, *merchants, address, product), withheld=7, is_cut=True))
    for name in NAMES:
        spool.add(Piece((), (relation("USES_PHONE", name, phone.id, role="contact"),)))
    spool.add(Piece(tuple(merchants), (relation("PARENT_OF", *NAMES, share=0.51),)))
    spool.add(Piece((), (relation("MADE_BY", product.id, "Merchant:M1"),)))
    spool.add(Piece((), (relation("SHIPS_FROM", "Merchant:M1", address.id),)))
    spool.add(Piece((), (relation("USES_PHONE", "Merchant:M1", "Phone:absent", role="x"),)))


@pytest.fixture
def written(tmp_path: Path) -> dict[str, Path]:
    with Spool(tmp_path / "spool.db", Bounds()) as spool:
        fill(spool)
        assert spool.counts == {"nodes": 5, "relations": 5}
        files = {name: tmp_path / f"out.{form.ending}" for name, form in FORMATS.items()}
        for name, form in FORMATS.items():
            form.write(spool, ABOUT, files[name])
    return files


def test_no_format_tells_a_whole_phone_number_and_each_tells_the_notice(
    written: dict[str, Path],
) -> None:
    for name, path in written.items():
        raw = path.read_bytes()
        if name in {"CSV", "XLSX"}:
            with zipfile.ZipFile(path) as archive:
                raw = b"".join(archive.read(member) for member in archive.namelist())
        said = raw.decode()
        if name in {"FTM", "STIX"}:
            said = said.encode().decode("unicode_escape", "ignore") + said
        assert "13812345678" not in said, name
        assert "301室" not in said, name
        for known in ("leads, never proof", "只是线索", "2026-01-15", "138****5678"):
            assert known in said, (name, known)


def test_csv_cells_hold_no_formula(written: dict[str, Path]) -> None:
    with zipfile.ZipFile(written["CSV"]) as archive:
        tables = {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))
            for name in archive.namelist()
        }
    assert set(tables) == {
        *("about.csv", "merchant.csv", "phone.csv", "address.csv", "product.csv"),
        *("uses_phone.csv", "parent_of.csv", "made_by.csv", "ships_from.csv"),
    }
    names = {row["id"]: row["name"] for row in tables["merchant.csv"]}
    assert names == {"Merchant:M1": "'" + FORMULA, "Merchant:M2": "乙商行 & <子公司>"}
    about = {row["name"]: row["value"] for row in tables["about.csv"]}
    assert (about["withheld"], about["truncated"]) == ("7", "true")
    assert {row["end"] for row in tables["uses_phone.csv"]} == {"Phone:0011223344556677"}
    assert tables["parent_of.csv"][0]["valid_from"] == "2025-08-01"


def test_excel_opens_it_and_finds_texts_only(written: dict[str, Path]) -> None:
    book = openpyxl.load_workbook(written["XLSX"])
    assert book.sheetnames[0] == "about"
    kinds = {c.data_type for sheet in book for row in sheet.iter_rows() for c in row if c.value}
    assert "f" not in kinds
    merchants = list(book["merchant"].iter_rows(values_only=True))
    column = merchants[0].index("name")
    assert {row[column] for row in merchants[1:]} == {"'" + FORMULA, "乙商行 & <子公司>"}
    book.close()


@pytest.mark.parametrize("name", ["GEXF", "GRAPHML"])
def test_networkx_reads_the_graph_back(written: dict[str, Path], name: str) -> None:
    read = nx.read_gexf if name == "GEXF" else nx.read_graphml
    graph = read(written[name])
    assert graph.number_of_nodes() == 5
    assert graph.number_of_edges() == 5
    assert graph.nodes["Merchant:M1"]["name"] == FORMULA  # no spreadsheet opens it
    assert graph.nodes["Phone:0011223344556677"]["is_linkable"] is True
    shares = [data["share"] for _, _, data in graph.edges(data=True) if "share" in data]
    assert shares == [0.51]
    ends = {(a, b) for a, b, data in graph.edges(data=True) if data["type"] == "MADE_BY"}
    assert ends == {("Product:P1", "Merchant:M1")}


def test_follow_the_money_knows_every_entity_and_value(written: dict[str, Path]) -> None:
    ftm = pytest.importorskip("followthemoney", reason="followthemoney is not installed")
    lines = [json.loads(line) for line in written["FTM"].read_text().splitlines()]
    for line in lines:
        schema = ftm.model.get(line["schema"])
        assert schema is not None
        schema.validate(line)
        proxy = ftm.model.get_proxy({**line, "properties": {}})
        for key, values in line["properties"].items():
            for value in values:
                proxy.add(key, value, quiet=False)  # raises for a property that is not there
                assert proxy.get(key), (line["schema"], key, value)  # empty: value not accepted
    names = {line["schema"] for line in lines}
    assert names == {
        *("Note", "Company", "UserAccount", "Address", "Asset", "Ownership", "UnknownLink"),
    }
    ids = {line["id"] for line in lines}
    links = [line["properties"] for line in lines if line["schema"] == "UnknownLink"]
    assert all({*link["subject"], *link["object"]} <= ids for link in links)
    assert len(ids) == len(lines)


def test_stix2_accepts_every_object(written: dict[str, Path]) -> None:
    stix2 = pytest.importorskip("stix2", reason="stix2 is not installed")
    bundle = stix2.parse(written["STIX"].read_text(), allow_custom=True)
    objects = json.loads(written["STIX"].read_text())["objects"]
    for thing in objects:  # strictly, but for objects of the extension and what refers to them
        is_ours = any("--" in str(v) and str(v).startswith("x-suyuan") for v in thing.values())
        stix2.parse(thing, allow_custom=is_ours)
    assert len(bundle.objects) == len(objects) == 3 + 5 + 5
    ids = {thing["id"] for thing in objects}
    assert len(ids) == len(objects)
    for thing in objects:
        for key, value in thing.items():
            if key.endswith("_ref"):
                assert value in ids
        if thing["type"] not in {"marking-definition"}:
            assert set(thing["object_marking_refs"]) <= ids
    kinds = {thing["type"] for thing in objects}
    assert {"identity", "location", "relationship", "x-suyuan-phone"} <= kinds


@given(st.text(max_size=20))
def test_no_text_becomes_a_formula(value: str) -> None:
    shown = cell(value)
    assert not shown.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert cell(5) == 5
    assert cell(-5) == -5


def test_what_does_not_fit_is_cut_and_said(tmp_path: Path) -> None:
    with Spool(tmp_path / "spool.db", Bounds(nodes=2, relations=1)) as spool:
        fill(spool)
        assert spool.counts["nodes"] == 2
        assert spool.is_full
        assert spool.is_cut
        assert spool.withheld == 7
        spool.add(Piece(withheld=None))
        assert spool.withheld is None
