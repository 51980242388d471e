"""What a reader of some regions is shown of a flag, and that hidden parts decide nothing in it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detect.weekly.digest import ClusterFacts, MerchantSaid, ToldWeek, regional, without_withheld
from detect.weekly.digest_text import digest_text
from detect.weekly.flags import Flag
from detect.weekly.parts import WIDER, Part, Told, part_of
from detect.weekly.sources import meet
from tests.unit.detect.weekly.scenes import FIRST

HERE, THERE, NATION = "330000", "310000", "000000"
ALLOWED = frozenset({HERE, NATION})


def link(merchant: str, *regions: str, record: str = "r-here", **said: Any) -> dict[str, Any]:
    return {
        "merchant": merchant,
        "identifier": "Phone:1",
        "relation": "USES_PHONE",
        "first_seen": "2025-10-01",
        "noticed": "2025-10-08",
        "change": "added",
        "records": [record],
        "regions": list(regions),
        **said,
    }


def told(kind: str = "newly_linked", *, other: str = HERE) -> Told:
    """Two clusters of three; `other` is the region of the second."""
    one, two = ["M:a", "M:b", "M:c"], ["M:x", "M:y", "M:z"]
    return Told(
        kind,
        ("Cluster:C-1", "Cluster:C-2"),
        ("M:a", "M:x"),
        tuple(sorted({HERE, other})),
        {
            "merged": True,
            "links": [link("M:a", HERE), link("M:x", other, record="r-other")],
            "sides": [
                {"cluster": "Cluster:C-1", "members": one},
                {"cluster": "Cluster:C-2", "members": two},
            ],
            "explanation": {"label": "explained", "cut": {"links": [link("M:x", other)]}},
            "regions_of": {**{key: [HERE] for key in one}, **{key: [other] for key in two}},
            "sources": {"r-here": [HERE, "2025-10-01"], "r-other": [other, "2025-10-01"]},
        },
    )


def shown(flag: Told, regions: frozenset[str] = ALLOWED, **how: bool) -> Part:
    part = part_of(flag, regions, **how)
    assert part is not None
    return part


def test_who_sees_all_of_it_is_shown_all_of_it() -> None:
    part = shown(told())
    assert (part.kind, part.is_whole) == ("newly_linked", True)
    assert part.values["explanation"]["label"] == "explained"
    assert {"regions_of", "sources"}.isdisjoint(part.values)


def test_of_a_side_elsewhere_nothing_is_said_but_that_there_is_more() -> None:
    part = shown(told(other=THERE))
    assert (part.kind, part.withheld) == (WIDER, 1 + 3)
    assert part.cluster_ids == ("Cluster:C-1",)
    assert part.member_ids == ("M:a",)
    assert part.regions == (HERE,)
    assert set(part.values) == {"links", "sides"}
    said = json.dumps(part.values)
    assert not any(name in said for name in ("M:x", "M:y", "M:z", "C-2", "r-other", THERE))


def test_who_is_not_told_what_is_withheld_is_not_told_of_a_wider_change() -> None:
    assert part_of(told(other=THERE), ALLOWED, is_told_withheld=False) is None
    assert shown(told(), is_told_withheld=False).is_whole


def test_a_part_that_stands_alone_keeps_its_kind() -> None:
    flag = told()
    values = {**flag.values, "links": [*flag.values["links"], link("M:q", THERE)]}
    part = shown(
        replace(flag, values={**values, "regions_of": {**values["regions_of"], "M:q": []}})
    )
    assert (part.kind, part.withheld) == ("newly_linked", 1)
    assert "merged" not in part.values, "that rests on everything"


def test_a_cut_of_which_a_link_is_hidden_is_no_proof() -> None:
    flag = told()
    reason = {"label": "explained", "cut": {"links": [link("M:x", THERE)]}}
    part = shown(replace(flag, values={**flag.values, "explanation": reason}))
    assert part.values["explanation"] == {"label": "withheld"}


def test_a_hidden_record_does_not_date_a_link() -> None:
    flag = told()
    early = link("M:a", HERE, first_seen="2025-01-01", records=["r-here", "r-other"])
    sources = {"r-here": [HERE, "2025-10-01"], "r-other": [THERE, "2025-01-01"]}
    part = shown(replace(flag, values={**flag.values, "links": [early], "sources": sources}))
    (seen,) = part.values["links"]
    assert (seen["records"], seen["first_seen"]) == (["r-here"], "2025-10-01")


def test_a_judgement_on_one_who_is_hidden_is_not_named() -> None:
    flag = told()
    judged = [{"id": "J-1", "by": "王", "regions": [THERE]}, {"id": "J-2", "regions": [HERE]}]
    links = [link("M:a", HERE, judgement="J-1 J-2"), link("M:b", HERE, judgement="J-1")]
    part = shown(replace(flag, values={**flag.values, "links": links, "judgements": judged}))
    assert [each.get("judgement") for each in part.values["links"]] == ["J-2", None]
    assert part.values["judgements"] == [{"id": "J-2"}]


def test_a_flag_that_does_not_say_who_may_see_what_is_all_or_nothing() -> None:
    old = Told("born", (), (), (HERE, THERE), {"links": []})
    assert part_of(old, ALLOWED) is None
    assert shown(old, ALLOWED | {THERE}).is_whole
    assert part_of(replace(old, regions=()), ALLOWED) is None


hidden_links = st.lists(
    st.builds(
        link,
        st.sampled_from(["M:a", "M:x", "M:h1", "M:h2"]),
        st.just(THERE),
        record=st.just("r-hidden"),
    ),
    min_size=1,
    max_size=4,
)


@given(extra=hidden_links, kind=st.sampled_from(["newly_linked", "born", "dissolved"]))
def test_hidden_parts_change_only_how_much_is_withheld(
    extra: list[dict[str, Any]], kind: str
) -> None:
    before = told(kind, other=THERE)
    values: dict[str, Any] = dict(before.values)
    values["links"] = [*extra, *values["links"]]
    names = {each["merchant"] for each in extra if each["merchant"].startswith("M:h")}
    values["regions_of"] = {**values["regions_of"], **{key: [THERE] for key in names}}
    values["sources"] = {**values["sources"], "r-hidden": [THERE, "2020-01-01"]}
    values["sides"] = [{"cluster": "Cluster:C-9", "members": sorted(names)}, *values["sides"]]
    after = replace(
        before,
        values=values,
        member_ids=(*before.member_ids, *sorted(names)),
        cluster_ids=("Cluster:C-9", *before.cluster_ids),
    )
    assert replace(shown(after), withheld=0) == replace(shown(before), withheld=0)


def test_what_two_regions_see_together_is_national_data_and_what_both_have() -> None:
    assert meet([HERE, THERE], [HERE]) == {HERE}
    assert meet([HERE], [THERE]) == frozenset()
    assert meet([NATION], [HERE]) == {HERE}
    assert meet([NATION], [NATION]) == {NATION}


def week(flag: Told, **facts: Any) -> ToldWeek:
    made = Flag(
        flag.kind, FIRST, flag.cluster_ids, flag.member_ids, flag.values, flag.regions, (HERE,)
    )
    return ToldWeek(FIRST, 1, [made], **facts)


CLUSTERS = {
    "Cluster:C-1": ClusterFacts("network", 80, 3, (HERE,)),
    "Cluster:C-2": ClusterFacts("lawful_group", 10, 3, (THERE,)),
}


def test_a_digest_says_of_a_cluster_only_what_its_region_may_know() -> None:
    body = regional(week(told(), clusters=CLUSTERS), HERE)
    (entry,) = body["entries"]
    assert [cluster["label"] for cluster in entry["clusters"]] == ["network", None]
    assert (body["withheld"], body["counts"]) == (0, {"newly_linked": 1})
    other = regional(week(told()), "440000")
    assert (other["entries"], other["withheld"]) == ([], 1)


def test_a_name_is_that_of_the_visible_records() -> None:
    said = (
        ("2025-01-01", "r1", '{"name": "甲"}', HERE),
        ("2025-02-01", "r2", '{"name": "乙"}', THERE),
    )
    merchants = {"M:a": MerchantSaid("乙", (HERE, THERE), said)}
    (entry,) = regional(week(told(), merchants=merchants), HERE)["entries"]
    assert [each["name"] for each in entry["merchants"]] == ["甲", ""]


def test_nothing_hints_at_what_is_withheld_where_that_is_not_told() -> None:
    body = without_withheld(regional(week(told(other=THERE)), HERE))
    assert (body["entries"], body["withheld"], body["counts"]) == ([], None, {})


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("other", [HERE, THERE])
def test_a_digest_reads_in_both_languages(lang: str, other: str) -> None:
    told_week = week(told(other=other), clusters=CLUSTERS, incomplete=("USES_PHONE",))
    said = digest_text(regional(told_week, HERE), lang)
    assert said.startswith("# ")
    assert "{" not in said
    assert ("不完整" if lang == "zh" else "incomplete") in said
    assert ("不是证据" if lang == "zh" else "not evidence") in said
