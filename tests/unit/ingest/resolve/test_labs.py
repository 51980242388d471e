"""Test labs: names, seats and certificate numbers."""

from __future__ import annotations

import pytest

from ingest.resolve import labs
from ingest.resolve.decisions import Proposal
from ingest.resolve.labs import LABS
from ingest.resolve.proposals import propose
from ingest.resolve.records import Subject

HANGZHOU, NINGBO = "330100", "330200"
CORES = ("金鼎", "瑞祥", "宏通", "华测", "中诚", "国信", "安普", "嘉源", "世标", "天衡")
CROWD = [
    Subject(f"TestLab:C{at}", f"{city}{core}检测技术有限公司", None, code)
    for at, core in enumerate(
        ["金鼎", "瑞祥", "宏通", "华测", "中诚", "国信", "安普", "嘉源", "世标", "天衡"]
    )
    for city, code in (("杭州", HANGZHOU), ("宁波", NINGBO), ("温州", "330300"))
]


def lab(key: str, name: str, division: str | None = HANGZHOU, **numbers: str) -> Subject:
    return Subject(f"TestLab:{key}", name, None, division, codes=frozenset(numbers.items()))


def between(one: Subject, other: Subject) -> Proposal | None:
    found = propose([*CROWD, one, other], None, LABS)
    pairs = [each for each in found.proposals if {each.a, each.b} == {one.id, other.id}]
    return pairs[0] if pairs else None


OWN = lab("A", "杭州启明检测技术有限公司", cma="201100340123", cnas="CNASL12345")


@pytest.mark.parametrize(
    "other",
    [
        lab("B", "启明检测技术有限责任公司"),
        lab("B", "杭州啟明檢測技術有限公司"),
        lab("B", "杭州启明检测技术有限公司", None, cma="261100340123"),  # renewed
        lab("B", "杭州启明检测技术有限公司", None, cnas="CNASL12346"),  # one slip
        lab("B", "启明检测", None, cma="201100340123"),  # the number itself
    ],
)
def test_one_lab_under_another_name(other: Subject) -> None:
    found = between(OWN, other)
    assert found is not None
    assert found.verdict == "same"


@pytest.mark.parametrize(
    "other",
    [
        lab("B", "杭州启明检测技术有限公司", None),  # nothing but a name
        lab("B", "杭州启明检测技术有限公司", cnas="CNASL98765"),  # a number of its own
        lab("B", "宁波启明检测技术有限公司", NINGBO),  # a sister in another city
        lab("B", "杭州启明检测技术有限公司滨江分公司"),
        lab("B", "杭州祁明检测技术有限公司"),  # sounds the same
        lab("B", "杭州启明商贸有限公司"),
    ],
)
def test_nothing_is_decided_without_a_person(other: Subject) -> None:
    found = between(OWN, other)
    assert found is None or found.verdict == "unsure"


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("201100340123", "261100340123", "renewed"),
        ("201100340123", "201100340128", "one_slip"),
        ("201100340123", "201200990456", "other"),
    ],
)
def test_levels_of_cma_numbers(one: str, other: str, level: str) -> None:
    comparison = next(each for each in labs.COMPARISONS if each.name == "cma")
    assert (
        comparison.levels[labs.cma(one, other)] == level == comparison.levels[labs.cma(other, one)]
    )
