"""Delivers what a week told: each digest to each channel once, however often it is asked for.

An outbox: what is to be sent is noted first (pending), then sent, then noted as sent. A crash between
sending and the receipt leaves it pending, so it is sent once more, with the same id; a receiver that keeps
ids drops the second. Nothing else is ever sent twice: one process delivers at a time.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from detect.weekly.digest import without_withheld
from detect.weekly.lease import analysis_lease
from graph.errors import SuyuanError
from graph.store.session import Store
from graph.store.statement import Statement
from queries.masking import mask_deeply
from suyuan.delivery.channels import Message, NotDelivered, send
from suyuan.delivery.settings import AnyChannel

_ENQUEUE = Statement.load(__file__, "enqueue.cypher")
_PENDING = Statement.load(__file__, "pending.cypher")
_RECEIPT = Statement.load(__file__, "receipt.cypher")
_DELIVERED = Statement.load(__file__, "delivered.cypher")

BACKOFF_S = (1.0, 4.0, 15.0)
"""Waits between tries of one call; what still fails is left to the next call."""


class DeliveryFailed(SuyuanError):
    """Some digests did not arrive; the next call goes on with them."""

    code: ClassVar[str] = "delivery.failed"


@dataclass(frozen=True, slots=True)
class Failure:
    """One digest that a channel did not take."""

    channel: str
    digest: str
    reason: str

    def to_dict(self) -> dict[str, str]:
        """Plain JSON types."""
        return {"channel": self.channel, "digest": self.digest, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Report:
    """What a call did: deliveries made now, made before (of the date), and failed."""

    sent: int
    before: int
    failures: tuple[Failure, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "sent": self.sent,
            "before": self.before,
            "failures": [failure.to_dict() for failure in self.failures],
        }


@dataclass(frozen=True, slots=True)
class Clock:
    """Time, which tests make pass as they like."""

    sleep: Callable[[float], None] = time.sleep
    now_s: Callable[[], float] = time.time

    @property
    def stamp(self) -> str:
        """Now, as ISO 8601."""
        return datetime.fromtimestamp(self.now_s(), UTC).isoformat()


def deliver(
    store: Store, channels: Sequence[AnyChannel], as_of: date, clock: Clock | None = None
) -> Report:
    """Deliver the digests of a date, and whatever an earlier call left, by these channels.

    Raises DeliveryRefused for a secret that is not there, AnalysisIsRunning when another process
    delivers. A channel that fails does not keep the others waiting: it is left after its tries.
    """
    clock = clock or Clock()
    by_name = {channel.name: channel for channel in channels}
    with analysis_lease(store, "delivery"):
        before = store.read(_DELIVERED, as_of=as_of.isoformat(), channels=sorted(by_name))
        wanted = [
            {
                "channel": channel.name,
                "kind": channel.kind,
                "region": region,
                "is_quiet_told": channel.is_quiet_told,
            }
            for channel in channels
            for region in channel.regions
        ]
        store.write(_ENQUEUE, as_of=as_of.isoformat(), wanted=wanted, at=clock.stamp)
        sent, failures = 0, []
        for row in store.read(_PENDING, channels=sorted(by_name)):
            reason = _deliver(store, by_name[row["channel"]], row, clock)
            if reason is None:
                sent += 1
            else:
                digest = json.loads(row["body"])["id"]
                failures.append(Failure(row["channel"], digest, reason))
    return Report(sent, before[0]["sent"], tuple(failures))


def message_id(delivery_id: str) -> str:
    """The id that a receiver sees: the same at every try of one delivery."""
    return "msg_" + hashlib.blake2b(delivery_id.encode(), digest_size=16).hexdigest()


def _deliver(store: Store, channel: AnyChannel, row: dict[str, Any], clock: Clock) -> str | None:
    """Try until it arrives or is not worth another try; why it failed, None when it arrived."""
    body = mask_deeply(json.loads(row["body"]))
    if not channel.is_withheld_told:
        body = without_withheld(body)
    message = Message(message_id(row["id"]), body)
    for wait_s in (*BACKOFF_S, None):
        try:
            note = send(channel, message, clock.now_s)
        except NotDelivered as error:
            store.write(_RECEIPT, id=row["id"], status="pending", at=clock.stamp, note=error.reason)
            if wait_s is None or not error.is_passing:
                return error.reason
            clock.sleep(wait_s)
        else:
            store.write(_RECEIPT, id=row["id"], status="sent", at=clock.stamp, note=note)
            return None
    return None
