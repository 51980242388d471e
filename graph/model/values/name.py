"""Names of enterprises, persons, brands and products, in the form in which they are shown."""

from __future__ import annotations

import re

from graph.errors import ValueRefused
from graph.model.values import characters
from graph.model.values.base import ValueKind

MAX_CHARS = 300
_CJK = "[\u3400-\u4dbf\u4e00-\u9fff]"
_BLANK_AT_CJK = re.compile(rf"(?<={_CJK}) (?=\S)|(?<=\S) (?={_CJK})|(?<=[（(]) | (?=[)）])")
_HAS_CJK = re.compile(_CJK)
_WIDE = str.maketrans("()", "（）")
_LETTER = re.compile(r"[^\W_]")


def clean(raw: str) -> str:
    """One spelling of one name: NFKC, no blanks beside Chinese characters, （）wide in a Chinese name.

    Registers write names with wide brackets and without blanks; sheets do not. Organisation forms
    (有限责任公司, 有限公司) stay apart: that is for the matcher to judge. Refused: `name.empty` without a
    single letter or digit, `name.too_long` above MAX_CHARS.
    """
    plain = characters.fold(raw)
    if _HAS_CJK.search(plain):
        plain = _BLANK_AT_CJK.sub("", plain).translate(_WIDE)
    if not _LETTER.search(plain):
        raise ValueRefused("name.empty")
    if len(plain) > MAX_CHARS:
        raise ValueRefused("name.too_long")
    return plain


KIND = ValueKind(
    name="name",
    python_type=str,
    clean=clean,
    title_zh="名称",
    title_en="Name",
    doc="A name as shown, NFKC-folded; wide brackets in Chinese names as in the enterprise register.",
    examples=("云岭（杭州）科技有限公司", "Yunling Tech Ltd."),
)
