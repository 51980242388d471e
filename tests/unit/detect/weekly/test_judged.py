"""Links that a judgement moved from one name of a merchant to another."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from detect.network.corroboration import cluster
from detect.network.incidence import Incidence, LinkKind, build
from detect.weekly.alarms import watch
from detect.weekly.archive import pack, unpack
from detect.weekly.changes import LinkChange, difference, links_per_kind
from detect.weekly.judged import with_judgements
from detect.weekly.settings import DEFAULT_SETTINGS
from detect.weekly.snapshot import Snapshot, take
from detect.weekly.tracks import TrackerState, link_from_list, link_to_list
from graph.model.identity import Fold, Joining

KIND = LinkKind("phone", 0.6, "platform")
JOINED = Fold(
    {"a": "a", "b": "a"},
    (Joining("J1", "a", "b", "王", "2026-01-05T00:00:00+00:00", "x", ("330000",)),),
)
FIRST, SECOND = date(2026, 1, 5), date(2026, 1, 12)


def links(*held: str) -> Incidence:
    """`ap` means that merchant a holds identifier p."""
    return build({KIND: ([h[0] for h in held], [h[1] for h in held], [0] * len(held))})


def seen(day: date, fold: Fold, *held: str) -> Snapshot:
    incidence = links(*held)
    return take(day, incidence, cluster(incidence), (), fold)


def changes(before: Snapshot, now: Snapshot) -> dict[tuple[str, str, LinkChange], str]:
    marked = with_judgements(difference(before, now), before, now)
    return {(each.merchant, each.identifier, each.change): each.judgement for each in marked}


def test_what_moves_names_the_judgement_and_what_a_source_says_does_not() -> None:
    apart = seen(FIRST, Fold(), "ap", "bq", "br", "cq")
    joined = seen(SECOND, JOINED, "ap", "aq", "at", "cp", "cq")
    added, removed = LinkChange.ADDED, LinkChange.REMOVED
    assert changes(apart, joined) == {
        ("a", "q", added): "J1",
        ("a", "t", added): "",
        ("b", "q", removed): "J1",
        ("b", "r", removed): "",
        ("c", "p", added): "",
    }
    assert changes(joined, apart) == {
        ("a", "q", removed): "J1",
        ("a", "t", removed): "",
        ("b", "q", added): "J1",
        ("b", "r", added): "",
        ("c", "p", removed): "",
    }


def test_while_the_judgement_stands_changes_are_the_sources_own() -> None:
    before, now = seen(FIRST, JOINED, "ap"), seen(SECOND, JOINED, "ap", "aq")
    assert changes(before, now) == {("a", "q", LinkChange.ADDED): ""}


def test_joining_hundreds_of_names_is_no_feed_that_failed() -> None:
    pairs = range(200)
    apart = [each for at in pairs for each in ((f"a{at}", f"p{at}"), (f"b{at}", f"p{at}"))]
    fold = Fold({f"{name}{at}": f"a{at}" for at in pairs for name in "ab"}, ())

    def snapshot(day: date, held: list[tuple[str, str]], fold: Fold) -> Snapshot:
        incidence = build({KIND: ([m for m, _ in held], [i for _, i in held], [0] * len(held))})
        return take(day, incidence, cluster(incidence), (), fold)

    before = snapshot(FIRST, apart, Fold())
    joined = snapshot(SECOND, apart[::2], fold)
    assert watch(TrackerState(), before, joined, DEFAULT_SETTINGS)[0] == ()
    lost = snapshot(SECOND, apart[::2], Fold())
    assert len(watch(TrackerState(), before, lost, DEFAULT_SETTINGS)[0]) == 1
    assert links_per_kind(before.incidence, frozenset({"a0", "b0"}), fold.representative) == {
        "phone": 199
    }


def test_memory_keeps_the_fold_and_reads_weeks_that_had_none() -> None:
    kept, _ = unpack(pack(seen(FIRST, JOINED, "ap", "aq"), {}))
    assert kept.fold == JOINED
    (link,) = difference(seen(FIRST, Fold(), "ap"), seen(SECOND, Fold(), "ap", "aq"))
    assert len(link_to_list(link)) == 6, "as weeks were kept before"
    assert link_from_list(link_to_list(link)) == link
    moved = replace(link, judgement="J1")
    assert link_from_list(link_to_list(moved)) == moved
