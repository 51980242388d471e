"""A made-up register to search in: merchants, stores and addresses, and nothing else."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

from graph.model import divisions
from graph.model.provenance import NATIONAL, Record, payload_of
from graph.model.search_words import sounds
from graph.model.values import uscc
from graph.model.values.address_divisions import short
from graph.store.bulk import BulkWriter
from graph.store.columns import EntityColumns
from graph.store.naming import Namer
from graph.store.rows import EntityRow

HOME = "330000"
"""The province whose reader asks; he sees the national register as well."""

_BATCH_ROWS = 20_000
_AT = "2025-09-01T08:00:00+08:00"
_LATER = "2025-10-06T08:00:00+08:00"
_NATIONAL_SHARE, _RENAMED_SHARE, _OTHERS = 0.4, 0.02, 0.3


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_CHARS = (
    "华宏达盛鑫隆源泰和顺通恒瑞祥丰兴诚信德嘉明远东方金银玉龙凤海天地星辰光辉锦绣新佳美康安宁福禄寿喜庆吉利来旺"
    "百千万亿文武英雄豪杰春夏秋冬山川河湖江南北西中正大成立志伟业创维联合众智慧云网数微软硬件博雅风雷电火木林森"
)
_TRADES = _words(
    "电子 科技 商贸 贸易 信息技术 网络科技 实业 服饰 食品 家居 日用品 化妆品 "
    "医疗器械 母婴用品 体育用品 玩具 五金 建材 汽车配件 文化传播 电子商务 供应链管理 "
    "生物科技 农业发展 家具 塑料制品 包装材料 机械设备"
)
_FORMS = ["有限公司"] * 7 + ["有限责任公司", "股份有限公司", "经营部", "商行"]
_GOODS = _words("数码 女装 男装 童鞋 充电宝 家电 图书 茶叶 零食 美妆 手机 箱包 灯具 厨具 户外 宠物")
_SHOPS = ["旗舰店", "专营店", "专卖店", "官方旗舰店", "小店"]
_ROADS = _words("人民 中山 解放 建设 文化 和平 胜利 新华 长江 黄河 学院 工业 科技 迎宾 滨河 环城")


@dataclass(frozen=True, slots=True)
class Firm:
    """One merchant of the register."""

    name: str
    core: str
    code: str
    phone: str
    region: str


def firms(count: int, seed: int) -> Iterator[Firm]:
    """The merchants, always the same for a seed."""
    pick = random.Random(seed)
    for number in range(count):
        division, place = pick.choice(_cities())
        name_chars = pick.choices(_CHARS, k=pick.choice((2, 2, 2, 3, 4)))
        core = "".join(name_chars)
        name = f"{place}{core}{pick.choice(_TRADES)}{pick.choice(_FORMS)}"
        inner = f"MA{number:06d}"
        body = f"91{division}{inner}{uscc.inner_check_digit(inner)}"
        region = NATIONAL if pick.random() < _NATIONAL_SHARE else f"{division[:2]}0000"
        yield Firm(
            name, core, body + uscc.check_digit(body), f"+861{39 * 10**8 + number:d}", region
        )


def fill(writer: BulkWriter, namer: Namer, merchants: int, seed: int) -> int:
    """Write the register; returns how many nodes, records not counted."""
    written, others = 0, round(merchants * _OTHERS)
    for type_name, rows in (
        ("Merchant", _merchant_rows(namer, merchants, seed)),
        ("Phone", _phone_rows(namer, others, seed)),
        ("Store", _store_rows(namer, others, seed)),
        ("Address", _address_rows(namer, others, seed)),
    ):
        while batch := list(islice(rows, _BATCH_ROWS)):
            writer.add_entities(type_name, EntityColumns.of(batch))
            written += len(batch)
    return written


def questions(merchants: int, seed: int, each: int) -> dict[str, list[str]]:
    """Queries as people type them, by kind; `each` of every kind."""
    pick = random.Random(seed + 1)
    some = round(merchants * _OTHERS)  # those that have a phone, a store and an address too
    seen = [firm for firm in firms(some, seed) if firm.region in {HOME, NATIONAL}]
    chosen = seen[:: max(1, len(seen) // each)][:each]
    pick.shuffle(chosen)
    return {
        "short_name": [firm.core for firm in chosen],
        "full_name": [firm.name for firm in chosen],
        "common_word": [pick.choice([*_TRADES, "有限公司", "公司", "旗舰店"]) for _ in chosen],
        "pinyin": [sounds(firm.core)[pick.random() < 0.3] for firm in chosen],
        "credit_code": [pick.choice((str.lower, str.upper))(firm.code) for firm in chosen],
        "phone": [f"{firm.phone[3:6]} {firm.phone[6:10]}-{firm.phone[10:]}" for firm in chosen],
        "address_part": [_street(pick) for _ in chosen],
    }


@cache
def _cities() -> Sequence[tuple[str, str]]:
    """Codes and short names of today's cities."""
    found = []
    for code, spans in sorted(divisions.histories().items()):
        name = spans[-1].name
        if divisions.level(code) == "city" and not divisions.is_grouping(name):
            found.append((code, short(name)))
    return found


def _merchant_rows(namer: Namer, count: int, seed: int) -> Iterator[EntityRow]:
    pick = random.Random(seed + 2)
    for firm in firms(count, seed):
        said = {"merchant_id": firm.code, "uscc": firm.code, "name": firm.name}
        yield _row(namer, "Merchant", (firm.code,), said, firm.region)
        if pick.random() < _RENAMED_SHARE:
            later = {**said, "name": firm.name.replace(firm.core, firm.core[::-1])}
            yield _row(namer, "Merchant", (firm.code,), later, HOME, _LATER)


def _phone_rows(namer: Namer, count: int, seed: int) -> Iterator[EntityRow]:
    for firm in firms(count, seed):
        yield _row(namer, "Phone", (firm.phone,), {"number": firm.phone}, firm.region)


def _store_rows(namer: Namer, count: int, seed: int) -> Iterator[EntityRow]:
    pick = random.Random(seed + 3)
    for number, firm in enumerate(firms(count, seed)):
        name = f"{firm.core}{pick.choice(_GOODS)}{pick.choice(_SHOPS)}"
        said = {"platform": "jd", "native_id": f"{10**7 + number}", "name": name}
        yield _row(namer, "Store", ("jd", f"{10**7 + number}"), said, firm.region)


def _address_rows(namer: Namer, count: int, seed: int) -> Iterator[EntityRow]:
    pick = random.Random(seed + 4)
    for number, firm in enumerate(firms(count, seed)):
        _, place = pick.choice(_cities())
        text = f"{place}市{_street(pick)}{pick.randrange(1, 30)}幢{pick.randrange(101, 2500)}室"
        said = {"address_id": f"A{number:08d}", "text": text}
        yield _row(namer, "Address", (f"A{number:08d}",), said, firm.region)


def _street(pick: random.Random) -> str:
    return f"{pick.choice(_ROADS)}{pick.choice(('路', '东路', '西路', '大道'))}{pick.randrange(1, 999)}号"


def _row(
    namer: Namer,
    type_name: str,
    key: tuple[str, ...],
    said: dict[str, str],
    region: str,
    at: str = _AT,
) -> EntityRow:
    asserts = namer.entity(type_name, key)
    record = Record("register", "made-up:1", at, region, asserts, payload_of(said))
    return EntityRow(key, said, record)
