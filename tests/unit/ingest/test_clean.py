from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import SourceError, ValueRefused
from graph.ontology import ontology
from ingest.clean import CACHED_VALUES, MAX_INDEXED_BYTES, CellCleaner, Given, TableCleaner
from ingest.facts import CleanRow
from ingest.refusals import RowRefused
from ingest.tables import check_header, tables

SAID = {
    "source": "register",
    "retrieved_at": "2025-09-01T08:00:00+08:00",
    "owning_region": "310000",
}


def clean(table: str, **cells: str) -> CleanRow:
    row = {**cells, **SAID} if "source" not in cells else cells
    return TableCleaner(tables()[table], list(row), f"{table}.csv")(list(row.values()))


def faults(table: str, **cells: str) -> dict[str, str]:
    with pytest.raises(RowRefused) as caught:
        clean(table, **cells)
    return {fault.field: fault.reason_code for fault in caught.value.faults}


def test_an_entity_row_becomes_key_properties_and_provenance() -> None:
    row = clean(
        "merchant",
        merchant_id=" m1 ",
        name="样例",
        registered_on="2019/1/2",
        uscc="",
        division="33",
    )
    (fact,) = row.entities
    assert (fact.type_name, fact.key) == ("Merchant", ("m1",))
    assert fact.properties == {
        "merchant_id": "m1",
        "name": "样例",
        "registered_on": "2019-01-02",
        "division": "330000",
    }
    assert row.provenance == ("register", "2025-09-01T08:00:00+08:00", "310000")


def test_a_relation_row_becomes_two_ends() -> None:
    row = clean(
        "uses_phone",
        merchant_id="m1",
        phone_number="138 0013 8000",
        role="contact",
        valid_from="2025-01-01",
    )
    (fact,) = row.relations
    assert fact == (
        "USES_PHONE",
        ("m1",),
        ("+8613800138000",),
        {"role": "contact", "valid_from": "2025-01-01"},
    )


def test_times_are_kept_at_beijing_offset_so_that_they_sort_as_texts() -> None:
    row = clean("platform", platform="taobao", **{**SAID, "retrieved_at": "2025-09-01T00:00:00Z"})
    assert row.provenance.retrieved_at == "2025-09-01T08:00:00+08:00"


def test_every_fault_of_a_row_is_named_at_once() -> None:
    assert faults(
        "merchant", merchant_id="", name="样例", uscc="91310114MA1XX00170", registered_on="soon"
    ) == {
        "merchant_id": "value.required",
        "uscc": "uscc.check_digit",
        "registered_on": "date.format",
    }


@pytest.mark.parametrize("cell", ["330106", "33", "national", "990"])
def test_an_owning_region_is_a_province_or_the_nation(cell: str) -> None:
    assert faults("platform", platform="jd", **{**SAID, "owning_region": cell}) == {
        "owning_region": "region.not_province"
    }


def test_an_id_that_a_spreadsheet_rounded_is_refused() -> None:
    assert faults("merchant", merchant_id="4.40E+17", name="样例") == {
        "merchant_id": "value.spreadsheet_number"
    }


def test_a_relation_with_itself_is_refused() -> None:
    found = faults("parent_of", from_merchant_id="m1", to_merchant_id=" m1", basis="branch")
    assert found == {"to_merchant_id": "relation.self_loop"}


def test_an_interval_that_ends_before_it_begins_is_refused() -> None:
    found = faults(
        "operates",
        merchant_id="m1",
        store_platform="jd",
        store_native_id="1",
        valid_from="2025-02-01",
        valid_to="2025-01-31",
    )
    assert found == {"valid_to": "interval.reversed"}


def test_an_address_may_be_given_in_full_and_gets_its_precision() -> None:
    (fact,) = clean("address", address_id="浙江省杭州市西湖区样例路1号3幢502室").entities
    (same,) = clean("address", address_id="浙江省杭州市西湖区样例路1号三号楼502室").entities
    assert fact.key == same.key
    assert fact.properties["level"] == "room"
    assert fact.properties["is_linkable"] is True
    assert fact.properties["division"] == "330106"


def test_what_a_source_states_is_not_derived_over() -> None:
    (fact,) = clean(
        "address", address_id="浙江省杭州市西湖区样例路1号", is_linkable="false"
    ).entities
    assert fact.properties["is_linkable"] is False


def test_an_address_id_that_is_not_that_of_its_text_is_refused() -> None:
    found = faults("address", address_id="A" + "0" * 16, text="浙江省杭州市西湖区样例路1号")
    assert found == {"address_id": "address.id_mismatch"}


def test_a_division_alone_never_links() -> None:
    (fact,) = clean("address", address_id="浙江省杭州市西湖区").entities
    assert fact.properties["is_linkable"] is False


def test_a_privacy_number_never_links() -> None:
    (fact,) = clean("phone", number="13800138000-1234").entities
    assert (fact.properties["link_class"], fact.properties["is_linkable"]) == ("privacy", False)


def test_a_hub_names_its_address_by_the_same_id() -> None:
    text = "浙江省杭州市西湖区样例路1号3幢502室"
    (hub,) = clean(
        "hub_registration", identifier_type="Address", identifier_key=text, reason="agency"
    ).entities
    (address,) = clean("address", address_id=text).entities
    assert hub.key == ("Address", address.key[0])


def test_a_hub_of_an_unknown_type_is_refused() -> None:
    found = faults(
        "hub_registration", identifier_type="Adress", identifier_key="x", reason="agency"
    )
    assert found == {"identifier_key": "hub.unknown_type"}


def test_provenance_given_to_the_load_fills_what_rows_do_not_say() -> None:
    given_all = Given("register", "2025-09-01T00:00:00Z", "000000").checked()
    cleaner = TableCleaner(tables()["platform"], ["platform", "source"], "p.csv", given_all)
    assert cleaner(["jd", ""]).provenance == ("register", "2025-09-01T08:00:00+08:00", "000000")
    assert cleaner(["jd", "lab"]).provenance.source == "lab"


@pytest.mark.parametrize(
    ("header", "reason", "nearest"),
    [
        (["merchant_id", "nmae", *SAID], "source.column_unknown", "name"),
        (["merchant_id", *SAID], "source.column_missing", None),
        (["merchant_id", "name", "source"], "source.column_missing", None),
    ],
)
def test_a_header_that_does_not_fit_names_column_and_nearest(
    header: list[str], reason: str, nearest: str | None
) -> None:
    with pytest.raises(SourceError) as caught:
        check_header(tables()["merchant"], header, "merchant.csv")
    assert caught.value.params["reason"] == reason
    assert caught.value.params.get("nearest") == nearest


def test_the_cache_of_a_column_is_bounded() -> None:
    cleaner = CellCleaner("token")
    for at in range(3 * CACHED_VALUES):
        assert cleaner[f"t{at}"] == f"t{at}"
    assert len(cleaner) <= CACHED_VALUES


_KEYS = st.from_regex(r"[A-Za-z0-9]{1,12}", fullmatch=True)
_CELLS = st.fixed_dictionaries(
    {
        "platform": st.sampled_from(["taobao", "jd", " TMALL ", "douyin"]),
        "native_id": _KEYS,
        "title": st.text(max_size=20),
        "price_fen": st.one_of(st.just(""), st.integers(0, 10**9).map(str)),
        "listed_on": st.one_of(
            st.just(""), st.dates().map(str), st.sampled_from(["2025年1月31日", "20250131", "soon"])
        ),
        "shown_certificate_no": st.text(max_size=20),
    }
)


@given(_CELLS)
def test_cleaning_a_cleaned_row_is_identity(cells: dict[str, str]) -> None:
    try:
        (fact,) = clean("listing", **cells).entities
    except RowRefused:
        return
    again = clean("listing", **{name: str(value) for name, value in fact.properties.items()})
    assert again.entities == (fact,)


@pytest.mark.parametrize("unit", ["字", "a", "😀"])
def test_a_searchable_value_fits_an_index_entry(unit: str) -> None:
    size_bytes = len(unit.encode())
    fits, beyond = (
        unit * (MAX_INDEXED_BYTES // size_bytes),
        unit * (MAX_INDEXED_BYTES // size_bytes + 1),
    )
    cleaner = CellCleaner("text", is_indexed=True)
    assert cleaner[fits] == fits
    with pytest.raises(ValueRefused) as refused:
        cleaner[beyond]
    assert refused.value.reason == "value.too_long"
    assert CellCleaner("text")[beyond] == beyond


def test_keys_and_searchable_properties_are_the_indexed_ones() -> None:
    indexed = {p.name for p in ontology().entities["Listing"].properties if p.is_indexed}
    assert indexed == {"platform", "native_id", "title"}
