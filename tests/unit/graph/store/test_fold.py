"""Links of merchants that are one, joined under the first of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from graph.ontology import ontology
from graph.store.projection import LinkColumns, folded

RELATION = ontology().relations["USES_PHONE"]
names = st.sampled_from("abcdef")
rows = st.lists(
    st.tuples(
        names, st.sampled_from("pqr"), st.sampled_from(["2026-01-01", "2026-01-02", "2026-01-03"])
    )
)
folds = st.lists(st.frozensets(names, min_size=2, max_size=3), max_size=2)


def columns(links: list[tuple[str, str, str]]) -> LinkColumns:
    merchant, identifier, day = ([row[at] for row in links] for at in range(3))
    return LinkColumns(RELATION, merchant, identifier, day)


@given(rows, folds)
def test_each_pair_stays_once_with_its_earliest_day(
    links: list[tuple[str, str, str]], groups: list[frozenset[str]]
) -> None:
    fold = {member: min(group) for group in groups for member in group}
    expected: dict[tuple[str, str], str] = {}
    alone = []
    for merchant, identifier, day in links:
        if merchant in fold:
            key = (fold[merchant], identifier)
            expected[key] = min(day, expected.get(key, day))
        else:
            alone.append((merchant, identifier, day))
    found = folded(columns(links), fold)
    kept = list(zip(found.merchant, found.identifier, found.first_seen, strict=True))
    assert kept == alone + [(*key, day) for key, day in expected.items()]


def test_links_of_nobody_in_the_fold_are_the_very_same() -> None:
    links = columns([("a", "p", "2026-01-01")])
    assert folded(links, {"x": "x", "y": "x"}) is links
