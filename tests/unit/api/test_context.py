"""What an operation carries along."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import cast

import pytest

from api.context import Context
from graph.errors import LimitExceeded, SuyuanError
from graph.store.async_session import AsyncStore
from queries.conditions import EVERYTHING, Step
from queries.pages import PageRequest
from queries.reading import Reader, Reading
from queries.related import RelatedList
from queries.thing_columns import Wanted

STEP = Step("OPERATES", is_out=True)


def test_what_failed_for_many_at_once_is_not_asked_again_for_each() -> None:
    # The time is up, so that no statement ever reaches a store.
    reader = Reader("reader", frozenset({"330000"}))
    reading = Reading(cast("AsyncStore", None), reader, "2025-09-05", time.monotonic() - 1)
    plain = RelatedList.of(STEP, EVERYTHING, "2025-09-05", PageRequest(5))
    asked = replace(plain, wanted=Wanted.of(STEP.far, ["name"]))

    async def failures() -> list[SuyuanError]:
        context, found = Context(reading), []
        with pytest.raises(LimitExceeded) as first:
            await context.related_columns(asked, ["Merchant:M1", "Merchant:M2"])
        found.append(first.value)
        for identifier in ("Merchant:M1", "Merchant:M2"):
            with pytest.raises(LimitExceeded) as again:
                await context.related(asked).load(identifier)
            found.append(again.value)
        with pytest.raises(LimitExceeded) as other:
            await context.related(plain).load("Merchant:M1")
        return [*found, other.value]

    first, *again, other = asyncio.run(failures())
    assert all(error is first for error in again)
    assert other is not first
