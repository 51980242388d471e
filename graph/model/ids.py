"""How things are named: node ids that a person can read, and that never carry personal data."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Sequence

import orjson

SEPARATOR = "/"
_PSEUDONYM = re.compile(r"[0-9a-f]{16}")


def node_id(type_name: str, key: Sequence[object]) -> str:
    """`<Type>:<key parts joined by />`, for example `Store:taobao/12345`."""
    return f"{type_name}:{key[0] if len(key) == 1 else SEPARATOR.join(map(str, key))}"


def type_of(identifier: str) -> str:
    """The type part of a node id; the empty string when there is none."""
    head, colon, _ = identifier.partition(":")
    return head if colon else ""


def pseudonym(secret: bytes, type_name: str, value: str) -> str:
    """A keyed token that stands for a personal key in an id (HMAC-SHA-256, 16 hex digits).

    The same value has the same token only under the same secret, so ids can be shown and shared
    while the number itself stays behind the reveal rule (PIPL art. 51: de-identification).
    """
    message = f"{type_name}\x00{value}".encode()
    return hmac.digest(secret, message, hashlib.sha256).hex()[:16]


def digest(*parts: str) -> str:
    """A short content address of some text parts: 20 hex digits of BLAKE2b over them as JSON."""
    try:
        said = orjson.dumps(parts)
    except TypeError:  # half of a surrogate pair, which UTF-8 cannot say
        said = json.dumps(parts).encode()
    return hashlib.blake2b(said, digest_size=10).hexdigest()


def is_pseudonym(key: str) -> bool:
    """Whether a key has the form of a `pseudonym`."""
    return _PSEUDONYM.fullmatch(key) is not None
