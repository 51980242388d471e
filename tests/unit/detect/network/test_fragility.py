"""What a cluster hangs on: the engine's own answer, run again without the identifier."""

from __future__ import annotations

import pytest
from hypothesis import given

from detect.network import corroboration
from detect.network.clustering import Clustering
from detect.network.engines import ENGINES
from detect.network.fragility import Fragility, FragilityLimits, Rule, study
from detect.network.incidence import Incidence
from tests.unit.detect.network.shapes import KINDS, PAYEE, PHONE, Link, hold, incidence, link_lists

RULES: dict[str, Rule] = {"corroboration": corroboration.cluster}


def studied(given_links: Incidence, **limits: int) -> tuple[Clustering, dict[int, Fragility]]:
    found = corroboration.cluster(given_links)
    bounds = FragilityLimits(**limits)
    return found, study(given_links, found, range(found.count), RULES, bounds)


def without(given_links: Incidence, *names: str) -> Incidence:
    return given_links.without_hubs(frozenset(names))


def test_a_member_that_hangs_on_one_identifier_is_named() -> None:
    links = incidence(
        *hold("abcd", "p"),
        *hold("abcd", "q"),
        *hold("abcd", "r"),
        *hold("cde", "s"),
        *hold("abe", "t"),
    )
    (found,) = studied(links)[1].values()
    assert found.is_verified
    assert {loss.identifier_id: loss.dropped for loss in found.losses} == {"s": ("e",), "t": ("e",)}
    assert not any(loss.is_split for loss in found.losses)
    assert (found.identifiers, found.tried) == (5, 5)


def test_without_its_bridge_a_cluster_falls_in_two() -> None:
    links = incidence(
        *hold("abc", "p"), *hold("abc", "q"), *hold("def", "r"), *hold("def", "s"),
        *hold("cd", "bridge", PAYEE),
    )  # fmt: skip
    (found,) = studied(links)[1].values()
    (split,) = [loss for loss in found.losses if loss.is_split]
    assert split.identifier_id == "bridge"
    assert split.dropped in {("a", "b", "c"), ("d", "e", "f")}
    assert "bridge" in found.smallest


def test_the_smallest_explanation_leaves_out_what_is_not_needed() -> None:
    links = incidence(*(link for name in "pqrstu" for link in hold("abcd", name)))
    (found,) = studied(links)[1].values()
    assert found.losses == ()
    assert len(found.smallest) == 2
    assert found.is_irreducible


def test_a_bystander_with_a_network_of_its_own_does_not_spoil_the_answer() -> None:
    links = incidence(
        *hold("abc", "p"), *hold("abc", "q"), *hold("cx", "r"),
        *hold("xyz", "v"), *hold("xyz", "w"),
    )  # fmt: skip
    found, studies = studied(links)
    assert found.count == 2
    assert all(each.is_verified and set(each.smallest) in ({"p", "q"}, {"v", "w"})
               for each in studies.values())  # fmt: skip


def test_holders_outside_count_as_they_do_for_the_engine() -> None:
    """Twenty strangers hold `q`, too many for the engine: it ties nobody, in the region neither."""
    strangers = [Link(f"stranger{at}", "q") for at in range(20)]
    links = incidence(*hold("abc", "p"), *hold("abc", "q"), *hold("abc", "r"), *strangers)
    (found,) = studied(links)[1].values()
    assert set(found.smallest) == {"p", "r"}


def test_bounds_are_kept_and_said() -> None:
    links = incidence(*(link for name in "pqrstu" for link in hold("abcd", name)))
    (found,) = studied(links, max_tried=2, max_runs=1)[1].values()
    assert (found.tried, found.identifiers) == (2, 6)
    assert not found.is_irreducible
    (found,) = studied(links, max_links=3)[1].values()
    assert not found.is_verified


def test_a_rule_that_does_not_give_the_cluster_back_claims_nothing() -> None:
    links = incidence(*hold("abcd", "p"), *hold("abcd", "q"))

    def never(given_links: Incidence) -> Clustering:
        return corroboration.cluster(without(given_links, ""))  # every name is blank in a region

    found = corroboration.cluster(links)
    (claimed,) = study(links, found, [0], {"never": never}).values()
    assert claimed == Fragility("never", identifiers=2, region=claimed.region)
    (claimed,) = study(links, found, [0], {"never": never, **RULES}).values()
    assert (claimed.rule, claimed.is_verified) == ("corroboration", True)


@given(link_lists())
def test_every_claim_holds_in_the_whole_world_too(drawn: list[Link]) -> None:
    """The regions of all clusters run side by side; the answers are those of the whole, alone."""
    links = incidence(*drawn)
    found, studies = studied(links)
    for cluster, said in studies.items():
        members = found.members(cluster).tolist()
        assert said.is_verified
        lost = {loss.identifier_id: loss for loss in said.losses}
        shared = {
            name
            for at, name in enumerate(links.identifiers)
            if len({m for m, i in zip(links.merchant, links.identifier, strict=True)
                    if i == at and m in members}) >= 2
        }  # fmt: skip
        assert said.tried == len(shared)
        for name in shared:
            again = corroboration.cluster(without(links, name)).label[members]
            is_whole = again.min() >= 0 and again.min() == again.max()
            assert is_whole == (name not in lost)
        for left_out in [None, *said.smallest]:
            kept = set(said.smallest) - {left_out}
            again = corroboration.cluster(without(links, *(shared - kept))).label[members]
            is_whole = again.min() >= 0 and again.min() == again.max()
            assert is_whole == (left_out is None)
        assert said.is_irreducible


@pytest.mark.parametrize("engine", ["best", "deep", "corroboration"])
def test_every_engine_can_be_asked(engine: str) -> None:
    names = "abcdefgh"
    crowd = [Link(f"m{at}", f"{kind.name}{at}", kind) for at in range(2_000) for kind in KINDS]
    links = incidence(*crowd, *(link for name in "pqrstu" for link in hold(names, name)))
    rules = {engine: ENGINES[engine], **RULES}
    (found,) = study(links, ENGINES[engine](links), [0], rules).values()
    assert found.is_verified
    assert found.smallest


def test_a_cluster_whose_region_is_as_it_was_is_not_asked_again() -> None:
    asked: list[int] = []

    def counted(given_links: Incidence) -> Clustering:
        asked.append(given_links.merchant.size)
        return corroboration.cluster(given_links)

    def again(links: Incidence, known: dict[str, Fragility]) -> Fragility:
        found = corroboration.cluster(links)
        asked.clear()
        (told,) = study(links, found, [0], {"corroboration": counted}, studied=known).values()
        return told

    crowd = [Link(f"m{at}", f"own{at}", PHONE) for at in range(1_000)]
    group = [*hold("abcd", "p"), *hold("abcd", "q"), *hold("abc", "r"), *crowd]
    first = again(incidence(*group), {})
    assert asked
    assert first.region
    known = {first.region: Fragility.from_dict(first.to_dict(), first.region)}
    assert again(incidence(*group, *hold("xyz", "elsewhere")), known) == first
    assert not asked, "a shop in another town changes nothing"
    for changed in ([*group, *hold("e", "r")], group[1:], [*group, *hold("cd", "s")]):
        again(incidence(*changed), known)
        assert asked


def test_a_market_is_counted_to_two_digits() -> None:
    """So that a new shop does not undo every study."""
    crowd = [Link(f"m{at}", f"own{at}", PHONE) for at in range(996)]
    group = [*hold("abcd", "p"), *hold("abcd", "q")]
    regions = set()
    for extra in (0, 3, 60):
        links = incidence(*group, *crowd, *(Link(f"n{at}", "hub", PHONE) for at in range(extra)))
        found = corroboration.cluster(links)
        regions.add(study(links, found, [0], RULES)[0].region)
    assert len(regions) == 2
