"""Bearer tokens that name a reader and the regions whose data he may see.

A token is `sy_` and 32 random bytes in URL-safe base64. Only its SHA-256 is kept (the token has 256
random bits, so a plain digest cannot be searched), in a JSON file that its owner alone can read.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

import orjson

from graph.errors import ValueRefused
from queries.reading import Reader

PREFIX = "sy_"
_RANDOM_BYTES = 32
_SHAPE = re.compile(r"sy_[A-Za-z0-9_-]{43}")
_REGION = re.compile(r"\d{2}0000")
_NAME = re.compile(r"[\w.@-]{1,64}")

READER, INVESTIGATOR = "reader", "investigator"
ROLES = (READER, INVESTIGATOR)
"""A reader asks; an investigator also changes things: exports, judgements, acknowledgements."""

_OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """What is kept of one token. Times are ISO 8601 with offset."""

    name: str
    sha256: str
    regions: tuple[str, ...]
    created_at: str
    expires_at: str
    is_told_withheld: bool = True
    role: str = READER

    @property
    def may_write(self) -> bool:
        """Whether he may run mutations."""
        return self.role == INVESTIGATOR

    def is_valid_at(self, now: datetime) -> bool:
        """Whether it has not ended."""
        return now < datetime.fromisoformat(self.expires_at)

    @property
    def reader(self) -> Reader:
        """Whom it stands for."""
        return Reader(self.name, frozenset(self.regions), self.is_told_withheld)


class TokenFile:
    """The tokens of one service; read again whenever the file has changed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp: tuple[int, int] | None = None
        self._tokens: tuple[TokenInfo, ...] = ()

    def create(
        self,
        name: str,
        regions: Iterable[str],
        lifetime: timedelta,
        now: datetime,
        role: str = READER,
    ) -> str:
        """Make a token and return it: this is the only time it can be seen.

        `regions` are province codes, `role` one of `ROLES`. Raises ValueRefused for a name in use or not
        plain, for a region that is no province code, an unknown role, and for a lifetime that is not
        positive.
        """
        chosen = tuple(sorted(set(regions)))
        if not _NAME.fullmatch(name) or any(info.name == name for info in self.tokens()):
            raise ValueRefused("token.name")
        if not all(_REGION.fullmatch(region) for region in chosen):
            raise ValueRefused("token.region")
        if role not in ROLES:
            raise ValueRefused("token.role")
        if lifetime <= timedelta(0):
            raise ValueRefused("token.lifetime")
        token = PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
        info = TokenInfo(
            name, _digest(token), chosen, _stamp_of(now), _stamp_of(now + lifetime), role=role
        )
        self._write((*self.tokens(), info))
        return token

    def revoke(self, name: str) -> bool:
        """End a token now; False when there is none of that name."""
        kept = tuple(info for info in self.tokens() if info.name != name)
        if len(kept) == len(self.tokens()):
            return False
        self._write(kept)
        return True

    def tokens(self) -> tuple[TokenInfo, ...]:
        """All tokens, ended ones included, by name; none when there is no file yet."""
        try:
            status = self.path.stat()
        except FileNotFoundError:
            self._stamp, self._tokens = None, ()
            return ()
        stamp = (status.st_mtime_ns, status.st_ino)
        if stamp != self._stamp:
            rows = orjson.loads(self.path.read_bytes())["tokens"]
            self._tokens = tuple(
                TokenInfo(**{**row, "regions": tuple(row["regions"])}) for row in rows
            )
            self._stamp = stamp
        return self._tokens

    def check(self, token: str, now: datetime) -> TokenInfo | None:
        """The token's entry; None for one that is malformed, unknown or has ended, alike.

        Every entry is compared, each in constant time, so that timing tells nothing.
        """
        if not _SHAPE.fullmatch(token):
            return None
        digest, found = _digest(token), None
        for info in self.tokens():
            if hmac.compare_digest(info.sha256, digest):
                found = info
        return found if found and found.is_valid_at(now) else None

    def _write(self, tokens: Iterable[TokenInfo]) -> None:
        """Replace the file at once, never readable by others."""
        ordered = sorted(tokens, key=lambda info: info.name)
        content = orjson.dumps(
            {"tokens": [asdict(info) for info in ordered]}, option=orjson.OPT_INDENT_2
        )
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=self.path.parent, prefix=".tokens-")
        try:
            os.fchmod(handle, _OWNER_ONLY)
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            Path(draft).replace(self.path)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
        self._stamp = None


def bearer(header: str | None) -> str:
    """The token of an Authorization header; the empty string when it holds none."""
    scheme, _, token = (header or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _stamp_of(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
