"""One operation of any kind over a connection that stays open: its answers, one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from graphql import GraphQLError, OperationType

from api.auth import TokenInfo
from api.desk import Desk
from api.errors import RequestRefused, Shown, fault_of, message
from api.operation import Answer, operation_type, run, subscribe
from api.request import GraphQLRequest

_BUSY = Shown("SERVICE_UNAVAILABLE", 503, "api.error.busy")
_TIMEOUT = Shown("LIMIT_EXCEEDED", 400, "api.error.limit")
_ENDED = Shown("UNAUTHENTICATED", 401, "api.error.unauthenticated")
_GRACE_S = 1.0


async def answers(
    desk: Desk, token: TokenInfo, language: str, asked: GraphQLRequest, *, is_get: bool = False
) -> AsyncIterator[Answer]:
    """One answer to a query or a mutation, any number to a subscription.

    An answer without `data` is the last: the operation was refused or broke off. A subscription is cut
    off as soon as its token has ended; no event is told after that.
    """
    try:
        # A trusted document may be given by its hash alone: its kind is known once it was looked up.
        asked = desk.gate.trusted.admit(asked, token.role)
        kind = operation_type(asked, desk.settings.limits)
        if kind is not OperationType.SUBSCRIPTION:
            yield await _single(desk, token, language, asked, is_get=is_get)
            return
        stream = await subscribe(
            asked,
            desk.context(token, language),
            desk.settings.limits,
            fresh=lambda: desk.context(token, language),
        )
    except RequestRefused as refused:
        yield refusal(refused, language)
        return
    except Exception as error:
        # Logged under an incident number; the client is told that, and nothing else.
        fault = fault_of(GraphQLError(str(error), original_error=error), language)
        yield Answer(fault.status, {"errors": [fault.body]})
        return
    if isinstance(stream, Answer):
        yield stream
        return
    try:
        async for answer in stream:
            if desk.still(token) is None:
                yield refusal(RequestRefused(_ENDED), language)
                return
            yield answer
    finally:
        # A generator that is left alone would end whenever it is collected.
        close = getattr(stream, "aclose", None)
        if close is not None:
            await close()


def refusal(refused: RequestRefused, language: str) -> Answer:
    """The answer that says why nothing was run."""
    shown = refused.shown
    said = message(shown.text, language, refused.params)
    return Answer(shown.status, {"errors": [{"message": said, "extensions": {"code": shown.code}}]})


async def _single(
    desk: Desk, token: TokenInfo, language: str, asked: GraphQLRequest, *, is_get: bool
) -> Answer:
    if desk.running >= desk.settings.concurrent:
        raise RequestRefused(_BUSY)
    deadline_s = desk.settings.deadline_s
    desk.running += 1
    try:
        async with asyncio.timeout(deadline_s + _GRACE_S):
            return await run(
                asked, desk.context(token, language), desk.settings.limits, is_get=is_get
            )
    except TimeoutError as error:
        raise RequestRefused(_TIMEOUT, limit=f"deadline {deadline_s:g} s") from error
    finally:
        desk.running -= 1
