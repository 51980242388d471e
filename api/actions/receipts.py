"""Each change once: the idempotency key of a request, its receipt, and the line in the audit log.

One transaction holds the receipt, the effect and the audit line, so that after any failure either all
of them are there or none: a client that heard nothing asks again with the same key, and gets the answer
of the first time (IETF draft-ietf-httpapi-idempotency-key-header).
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from api.jobs.store import stamp
from graph.errors import ValueRefused
from graph.store.async_session import AsyncStore, Run
from graph.store.statement import Statement

_KEYS = tuple(
    Statement.load(__file__, f"{name}_key.cypher")
    for name in ("receipt", "audit", "acknowledgement")
)
_TAKE = Statement.load(__file__, "take_receipt.cypher")
_KEEP = Statement.load(__file__, "keep_receipt.cypher")
_FORGET = Statement.load(__file__, "forget_receipts.cypher")

_FORGOTTEN_AT_ONCE = 1_000
_KEY = re.compile(r"[\x21-\x7e]{8,128}")

Answer = dict[str, Any]
Effect = Callable[[Run], Awaitable[Answer]]
"""Does the change with the statements of a transaction; returns what is to be answered, as JSON."""


class Conflict(Exception):
    """The idempotency key was used for another request."""


@dataclass(frozen=True, slots=True)
class Request:
    """A change that is asked for. `case` is the file number it belongs to, if it was given."""

    action: str
    key: str
    arguments: Mapping[str, Any]
    case: str | None = None

    @property
    def fingerprint(self) -> str:
        """Equal for equal requests."""
        said = [self.action, self.arguments, self.case]
        return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


class Receipts:
    """Performs changes over a store."""

    def __init__(self, store: AsyncStore, keep: timedelta) -> None:
        self._store = store
        self._keep = keep
        self._is_prepared = False
        self._preparing = asyncio.Lock()

    async def perform(self, request: Request, who: str, now: datetime, effect: Effect) -> Answer:
        """Do it, or say what was answered when it was done before.

        Keys are of one reader: nobody meets the keys of others. An effect that raises leaves nothing
        behind, and its key is free again. Raises ValueRefused (`action.key`, `action.case`), Conflict,
        what the effect raises, and what the store raises.
        """
        if not _KEY.fullmatch(request.key):
            raise ValueRefused("action.key")
        if request.case is not None and not 1 <= len(request.case) <= 64:
            raise ValueRefused("action.case", most=64)
        await self._prepare()
        receipt = hashlib.sha256(f"{who}\x00{request.key}".encode()).hexdigest()
        line_id = secrets.token_hex(16)

        async def work(run: Run) -> Answer:
            (row,) = await run(
                _TAKE, id=receipt, owner=who, fingerprint=request.fingerprint, now=stamp(now)
            )
            if row["answer"] is not None:
                if row["fingerprint"] != request.fingerprint:
                    raise Conflict
                return dict(orjson.loads(row["answer"]))
            answer = await effect(run)
            line = {
                "id": line_id,
                "who": who,
                "at": stamp(now),
                "action": request.action,
                "case": request.case,
                "arguments": orjson.dumps(request.arguments).decode(),
                "answer": orjson.dumps(answer).decode(),
            }
            await run(
                _KEEP,
                id=receipt,
                answer=line["answer"],
                forget_at=stamp(now + self._keep),
                line={name: value for name, value in line.items() if value is not None},
            )
            return answer

        return await self._store.transact(f"action_{request.action}", work)

    async def forget(self, now: datetime) -> None:
        """Remove receipts whose time is up."""
        await self._store.write(_FORGET, now=stamp(now), limit=_FORGOTTEN_AT_ONCE)

    async def _prepare(self) -> None:
        async with self._preparing:
            if not self._is_prepared:
                for key in _KEYS:
                    await self._store.write(key)
                self._is_prepared = True
