from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import ValueRefused
from ingest.derive import FUNCTIONS
from ingest.expressions import CellRefused, Compiler


@pytest.mark.parametrize(
    ("function", "arguments", "expected"),
    [
        ("province_of_division", ("330106",), "330000"),
        ("province_of_division", ("33",), "330000"),
        ("prefecture_of", ("440305",), "440300"),
        ("prefecture_of", ("110105",), "110000"),
        ("operator_id", ("拼多多", "OP1"), "pdd/OP1"),
        ("masked_name", ("张三",), "张**"),
        ("masked_name", ("欧阳样例",), "欧阳**"),
        ("masked_name", ("欧阳",), "欧**"),
        ("fen_of_yuan", ("￥1,299.00",), "129900"),
        ("carrier_code", ("顺丰速运",), "sf"),
        ("standard_number", ("GB 31241-2022",), "GB 31241"),
        ("standard_number", ("GB/T 35590—2017",), "GB/T 35590"),
        ("standard_number", ("GB 4943.1",), "GB 4943.1"),
        ("code_level", ("(01)06901234567892(21)S1",), "serial"),
        ("code_level", ("81234567890123456789",), None),
        ("listing_id_of_url", ("https://item.jd.com/100000000019.html",), "100000000019"),
        ("listing_id_of_url", ("https://item.jd.com/100000000019.html", "京东"), "100000000019"),
        ("listing_id_of_url", ("https://example.cn/17", "京东"), None),
    ],
)
def test_derivations(function: str, arguments: tuple[str, ...], expected: str | None) -> None:
    assert FUNCTIONS[function](*arguments) == expected


@pytest.mark.parametrize(
    ("url", "platform", "code"),
    [
        ("https://item.taobao.com/item.htm?id=600000000017", "抖音", "mapping.other_platform"),
        ("https://shop58213377.taobao.com/", "淘宝", "mapping.no_listing"),
        ("https://live.douyin.com/88001", "抖音", "mapping.no_listing"),
    ],
)
def test_an_address_of_another_platform_or_thing_names_no_listing(
    url: str, platform: str, code: str
) -> None:
    with pytest.raises(ValueRefused) as caught:
        FUNCTIONS["listing_id_of_url"](url, platform)
    assert caught.value.reason == code


@given(st.text("张李王欧阳样例", min_size=1, max_size=6))
def test_a_masked_name_keeps_no_given_name(name: str) -> None:
    masked = FUNCTIONS["masked_name"](name)
    assert masked is not None
    assert masked.endswith("**")
    assert len(masked.removesuffix("**")) <= 2
    assert name.startswith(masked.removesuffix("**"))


def refused(spec: object, *cells: str | None) -> tuple[str, str]:
    expression = Compiler("test", ("one", "two")).compile(spec)
    with pytest.raises((CellRefused, ValueRefused)) as caught:
        expression(cells)
    error = caught.value
    return (error.column, error.cause.reason) if isinstance(error, CellRefused) else ("", "")


def test_the_column_to_blame_is_named() -> None:
    spec: object = {"first": [{"column": "one"}, {"column": "two", "map": {"a": "b"}}]}
    assert refused(spec, None, "c") == ("two", "mapping.value")
    spec = {"derive": "operator_id", "of": [{"column": "one"}, {"column": "two"}]}
    assert refused(spec, "某某团购", "1") == ("one", "platform.unknown")


def test_a_spoilt_number_is_told_before_its_kind_complains() -> None:
    spec = {"column": "one", "as": "uscc"}
    assert refused(spec, "9.13301E+17", None) == ("one", "value.spreadsheet_number")
