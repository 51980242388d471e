"""Trading platforms: a closed list of codes with the names and hosts they go by."""

from __future__ import annotations

from collections.abc import Mapping

from graph.errors import ValueRefused
from graph.model.values import characters
from graph.model.values.base import ValueKind

# code → names (compared without blanks, in upper case); a new platform is one more line.
NAMES: Mapping[str, tuple[str, ...]] = {
    "taobao": ("淘宝", "淘宝网"),
    "tmall": ("天猫", "天猫商城"),
    "jd": ("京东", "京东商城"),
    "pdd": ("拼多多", "PINDUODUO"),
    "douyin": ("抖音", "抖音商城", "抖店"),
    "kuaishou": ("快手", "快手小店"),
    "xiaohongshu": ("小红书", "RED"),
    "vip": ("唯品会", "VIPSHOP"),
    "suning": ("苏宁", "苏宁易购"),
    "wechat": ("微信", "微信小店", "视频号", "微信视频号", "WEIXIN"),
    "dewu": ("得物", "POIZON"),
    "alibaba1688": ("1688", "阿里巴巴"),
    "xianyu": ("闲鱼", "GOOFISH"),
    "meituan": ("美团",),
    "self_site": ("自建网站", "自建站", "独立站"),
    "other": ("其他", "其它"),
}
HOSTS: Mapping[str, str] = {
    "taobao.com": "taobao", "tmall.com": "tmall", "tmall.hk": "tmall", "jd.com": "jd", "jd.hk": "jd",
    "pinduoduo.com": "pdd", "yangkeduo.com": "pdd", "douyin.com": "douyin", "jinritemai.com": "douyin",
    "kuaishou.com": "kuaishou", "kwaixiaodian.com": "kuaishou", "xiaohongshu.com": "xiaohongshu",
    "vip.com": "vip", "suning.com": "suning", "weixin.qq.com": "wechat", "dewu.com": "dewu",
    "1688.com": "alibaba1688", "goofish.com": "xianyu", "meituan.com": "meituan",
}  # fmt: skip
_CODES = {code.upper(): code for code in NAMES} | {
    name: code for code, names in NAMES.items() for name in names
}


def clean(raw: str) -> str:
    """Code of the platform, from its code or a known name. Refused: `platform.unknown`."""
    text = characters.squeeze(raw)
    found = _CODES.get(text) or _CODES.get(text.removesuffix("平台").removesuffix("APP"))
    if found is None:
        raise ValueRefused("platform.unknown")
    return found


def from_host(host: str) -> str | None:
    """Platform a cleaned host belongs to (`item.jd.com` → `jd`), None for any other."""
    while host:
        if host in HOSTS:
            return HOSTS[host]
        host = host.partition(".")[2]
    return None


KIND = ValueKind(
    name="platform",
    python_type=str,
    clean=clean,
    title_zh="平台",
    title_en="Platform",
    doc="Closed list; the ten platforms of the 2025 code-verification pilot and a few more.",
    examples=("淘宝", "JD", "抖音"),
)
