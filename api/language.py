"""The two languages that texts for people come in."""

from __future__ import annotations

import enum
from typing import Annotated

import strawberry


@strawberry.enum(description="文字的语言：中文、英文 / Language of a text: Chinese, English")
class Language(enum.Enum):
    """Language of a text; the value is the key in the catalogue."""

    ZH = "zh"
    EN = "en"


Lang = Annotated[
    Language, strawberry.argument(description="语言，默认中文 / Language, Chinese by default")
]
