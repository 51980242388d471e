"""Names taken apart: the parts, spellings of one name, and what is a branch."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.resolve import names

HANGZHOU = frozenset({"330100"})


def parts(raw: str) -> tuple[frozenset[str], str, str, str, str]:
    found = names.parse(raw)
    return found.regions, found.core, found.trade, found.form, found.branch


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("杭州宏达电子科技有限公司", (HANGZHOU, "宏达", "电子科技", "limited", "")),
        ("宏达电子科技（杭州）有限公司", (HANGZHOU, "宏达", "电子科技", "limited", "")),
        ("杭州市宏达电子科技股份有限公司", (HANGZHOU, "宏达", "电子科技", "joint_stock", "")),
        ("浙江省杭州市宏达商行", (HANGZHOU, "宏达", "", "shop", "")),
        ("宏达贸易", (frozenset(), "宏达", "贸易", "", "")),
        ("中山建材商行", (frozenset(), "中山", "建材", "shop", "")),
        ("宏远投资合伙企业（有限合伙）", (frozenset(), "宏远", "投资", "partnership", "")),
        ("一品石业有限公司", (frozenset(), "一品", "石业", "limited", "")),
        ("Yunling Tech Co., Ltd.", (frozenset(), "yunlingtech", "", "limited", "")),
    ],
)
def test_parts(raw: str, expected: tuple[frozenset[str], str, str, str, str]) -> None:
    assert parts(raw) == expected


@pytest.mark.parametrize(
    "other",
    [
        "杭州宏达电子科技有限责任公司",
        "杭州宏達電子科技有限公司",
        "杭州 宏达电子科技 有限公司",
        "杭州市宏达电子科技有限公司",
        "宏达电子科技(杭州)有限公司",
        "杭州宏达电子科技有限公司\u200b",
    ],
)
def test_spellings_of_one_name(other: str) -> None:
    assert parts(other) == parts("杭州宏达电子科技有限公司")


@pytest.mark.parametrize(
    ("raw", "branch"),
    [
        ("杭州宏达电子科技有限公司滨江分公司", "滨江分公司"),
        ("杭州宏达电子科技有限公司第三分公司", "第3分公司"),
        ("东港市德鑫堂医药连锁有限公司大顶子店", "大顶子店"),
        ("光彩塑料厂杭州分公司", "杭州分公司"),
        ("宏达商行", ""),
        ("杭州企业管理咨询有限公司", ""),
        ("宏远投资合伙企业（有限合伙）", ""),
    ],
)
def test_branches(raw: str, branch: str) -> None:
    assert names.parse(raw).branch == branch


def test_homophones_sound_the_same_and_are_written_otherwise() -> None:
    one, other = names.parse("宏达科技有限公司"), names.parse("鸿达科技有限公司")
    assert one.core_sound == other.core_sound == "hong da"
    assert one.core != other.core


def test_regions_that_can_be_one() -> None:
    zhejiang, xihu, shanghai = frozenset({"330000"}), frozenset({"330106"}), frozenset({"310000"})
    assert names.may_be_one_region(zhejiang, HANGZHOU)
    assert names.may_be_one_region(xihu, HANGZHOU)
    assert names.may_be_one_region(frozenset(), shanghai)
    assert not names.may_be_one_region(HANGZHOU, shanghai)


@given(st.text(max_size=40))
def test_anything_can_be_taken_apart_and_folding_is_idempotent(raw: str) -> None:
    found = names.parse(raw)
    assert len(found.core) + len(found.trade) <= len(found.folded)
    assert names.fold(names.fold(raw)) == names.fold(raw)
