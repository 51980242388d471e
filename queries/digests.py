"""The weekly digest of a region, exactly as it was published."""

from __future__ import annotations

from typing import Any

import orjson

from detect.weekly.digest import without_withheld
from queries.expand import checked_date
from queries.masking import mask_deeply
from queries.reading import Reading
from queries.statements import load


async def weekly_digest(
    reading: Reading, region: str, as_of: str | None = None, edition: int = 0
) -> dict[str, Any] | None:
    """The digest of a date (the newest by default) and edition (the last by default), in one statement.

    None where there is none, or the region is not the reader's. ValueRefused for a date that is none.
    """
    rows = await reading.rows(
        load("weekly_digest"),
        region=region,
        as_of=checked_date(as_of) if as_of else "",
        edition=edition,
    )
    if not rows:
        return None
    body: dict[str, Any] = mask_deeply(orjson.loads(rows[0]["body"]))
    return body if reading.reader.is_told_withheld else without_withheld(body)
