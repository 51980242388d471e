"""Records merge the same way in whatever order they arrive."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from graph.model.ids import digest, node_id, pseudonym, type_of
from graph.model.provenance import Record, merge_payloads, merge_relation, payload_of

times = st.dates().map(lambda day: f"{day.isoformat()}T08:00:00+08:00")
payloads = st.dictionaries(st.sampled_from(["name", "uscc", "role"]), st.text(max_size=3)).map(
    payload_of
)
said = st.lists(
    st.tuples(times, st.text("abc", min_size=1, max_size=2), payloads),
    min_size=1,
    max_size=6,
    unique_by=lambda record: record[:2],
)


@given(said, st.randoms(use_true_random=False))
def test_order_of_arrival_does_not_matter(records: list[tuple[str, str, str]], random) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(records)
    random.shuffle(shuffled)
    assert merge_payloads(shuffled) == merge_payloads(records)
    assert merge_relation(shuffled) == merge_relation(records)


def test_the_latest_record_that_says_so_wins_and_older_facts_stay() -> None:
    early = ("2025-09-01T00:00:00+08:00", "a", payload_of({"name": "old", "uscc": "U"}))
    late = ("2025-09-08T00:00:00+08:00", "b", payload_of({"name": "new"}))
    assert merge_payloads([late, early]) == {"name": "new", "uscc": "U"}


def test_an_end_is_kept_with_the_day_it_was_seen_and_can_be_taken_back() -> None:
    start = ("2025-09-01T00:00:00+08:00", "a", payload_of({"valid_from": "2025-08-01"}))
    end = ("2025-09-08T00:00:00+08:00", "b", payload_of({"valid_to": "2025-09-05"}))
    again = ("2025-09-15T00:00:00+08:00", "c", payload_of({}))
    ended = merge_relation([start, end])
    assert (ended["valid_to"], ended["end_seen"]) == ("2025-09-05", "2025-09-08")
    assert ended["first_seen"] == "2025-09-01"
    assert "end_seen" not in merge_relation([start, end, again])


def test_a_record_is_known_by_what_it_says_not_by_where_it_was_read() -> None:
    def record(locator: str, payload: str) -> Record:
        return Record("register", locator, "2025-09-01T00:00:00+08:00", "330000", "M:1", payload)

    assert record("a.csv:2", "{}").id == record("b.csv:9", "{}").id
    assert record("a.csv:2", "{}").id != record("a.csv:2", '{"name":"x"}').id


def test_ids_are_readable_and_personal_keys_are_not_in_them() -> None:
    assert node_id("Store", ("taobao", "12")) == "Store:taobao/12"
    assert type_of("Store:taobao/12") == "Store"
    assert type_of("nothing") == ""
    token = pseudonym(b"secret", "Phone", "+8613800138000")
    assert "138" not in token or len(token) == 16
    assert token == pseudonym(b"secret", "Phone", "+8613800138000")
    assert token != pseudonym(b"other", "Phone", "+8613800138000")


@given(st.lists(st.text(max_size=4), max_size=4), st.lists(st.text(max_size=4), max_size=4))
def test_the_digest_tells_where_one_part_ends(one: list[str], other: list[str]) -> None:
    assert (digest(*one) == digest(*other)) == (one == other)
