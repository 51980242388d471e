"""Labs belong together by two kinds of evidence, never by one; and only labs with faults of their own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from detect.detectors.wording import explanation
from detect.lab_communities import (
    LabTraces,
    Trace,
    communities,
    evidence_between,
    find_lab_communities,
)
from graph.model.findings import Finding

KINDS = ("clients", "company", "hosts", "templates")


def lab(name: str, served: int = 4, **keys: str) -> LabTraces:
    """A lab that served so many clients; each letter of a kind's word is one key."""
    traces = {
        kind: tuple(
            Trace(
                f"{kind}:{key}",
                (f"r-{name}-{key}",),
                ("330000",),
                "Cluster:1" if kind == "clients" else "",
            )
            for key in word
        )
        for kind, word in keys.items()
    }
    return LabTraces(f"TestLab:{name}", name, served, traces, (f"r-{name}",), ("000000",))


def told(*labs: LabTraces, suspected: str = "abcdefg") -> list[tuple[str, ...]]:
    found = communities(labs, {f"TestLab:{each}" for each in suspected})
    return [tuple(s.partition(":")[2] for s in each.subject_ids) for each in found]


def test_two_kinds_of_evidence_tie_and_one_does_not() -> None:
    assert told(lab("a", hosts="x"), lab("b", hosts="xyz")) == []
    assert told(lab("a", hosts="x", company="p"), lab("b", hosts="x", company="p")) == [("a", "b")]
    assert told(lab("a", hosts="xy", company="p"), lab("b", hosts="xy", company="q")) == []


def test_clients_count_only_where_networks_are_what_the_lab_lives_by() -> None:
    bad = {"clients": "mn", "templates": "t"}
    assert told(lab("a", 4, **bad), lab("b", 4, **bad)) == [("a", "b")]
    assert told(lab("a", 4, **bad), lab("b", 40, **bad)) == [], "a big lab has clients of all sorts"
    one = {"clients": "m", "templates": "t"}
    assert told(lab("a", 2, **one), lab("b", 2, **one)) == [], "one client in common is chance"


def test_a_community_needs_one_that_is_suspected_of_selling() -> None:
    pair = (lab("a", hosts="x", company="p"), lab("b", hosts="x", company="p"))
    assert told(*pair, suspected="") == []
    assert told(*pair, suspected="b") == [("a", "b")]


def test_ties_chain_and_communities_stay_apart() -> None:
    labs = (
        lab("a", hosts="x", company="p"),
        lab("b", hosts="x", company="pq", templates="t"),
        lab("c", company="q", templates="t"),
        lab("d", hosts="z", templates="u"),
        lab("e", hosts="z", templates="u"),
    )
    assert told(*labs) == [("a", "b", "c"), ("d", "e")]


def test_the_finding_says_what_it_rests_on_and_accuses_nobody() -> None:
    labs = [lab("a", clients="mn", company="p"), lab("b", clients="mn", company="p")]
    (found,) = communities(labs, {"TestLab:a"})
    assert not found.is_violation
    assert (found.value, found.values["clients"], found.values["networks"]) == (2, 2, "Cluster:1")
    assert {"r-a-m", "r-b-n", "r-a-p", "r-a", "r-b"} <= set(found.input_records)
    assert found.regions == ("000000", "330000")
    assert "clients:m" in found.input_ids
    for lang in ("zh", "en"):
        said = explanation("LABS", found.values, lang)
        assert "lab_" not in said
        assert "{" not in said


def test_without_two_labs_at_fault_the_store_is_not_asked() -> None:
    def run(*_: object, **__: object) -> list[dict[str, object]]:
        raise AssertionError("asked")

    fault = Finding("D12", 1, 5, ("TestLab:a", "Merchant:m"), 1, 1, "", {}, (), (), (), True)
    copied = Finding("D9", 1, 5, ("TestLab:b",), 1, 1, "", {}, (), (), (), True)
    assert find_lab_communities(run, "2025-10-01", (), [fault, copied], {}) == []


_LABS = st.lists(
    st.builds(
        lambda at, served, words: lab(f"{at}", served, **dict(zip(KINDS, words, strict=True))),
        st.integers(0, 9),
        st.integers(1, 12),
        st.tuples(*[st.text("pqr", max_size=3).map(lambda w: "".join(sorted(set(w))))] * 4),
    ),
    max_size=7,
    unique_by=lambda each: each.lab,
)


@given(_LABS)
def test_evidence_is_mutual_and_order_says_nothing(labs: list[LabTraces]) -> None:
    for one in labs:
        for other in labs:
            assert evidence_between(one, other).keys() == evidence_between(other, one).keys()
    suspected = {each.lab for each in labs}
    said = communities(labs, suspected)
    assert communities(labs[::-1], suspected) == said
    members = [subject for each in said for subject in each.subject_ids]
    assert len(members) == len(set(members))
    assert all(each.value >= 2 and len(each.subject_ids) >= 2 for each in said)
