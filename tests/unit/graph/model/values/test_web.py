from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.values import digital_link, gtin, host, platform, store_native_id, token, url
from graph.model.values.store_native_id import NativeId
from tests.unit.graph.model.values.refusal import reason

_HOSTS = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,4})?\.[a-z]{2,3}", fullmatch=True)


def test_hosts() -> None:
    assert host.clean("CX.CNCA.CN.") == "cx.cnca.cn"
    assert host.clean("例え。テスト") == "xn--r8jz45g.xn--zckzah"
    assert host.clean("192.168.1.1") == "192.168.1.1"
    assert reason(host.clean, "localhost") == "host.format"
    assert reason(host.clean, "300.1.1.1") == "host.format"
    assert reason(host.clean, f"{'监' * 64}.中国") == "host.idna"


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("cx.cnca.cn", "cx-cnca.com", 0),
        ("cnca.cn", "cnca.com.cn", 0),
        ("www.example.com", "examp1e.cn", 0),
        ("cornnca.cn", "comnca.cn", 0),
        ("report-lab.com", "report-lap.com", 1),
        ("labtest.com", "labtset.com", 1),
        ("cnca.cn", "cx.cnca.cn", 2),
    ],
)
def test_look_alikes(one: str, other: str, distance: int) -> None:
    assert host.look_alike_distance(one, other) == distance


def test_a_cyrillic_twin_looks_the_same() -> None:
    twin = host.clean("ехamрle.com")
    assert twin.startswith("xn--")
    assert host.look_alike_distance(twin, "example.com") == 0


@given(_HOSTS, _HOSTS, _HOSTS)
def test_distance_is_symmetric_and_bounded(a: str, b: str, c: str) -> None:
    assert host.look_alike_distance(a, a) == 0
    assert host.look_alike_distance(a, b) == host.look_alike_distance(b, a)
    assert host.look_alike_distance(a, b) <= max(len(host.skeleton(a)), len(host.skeleton(b)))


def test_urls_lose_what_does_not_matter() -> None:
    assert (
        url.clean("HTTPS://Item.JD.com:443/1.html?spm=x&id=2#top")
        == "https://item.jd.com/1.html?id=2"
    )
    assert url.clean("http://a.cn") == "http://a.cn/"
    assert url.clean("a.cn/店铺?q=%e4") == "https://a.cn/%E5%BA%97%E9%93%BA?q=%E4"
    assert url.clean("https://a.cn:8443/") == "https://a.cn:8443/"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("javascript:alert(1)", "url.scheme"),
        ("ftp://a.cn/x", "url.scheme"),
        ("https://cnca.cn@evil.cn/", "url.user"),
        ("https://a.cn:port/", "url.format"),
        ("https://a.cn/" + "x" * 2048, "url.too_long"),
        ("https://nohost/", "host.format"),
    ],
)
def test_url_refusals(raw: str, expected: str) -> None:
    assert reason(url.clean, raw) == expected


def test_native_ids_are_read_from_urls() -> None:
    read = store_native_id.from_url
    assert read("https://shop58213377.taobao.com/") == NativeId("taobao", "store", "58213377")
    assert read("https://item.taobao.com/item.htm?id=612345678901") == NativeId(
        "taobao", "listing", "612345678901"
    )
    assert read("https://mall.jd.com/index-1000004259.html") == NativeId(
        "jd", "store", "1000004259"
    )
    assert read("https://live.kuaishou.com/u/abc-1_2") == NativeId(
        "kuaishou", "live_room", "abc-1_2"
    )
    assert read("https://example.com/1") is None


def test_platforms() -> None:
    assert platform.clean("抖音 APP") == "douyin"
    assert platform.clean("TMALL") == "tmall"
    assert reason(platform.clean, "某某商城") == "platform.unknown"
    assert platform.from_host("item.jd.com") == "jd"
    assert platform.from_host("jd.com.evil.cn") is None


def test_tokens() -> None:
    assert token.clean(" a:b_c-1/2 ") == "a:b_c-1/2"
    assert reason(token.clean, "a b") == "token.format"
    assert reason(token.clean, "编号1") == "token.format"


def test_gtins_share_one_length() -> None:
    assert gtin.clean("6901234567892") == "06901234567892"
    assert gtin.clean("9638-5074") == "00000096385074"
    assert reason(gtin.clean, "6901234567893") == "gtin.check_digit"
    assert reason(gtin.clean, "690123456789") == "gtin.check_digit"
    assert reason(gtin.clean, "00000000") == "gtin.zeros"
    assert gtin.is_in_store(gtin.clean("2012345678903"))
    assert not gtin.is_in_store(gtin.clean("6901234567892"))


def test_digital_links() -> None:
    raw = "https://Q.Example.com/x/gtin/6901234567892/lot/A%2F1/ser/S7?17=261231&utm_source=a"
    link = digital_link.parse(raw)
    assert (link.host, link.gtin, link.lot, link.serial) == (
        "q.example.com", "06901234567892", "A/1", "S7",
    )  # fmt: skip
    assert link.expiry == "261231"
    assert digital_link.clean(raw) == (
        "https://q.example.com/01/06901234567892/10/A%2F1/21/S7?17=261231"
    )


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("https://q.example.com/item/123", "digital_link.no_key"),
        ("https://q.example.com/01/06901234567892/99/x", "digital_link.no_key"),
        ("https://q.example.com/01/06901234567893", "gtin.check_digit"),
        ("https://q.example.com/01/06901234567892?17=2612", "digital_link.value"),
        ("urn:epc:id:sgtin:690123456.0789.1", "host.format"),
    ],
)
def test_digital_link_refusals(raw: str, expected: str) -> None:
    assert reason(digital_link.clean, raw) == expected
