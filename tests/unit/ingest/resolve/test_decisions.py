"""What may be joined and what may not: one company in several spellings, and every trap."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.resolve.decisions import Settled, strong_keys
from ingest.resolve.proposals import Proposals, propose
from ingest.resolve.records import MAX_HOLDERS, Subject

CODE, OTHER_CODE = "91350100M000100Y43", "91310117MA1J3AJ43G"
HOME = "浙江省杭州市西湖区文三路100号3幢1402室"
AWAY = "上海市闵行区元江路525号2号楼219室"

COMPANY = Subject(
    "Merchant:1",
    "杭州宏达电子科技有限公司",
    CODE,
    phones=frozenset({"Phone:own"}),
    people=frozenset({"Person:boss"}),
    addresses=(HOME,),
)
COPY = replace(COMPANY, id="Merchant:2", uscc=None)


def crowd(count: int = 60) -> list[Subject]:
    """Companies that have nothing to do with each other, so that frequencies mean something."""
    firsts, seconds = "金鑫隆盛源泰顺通恒瑞", "丰华兴诚德嘉和信安康"
    roads = ("体育场路", "凤起路", "庆春路", "解放路", "环城北路", "天目山路")
    return [
        Subject(
            f"Merchant:crowd{at}",
            f"杭州{firsts[at % 10]}{seconds[at // 10]}{'商贸' if at % 2 else '科技'}有限公司",
            phones=frozenset({f"Phone:c{at}"}),
            people=frozenset({f"Person:c{at}"}),
            addresses=(f"浙江省杭州市下城区{roads[at % 6]}{at + 1}号",),
        )
        for at in range(count)
    ]


def verdict(one: Subject, other: Subject, beside: Sequence[Subject] = ()) -> str | None:
    """What is proposed for two subjects in a crowd; None for nothing."""
    found = propose([one, other, *beside, *crowd()])
    return said(found, one, other)


def said(found: Proposals, one: Subject, other: Subject) -> str | None:
    pair = tuple(sorted((one.id, other.id)))
    return next((each.verdict for each in found.proposals if (each.a, each.b) == pair), None)


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "杭州宏達電子科技有限責任公司"},
        {"name": "宏达电子科技（杭州）有限公司"},
        {"name": "宏达电子科技", "people": frozenset()},
        {"addresses": ("杭州市西湖区文三路100号3号楼1402",), "phones": frozenset({"Phone:new"})},
        {"addresses": (), "people": frozenset()},
        {"addresses": (AWAY,)},
        {"name": "杭州宏大电子科技有限公司"},
    ],
)
def test_one_company_under_another_spelling(changed: dict[str, object]) -> None:
    assert verdict(COMPANY, replace(COPY, **changed)) == "same"  # type: ignore[arg-type]


ALONE = {"phones": frozenset[str](), "people": frozenset[str](), "addresses": ()}

TRAPS: dict[str, Subject] = {
    "name only": replace(COPY, **ALONE),  # type: ignore[arg-type]
    "telephone only": replace(COPY, name="瑞祥服装厂", people=frozenset(), addresses=()),
    "address only": replace(COPY, name="瑞祥服装厂", people=frozenset(), phones=frozenset()),
    "person only": replace(COPY, name="瑞祥服装厂", phones=frozenset(), addresses=()),
    "another firm of the same boss at the same place": replace(COPY, name="杭州瑞祥服装有限公司"),
    "a firm of the same boss, one character apart": replace(COPY, name="杭州宏通电子科技有限公司"),
    "two codes": replace(COPY, uscc=OTHER_CODE),
    "branch": replace(COPY, name="杭州宏达电子科技有限公司滨江分公司"),
    "group": replace(COPY, name="杭州宏达电子科技集团有限公司", uscc=OTHER_CODE),
    "joint-stock company of the same name": replace(COPY, name="杭州宏达电子科技股份有限公司"),
    "declared subsidiary": replace(COPY, parents=frozenset({COMPANY.id})),
    "homonym in another city": replace(
        COPY,
        name="上海宏达电子科技有限公司",
        phones=frozenset({"Phone:x"}),
        people=frozenset({"Person:x"}),
        addresses=(AWAY,),
    ),
    "homonym that leaves out the city": replace(
        COPY, name="宏达电子科技有限公司", phones=frozenset(), people=frozenset(), addresses=(AWAY,)
    ),
    "imitation by sound": replace(
        COPY,
        name="杭州鸿达电子科技有限公司",
        phones=frozenset({"Phone:x"}),
        people=frozenset({"Person:x"}),
        addresses=("浙江省杭州市西湖区古墩路9号",),
    ),
    "empty address": replace(COPY, name="瑞祥服装厂", **{**ALONE, "addresses": ("",)}),  # type: ignore[arg-type]
    "address that stops at its district": replace(
        COPY, name="瑞祥服装厂", **{**ALONE, "addresses": ("浙江省杭州市西湖区",)}  # type: ignore[arg-type]
    ),
}  # fmt: skip


@pytest.mark.parametrize("trap", TRAPS)
def test_no_trap_is_joined(trap: str) -> None:
    assert verdict(COMPANY, TRAPS[trap]) != "same"


@pytest.mark.parametrize("trap", ["two codes", "branch", "declared subsidiary"])
def test_what_is_certain_to_be_two_is_not_even_asked(trap: str) -> None:
    assert verdict(COMPANY, TRAPS[trap]) is None


def test_an_agencys_telephone_backs_nobody() -> None:
    agency = frozenset({"Phone:agency"})
    clients = [replace(each, phones=agency) for each in crowd(MAX_HOLDERS + 1)]
    company = replace(COMPANY, phones=agency, people=frozenset(), addresses=())
    copy = replace(company, id="Merchant:2", uscc=None)
    found = propose([company, copy, *clients])
    assert said(found, company, copy) != "same"
    assert found.of("same") == []


def test_firms_of_a_cluster_registration_address_stay_many() -> None:
    firms = [replace(each, addresses=(HOME,)) for each in crowd()]
    assert propose(firms).of("same") == []


def test_a_subject_that_fits_two_companies_joins_neither() -> None:
    """A shop says only 宏达电子科技 and the boss's telephone; he has two firms of that name."""
    sister = replace(COMPANY, id="Merchant:3", name="杭州宏达电子科技股份有限公司", uscc=OTHER_CODE)
    shop = replace(COPY, name="杭州宏达电子科技")
    found = propose([COMPANY, sister, shop, *crowd()])
    assert "same" not in {said(found, COMPANY, shop), said(found, sister, shop)}


def test_no_chain_holds_two_codes() -> None:
    other = replace(COMPANY, id="Merchant:9", uscc=OTHER_CODE)
    found = propose([COMPANY, other, COPY, replace(COPY, id="Merchant:4"), *crowd()])
    joined = {end for each in found.of("same") for end in (each.a, each.b)}
    assert not {COMPANY.id, other.id} <= joined


def test_a_person_has_parted_two_and_no_third_joins_them() -> None:
    third = replace(COPY, id="Merchant:3")
    first = replace(COMPANY, uscc=None)
    settled = Settled(different=frozenset({(first.id, COPY.id)}))
    found = propose([first, COPY, third, *crowd()], settled)
    assert said(found, first, COPY) is None
    assert len(found.of("same")) == 1
    assert {each.reason for each in found.of("unsure")} >= {"parted"}


def test_strong_keys_and_a_key_that_stands_beside_two_codes() -> None:
    def coded(at: int, uscc: str | None, *codes: tuple[str, str]) -> Subject:
        return Subject(f"Merchant:{at}", "甲", uscc, codes=frozenset(codes))

    found, disputed = strong_keys(
        [
            coded(1, CODE, ("registration_no", "110108000000016")),
            coded(2, CODE),
            coded(3, None, ("organisation", CODE[8:17])),
            coded(4, None, ("registration_no", "110108000000016")),
            coded(5, OTHER_CODE, ("registration_no", "330100000000011")),
            coded(6, CODE, ("registration_no", "330100000000011")),
        ]
    )
    assert {(each.a[-1], each.b[-1], each.rule) for each in found} == {
        ("1", "2", "organisation"),
        ("1", "3", "organisation"),
        ("1", "4", "registration_no"),
        ("1", "6", "organisation"),
    }
    assert disputed == [("registration_no", "330100000000011")]


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 999))
def test_the_order_of_the_subjects_does_not_matter(seed: int) -> None:
    subjects = [COMPANY, COPY, TRAPS["branch"], replace(TRAPS["group"], id="Merchant:5"), *crowd()]
    subjects[2] = replace(subjects[2], id="Merchant:4")
    shuffled = random.Random(seed).sample(subjects, len(subjects))
    assert propose(shuffled) == propose(subjects)


def test_one_subject_or_none_is_no_question() -> None:
    assert propose([]).proposals == ()
    assert propose([COMPANY]).proposals == ()
