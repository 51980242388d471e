"""Identifiers that platforms give to stores, listings and live rooms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from graph.errors import ValueRefused
from graph.model.values import characters
from graph.model.values.base import ValueKind

_SHAPE = re.compile(r"[\w.:@$=+/-]{1,128}")

Target = Literal["store", "listing", "live_room"]


@dataclass(frozen=True, slots=True)
class NativeId:
    """What a platform's URL points at."""

    platform: str
    target: Target
    native_id: str


# Public URL forms; they change without notice, so no match means only that nothing was read.
_URLS: tuple[tuple[re.Pattern[str], str, Target], ...] = (
    (re.compile(r"//shop(\d+)\.taobao\.com"), "taobao", "store"),
    (re.compile(r"//item\.taobao\.com/.*[?&]id=(\d{9,13})"), "taobao", "listing"),
    (re.compile(r"//detail\.tmall\.(?:com|hk)/.*[?&]id=(\d{9,13})"), "tmall", "listing"),
    (re.compile(r"//mall\.jd\.com/index-(\d+)"), "jd", "store"),
    (re.compile(r"//item\.jd\.com/(\d+)"), "jd", "listing"),
    (re.compile(r"//[^/]*(?:yangkeduo|pinduoduo)\.com/.*[?&]goods_id=(\d+)"), "pdd", "listing"),
    (re.compile(r"//[^/]*(?:yangkeduo|pinduoduo)\.com/.*[?&]mall_id=(\d+)"), "pdd", "store"),
    (re.compile(r"//live\.douyin\.com/(\d+)"), "douyin", "live_room"),
    (re.compile(r"//live\.kuaishou\.com/u/([\w-]+)"), "kuaishou", "live_room"),
)


def clean(raw: str) -> str:
    """The identifier as the platform writes it: case kept, no blanks, at most 128 characters.

    Unique only together with the platform. Refused: `store_native_id.format`.
    """
    text = characters.fold(raw)
    if not _SHAPE.fullmatch(text):
        raise ValueRefused("store_native_id.format")
    return text


def from_url(url: str) -> NativeId | None:
    """Platform, kind of thing and identifier behind a URL, or None where no known form matches."""
    for rule, platform, target in _URLS:
        if found := rule.search(url):
            return NativeId(platform, target, found[1])
    return None


KIND = ValueKind(
    name="store_native_id",
    python_type=str,
    clean=clean,
    title_zh="平台内编号",
    title_en="Platform-native identifier",
    doc="No public standard: the platform's own identifier, a key only together with the platform.",
    examples=("shop_58213377", "1000004259"),
    graphql_type="ID",
)
