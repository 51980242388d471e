"""The pure parts that several detectors share: likeness of texts, holders, chance, evidence."""

from __future__ import annotations

import math
from datetime import date
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detect.detectors.d06_shell_farm import busiest_window
from detect.detectors.d10_report_conflict import agrees
from detect.detectors.d12_lab_unqualified import standard_number
from detect.detectors.d24_recalled_batch import production_window
from detect.detectors.evidence import gather
from detect.detectors.holders import independent_groups, median_likeness, rarity
from detect.detectors.hypergeometric import log10_tail
from detect.detectors.likeness import is_model_covered, same_copy, same_firm, same_model

IDS = st.integers(0, 9).map(str)
HOLDERS = st.lists(
    st.fixed_dictionaries({"id": IDS, "ties": st.lists(IDS, max_size=2)}), min_size=1, max_size=9
)


@given(HOLDERS)
def test_groups_part_the_holders(holders: list[dict[str, object]]) -> None:
    groups = independent_groups(holders)
    ids = [h["id"] for group in groups for h in group]
    assert sorted(ids, key=str) == sorted({h["id"] for h in holders}, key=str)


@given(HOLDERS, st.randoms())
def test_groups_do_not_depend_on_order(holders: list[dict[str, object]], random: object) -> None:
    shuffled = list(holders)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    def shape(given_holders: list[dict[str, object]]) -> list[list[object]]:
        return [[h["id"] for h in group] for group in independent_groups(given_holders)]

    assert shape(shuffled) == shape(holders)


@given(HOLDERS)
def test_a_tie_never_makes_more_groups(holders: list[dict[str, object]]) -> None:
    untied = [{**h, "ties": []} for h in holders]
    assert len(independent_groups(holders)) <= len(independent_groups(untied))


def test_unknown_goods_are_not_alike() -> None:
    known, unknown = {"id": "1", "classes": ["a"]}, {"id": "2", "classes": [None]}
    assert median_likeness([[known], [unknown]]) == 0
    assert median_likeness([[known], [known]]) == 1


@given(st.integers(1, 100_000), st.integers(2, 100_000))
def test_rarity_is_a_share(holders: int, subjects: int) -> None:
    assert 0 <= rarity(holders, subjects) <= 1
    assert rarity(holders, subjects) >= rarity(holders + 1, subjects)


@given(st.data())
def test_tail_is_the_exact_sum(data: st.DataObject) -> None:
    population = data.draw(st.integers(1, 40))
    marked = data.draw(st.integers(0, population))
    draws = data.draw(st.integers(0, population))
    hits = data.draw(st.integers(0, min(draws, marked)))
    ways = sum(
        comb(marked, i) * comb(population - marked, draws - i)
        for i in range(hits, min(draws, marked) + 1)
    )
    exact = float(Fraction(ways, comb(population, draws)))
    assert 10 ** log10_tail(hits, draws, marked, population) == pytest.approx(exact, rel=1e-9)


def test_tail_far_below_the_smallest_float() -> None:
    exact = -math.log10(comb(100_000, 300))
    assert log10_tail(300, 300, 300, 100_000) == pytest.approx(exact, rel=1e-9)
    assert log10_tail(5, 4, 3, 10) == -math.inf
    with pytest.raises(ValueError, match="impossible"):
        log10_tail(1, 2, 30, 10)


@pytest.mark.parametrize(
    ("model", "listed", "is_covered"),
    [
        ("PB-10000", "PB-10000；PB-20000", True),
        ("ＰＢ－10000", "PB-10000", True),
        ("pb 10000", "PB-10000", True),
        ("PB-10000-B", "PB-10000", True),
        ("PB-10000B", "PB-10000", True),
        ("PB-100000", "PB-10000", False),
        ("PB-1000", "PB-10000", False),
        ("PB-10000-PRO-MAX", "PB-10000", False),
        ("ZX-1", "ZX系列", True),
        ("ZX-1", "ZX*", True),
        ("YX-1", "ZX系列；ZX*", False),
        ("PB", "PB-10000", False),
        ("PB-10000", "PB", False),
    ],
)
def test_models(model: str, listed: str, is_covered: bool) -> None:
    assert is_model_covered(model, listed) is is_covered


@given(st.text(alphabet="ABC0123-； 系列*充电", min_size=1, max_size=20))
def test_a_model_list_covers_each_of_its_models(listed: str) -> None:
    for entry in listed.split("；"):
        if any(c.isalnum() for c in entry):
            assert is_model_covered(entry, listed)


@given(st.text(max_size=20), st.text(max_size=20))
def test_likeness_is_symmetric(a: str, b: str) -> None:
    assert same_copy(a, b) == same_copy(b, a)
    assert same_model(a, b) == same_model(b, a)
    assert same_copy(a, a)


def test_firms() -> None:
    assert same_firm("上海甲（电子）有限公司", "上海甲(电子) 有限责任公司")
    assert not same_firm("上海甲有限公司", "上海甲股份有限公司")
    assert not same_firm(None, None)
    assert not agrees("client", "上海甲商贸有限公司", "上海乙电子有限公司")


@pytest.mark.parametrize(
    ("standard", "number"),
    [
        ("GB 31241-2022", "GB31241"),
        ("GB/T 35590—2017", "GBT35590"),
        ("IEC 62133-2:2017", "IEC621332"),
        ("IEC 62133-2", "IEC621332"),
        ("GB 4943.1", "GB49431"),
    ],
)
def test_standards_without_edition(standard: str, number: str) -> None:
    assert standard_number(standard) == number


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("2024年5月至2024年8月", ("2024-05-01", "2024-08-31")),
        ("2024.02", ("2024-02-01", "2024-02-29")),
        ("2024-05-03 – 2024-06-01", ("2024-05-03", "2024-06-01")),
        ("2024-13", None),
        ("2024-02-31", None),
        ("unknown", None),
        (None, None),
    ],
)
def test_production_windows(text: str | None, window: tuple[str, str] | None) -> None:
    assert production_window(text) == window


@given(st.lists(st.integers(0, 400), min_size=1, max_size=30), st.integers(1, 120))
def test_busiest_window_is_no_smaller_than_any_other(days: list[int], window_d: int) -> None:
    firms = [
        {"id": str(at), "registered_on": date.fromordinal(736_000 + day).isoformat()}
        for at, day in enumerate(days)
    ]
    best = busiest_window(firms, window_d)
    most = max(sum(start <= day < start + window_d for day in days) for start in days)
    assert len(best.firms) == most
    assert best.outside == len(days) - most


def test_evidence_is_sorted_and_without_repeats() -> None:
    part = {"records": ["b", "a"], "regions": ["330000"]}
    seen = gather(["y", "x", "y"], [part, part], [{"records": None}])
    assert (seen.input_ids, seen.input_records, seen.regions) == (
        ("x", "y"), ("a", "b"), ("330000",),
    )  # fmt: skip
