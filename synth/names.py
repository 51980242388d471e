"""Names of made-up firms, shops and people, built from short lists of our own."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

_FIRST = (
    "安百博昌辰诚德鼎东方丰福高冠广海和恒宏鸿华辉汇佳嘉建金锦景聚凯康科乐力利联龙隆美"
    "铭能宁鹏启千勤清庆荣瑞润森尚胜盛世顺泰腾天通万伟祥欣新信兴旭亚阳义益永优裕元远悦"
    "云展振正志中众卓"
)
_LAST = (
    "邦宝彩畅成创达地发富光贵国豪航合弘厚虎桦吉捷晶久骏坤朗磊林霖玛茂民鸣诺派平普齐强"
    "巧晴然仁日赛山升石硕思腾图威维翔鑫雅耀业易逸毅宇源越运泽哲臻舟洲"
)
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章"
    "云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
)
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰梅红建国志文晓燕鹏飞宇轩子涵欣怡"
_FORMS = ("有限公司", "有限公司", "有限公司", "有限责任公司")
_TRADES = ("贸易", "商贸", "电子商务", "科技", "供应链管理", "网络科技", "百货")
_SHOPS = ("百货店", "商行", "经营部", "电子商务商行", "日用品店")
_STORE_FORMS = ("旗舰店", "专营店", "专卖店", "优选", "工厂店", "官方店", "生活馆")


class Names:
    """Hands out names; no two firms, and no two brands, get the same one."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._used: set[str] = set()

    def style(self) -> str:
        """A trade name (字号) of two or three characters; may repeat."""
        rng = self._rng
        middle = rng.choice(_FIRST) if rng.random() < 0.45 else ""
        return rng.choice(_FIRST) + middle + rng.choice(_LAST)

    def company(self, city: str, trade: str) -> str:
        """Place + trade name + trade + form, as in a company register."""
        return self._unique(lambda: f"{city}{self.style()}{trade}{self._rng.choice(_FORMS)}")

    def trade(self) -> str:
        """What a trading company calls its business."""
        return self._rng.choice(_TRADES)

    def sole_trader(self, district: str, person: str | None = None) -> str:
        """Sole traders are often called after their owner."""
        return self._unique(
            lambda: (
                f"{district}{person or self.person()}{self._rng.choice(_SHOPS)}"
                + ("" if self._rng.random() < 0.5 else f"（{self.style()}）")
            )
        )

    def person(self) -> str:
        """A personal name; used inside shop names only, people themselves are tokens."""
        rng = self._rng
        return rng.choice(_SURNAMES) + "".join(
            rng.choice(_GIVEN) for _ in range(rng.choice((1, 2, 2)))
        )

    def brand(self) -> str:
        """A brand of two or three characters."""
        return self._unique(self.style)

    def lab(self, city: str) -> str:
        """A testing laboratory."""
        return self._unique(lambda: f"{city}{self.style()}检测技术有限公司")

    def store(self, brand: str) -> str:
        """A storefront name; may repeat."""
        return f"{brand}{self._rng.choice(_STORE_FORMS)}"

    def _unique(self, make: Callable[[], str]) -> str:
        for _ in range(40):
            name = make()
            if name not in self._used:
                self._used.add(name)
                return name
        # A crowded city runs out of short names; a longer trade name is as real as any.
        name = make()
        while name in self._used:
            name = name[:2] + self._rng.choice(_FIRST) + name[2:]
        self._used.add(name)
        return name
