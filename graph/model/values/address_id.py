"""Address ids: one id per place, whichever way its address is written."""

from __future__ import annotations

import re
from functools import lru_cache

from graph.model.ids import digest
from graph.model.values import address, address_text
from graph.model.values.base import ValueKind

_ID = re.compile(r"A[0-9a-f]{16}")


@lru_cache(maxsize=65_536)  # tables name the same hubs again and again
def clean(raw: str) -> str:
    """An id as it is, or the id of the place that an address in full names.

    The id is "A" and 16 hex digits of the normalised address key, so "3号楼" and "三幢" at one number
    are one place. Raises ValueRefused as `address_text` does.
    """
    if _ID.fullmatch(raw.strip()):
        return raw.strip()
    text = str(address_text.KIND.clean(raw))
    parsed = address.parse(text)
    # What names no place is itself only: by its key, all firms of a district would share one node.
    place = address.key(parsed) if address.may_link(parsed) else f"unread:{text}"
    return "A" + digest(place)[:16]


KIND = ValueKind(
    name="address_id",
    python_type=str,
    clean=clean,
    title_zh="地址编号",
    title_en="address id",
    doc="The id of a place, or its address in full, from which the id is derived after normalising.",
    examples=("A0123456789abcdef", "浙江省杭州市西湖区文三路100号3幢1402室"),
)
