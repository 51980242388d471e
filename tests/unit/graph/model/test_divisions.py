from __future__ import annotations

import csv
import gzip
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model import divisions

COMPANIES = Path(__file__).resolve().parents[5] / "shared/data/companies/companies_2019.csv.gz"
_CODES = st.sampled_from(sorted(divisions.histories()))


def test_names_and_lines() -> None:
    assert divisions.name("330106") == "西湖区"
    assert divisions.full_name("330106") == "浙江省杭州市西湖区"
    assert divisions.parent("330106") == "330100"
    assert divisions.province_of("330106") == "330000"


def test_municipalities_and_counties_without_a_prefecture() -> None:
    assert divisions.full_name("110108") == "北京市海淀区"
    assert divisions.city_of("110108") == "110000"
    assert divisions.parent("429004") == "420000"
    assert divisions.city_of("429004") is None


def test_abolished_codes_stay_and_point_to_their_successors() -> None:
    old = divisions.get("330104")
    assert old is not None
    assert old.valid_to is not None
    assert divisions.current("330104") == "330102"  # 江干 became part of 上城 in 2021
    assert divisions.current("310119") == "310115"  # 南汇 of 浦东 in 2009
    assert divisions.current("341421") == "340124"  # 庐江 changed its city in 2011
    assert [span.name for span in divisions.histories()["371700"]] == ["荷泽市", "菏泽市"]


def test_unknown_codes_are_answered_with_nothing() -> None:
    assert divisions.name("540195") is None
    assert divisions.full_name("540195") is None
    assert divisions.province_of("990000") is None
    assert divisions.current("149900") == "149900"
    assert divisions.province_of("149900") == "140000"


def test_a_code_has_the_name_of_its_day() -> None:
    before, after = divisions.histories()["371700"]
    assert after.valid_from is not None
    assert divisions.on("371700", date(2002, 1, 1)) == before
    assert divisions.on("371700", after.valid_from) == after
    assert divisions.on("310119", date(2008, 6, 1)) == divisions.get("310119")
    assert divisions.on("310119", date(2012, 6, 1)) is None
    assert divisions.on("540195", date(2012, 6, 1)) is None


@given(_CODES, st.dates(date(2003, 1, 1), date(2030, 1, 1)))
def test_a_name_of_a_day_is_one_of_the_codes(code: str, day: date) -> None:
    found = divisions.on(code, day)
    spans = divisions.histories()[code]
    if found is None:
        assert spans[-1].valid_to or spans[0].valid_from
    else:
        assert found in spans
        assert found.valid_from is None or found.valid_from <= day


def test_find() -> None:
    found = [hit.code for hit in divisions.find("西湖")]
    assert found == ["330106", "360103", "420112"]
    assert divisions.find("荷泽")[0].code == "371700"
    assert divisions.find("") == ()
    assert divisions.find("不存在") == ()


@given(_CODES)
def test_every_line_ends_in_a_province(code: str) -> None:
    seen = [code]
    while (above := divisions.parent(seen[-1])) is not None:
        seen.append(above)
    assert seen[-1] == divisions.province_of(code)
    assert len(seen) <= 3


@given(_CODES)
def test_successors_are_in_force(code: str) -> None:
    spans = divisions.histories()[code]
    today = divisions.get(divisions.current(code))
    assert today is not None
    if spans[-1].successor:
        assert spans[-1].valid_to is not None
        assert today.valid_to is None


@pytest.mark.real_data
@pytest.mark.skipif(not COMPANIES.exists(), reason="no company register beside the checkout")
def test_coverage_of_real_registrations() -> None:
    with gzip.open(COMPANIES, "rt", encoding="utf-8", newline="") as handle:
        codes = [row["uscc"][2:8] for row in csv.DictReader(handle)]
    known = sum(divisions.name(code) is not None for code in codes)
    assert known / len(codes) > 0.93
