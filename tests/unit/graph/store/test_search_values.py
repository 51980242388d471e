"""What a node keeps for the search index must not tell one region what another one says."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.ontology import ontology
from graph.store.search_values import is_in_words, looked_up, search_values

HERE, THERE = "330000", "310000"
NODE = "Merchant:M1"

said_by_one = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["宏达电子有限公司", "宏达", "鸿达商行"]),
        "uscc": st.sampled_from(["91350100M000100Y43", "91330100MA27XF6B5C"]),
        "division": st.sampled_from(["330100", "310100"]),
    },
)
said = st.lists(st.tuples(st.sampled_from([HERE, THERE]), said_by_one), min_size=1, max_size=4)


def keys(values: Mapping[str, str | None]) -> set[str]:
    return set((values["search_keys"] or "").split())


@settings(deadline=None)  # the first call reads the divisions
@given(said)
def test_a_reader_is_served_by_what_his_own_region_says(
    records: list[tuple[str, dict[str, str]]],
) -> None:
    own = [record for record in records if record[0] == HERE]
    if not own:
        return
    together, alone = search_values("Merchant", NODE, records), search_values("Merchant", NODE, own)
    if together["search_text"] is not None:
        assert together == alone
        return
    # Whatever the others say, it is the same that is kept for him: what they say is coded as theirs.
    others = [(THERE, {"name": "任意名称", "uscc": "91350100M000100Y43"})]
    own_keys = {key for key in keys(together) if key.startswith("r" + HERE)}
    again = keys(search_values("Merchant", NODE, [*own, *others]))
    assert own_keys == {key for key in again if key.startswith("r" + HERE)}
    assert all(key[0] in "tq" or key[0] == "r" for key in keys(together))


def test_the_same_said_by_two_regions_is_kept_as_text() -> None:
    values = {"name": "宏达電子", "uscc": "91350100M000100Y43"}
    found = search_values("Merchant", NODE, [(HERE, values), (THERE, {**values, "division": "1"})])
    assert found["search_text"] == "宏达电子 91350100m000100y43"


def test_of_one_region_the_later_record_wins() -> None:
    found = search_values("Merchant", NODE, [(HERE, {"name": "旧名"}), (HERE, {"name": "新名"})])
    assert found["search_text"] == "新名"


def test_a_key_is_one_word_of_letters_and_digits() -> None:
    names = [(HERE, {"name": "A&B（杭州）·宏达 ½ É"}), (THERE, {"name": "鸿达 𠮷"})]
    for records in (names, names[:1]):
        found = keys(search_values("Merchant", NODE, records))
        assert [
            key for key in found if not (key.isascii() and key.isalnum() and key.islower())
        ] == []


@pytest.mark.parametrize(("type_name", "name"), [("Phone", "number"), ("Product", "gtin")])
def test_identifiers_are_looked_up(type_name: str, name: str) -> None:
    assert name in looked_up(ontology().entities[type_name])


def test_codes_are_found_by_their_whole_value_alone() -> None:
    assert not is_in_words(ontology().entities["Code"])
    assert looked_up(ontology().entities["Code"]) == ("code",)
    assert search_values("Code", "Code:1", [(HERE, {"code": "1"})]) == {}
