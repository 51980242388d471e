"""Host names, and how far two of them are apart for a hurried reader."""

from __future__ import annotations

import ipaddress
import re
import unicodedata

from graph.errors import ValueRefused
from graph.model.values import characters
from graph.model.values.base import ValueKind

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_SHAPE = re.compile(rf"(?:{_LABEL}\.)+(?:xn--[a-z0-9-]{{2,59}}|[a-z]{{2,63}})")
_IPV4 = re.compile(r"[0-9.]+")
_SUFFIX = re.compile(r"\.(?:(?:com|net|org|gov|edu|ac)\.)?[a-z]{2,}$|\.xn--[a-z0-9-]+$")
# Letters and groups a reader takes for others; Cyrillic and Greek twins of Latin letters.
_LOOKS = str.maketrans(
    {
        **dict(zip("0135678", "olesbtb", strict=True)),
        **dict(zip("аеорсухіјѕԁԛո", "aeopcyxijsdqn", strict=True)),
        **dict(zip("αονρτυκι", "aovptuki", strict=True)),
    }
)
_GROUPS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("ii", "u"), ("i", "l"))


def clean(raw: str) -> str:
    """ASCII form in lower case (IDNA: `监管.中国` → `xn--…`), without a trailing dot; IPv4 passes.

    Refused: `host.format`, `host.idna` (a label that cannot be written in ASCII).
    """
    text = characters.fold(raw).lower().replace("。", ".").rstrip(".")
    if not text.isascii():
        text = _ascii(text)
    if len(text) <= 253 and _SHAPE.fullmatch(text):
        return text
    if _IPV4.fullmatch(text) and _is_ipv4(text):
        return text
    raise ValueRefused("host.format")


def _ascii(text: str) -> str:
    try:
        return text.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise ValueRefused("host.idna") from None


def _is_ipv4(text: str) -> bool:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True


def _shown(host: str) -> str:
    try:
        return host.encode("ascii").decode("idna")
    except UnicodeError:
        return host


def skeleton(host: str) -> str:
    """What a hurried reader takes a cleaned host for: no www, suffix, dots or dashes, twins made one."""
    text = unicodedata.normalize("NFKD", _shown(_SUFFIX.sub("", host.removeprefix("www."))))
    text = "".join(char for char in text if not unicodedata.combining(char)).lower()
    text = text.translate(_LOOKS)
    for group, single in _GROUPS:
        text = text.replace(group, single)
    return text.replace(".", "").replace("-", "").replace("_", "")


def look_alike_distance(one: str, other: str) -> int:
    """Edits (insert, delete, replace, swap neighbours) between the skeletons of two cleaned hosts.

    0 for different hosts means that they look the same (`cx.cnca.cn`, `cx-cnca.com`): compare the
    hosts themselves first. Distance as in Damerau 1964, restricted to one edit per place.
    """
    a, b = skeleton(one), skeleton(other)
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, start=1):
        last, row, earlier = row, [i], before
        before = last
        for j, right in enumerate(b, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (left != right))
            if i > 1 and j > 1 and left == b[j - 2] and right == a[i - 2]:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row[-1]


KIND = ValueKind(
    name="host",
    python_type=str,
    clean=clean,
    title_zh="主机名",
    title_en="Host name",
    doc="RFC 1035 labels in lower case; international names by IDNA (RFC 3490).",
    examples=("CX.CNCA.CN", "www.example.com."),
)
