"""The two languages that texts for people come in."""

from __future__ import annotations

import enum
from typing import Annotated, cast

import strawberry


def described(value: str, description: str) -> str:
    """A value of an enum with its description; strawberry puts the plain value in its place."""
    return cast("str", strawberry.enum_value(value, description=description))


@strawberry.enum(description="文字的语言：中文、英文 / Language of a text: Chinese, English")
class Language(enum.Enum):
    """Language of a text; the value is the key in the catalogue."""

    ZH = described("zh", "中文 / Chinese")
    EN = described("en", "英文 / English")


Lang = Annotated[
    Language, strawberry.argument(description="语言，默认中文 / Language, Chinese by default")
]
