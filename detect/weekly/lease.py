"""Only one process publishes at a time: a lease in the store, which ends by itself when its holder does.

A store folder has a lock of its own; a server may be reached by several machines. The publishing
transaction renews the lease first, so a run that was stopped for long and lost it publishes nothing.
"""

from __future__ import annotations

import json
import secrets
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import Any, ClassVar

from graph.errors import StoreError, SuyuanError
from graph.store.lock import Owner, is_running
from graph.store.session import Run, Store
from graph.store.statement import Statement

_TAKE = Statement.load(__file__, "take_lease.cypher")
_HOLD = Statement.load(__file__, "hold_lease.cypher")
_END = Statement.load(__file__, "end_lease.cypher")

LEASE_S = 300
"""How long a holder that vanished on another machine keeps the others out."""
_RENEW_S = 60.0
_FIRST_LOOK_S = 5.0


class AnalysisIsRunning(StoreError):
    """Another run is publishing into this store, or has taken over from this one."""

    code: ClassVar[str] = "detect.analysis_running"


class Lease:
    """The right to publish. Taken on a thread of its own, which then renews it and gives it back."""

    def __init__(self, store: Store, name: str) -> None:
        self._store = store
        self._id = f"SuyuanMeta:{name}_lease"
        self._token = secrets.token_hex(16)
        self._taken: Future[None] = Future()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._hold, name=f"{name}-lease", daemon=True)
        self._thread.start()

    def confirm(self, wait_s: float | None = None) -> None:
        """Wait until it is taken, at most `wait_s`. Raises AnalysisIsRunning when another has it."""
        with suppress(TimeoutError):
            self._taken.result(wait_s)

    def renew(self, run: Run) -> None:
        """Within a transaction: go on only if nobody has taken over. Raises AnalysisIsRunning."""
        if not run(_HOLD, id=self._id, token=self._token, lease_s=LEASE_S):
            raise AnalysisIsRunning(owner="-")

    def end(self) -> None:
        """Give it back, if it was taken."""
        self._is_over.set()
        self._thread.join()

    def _hold(self) -> None:
        try:
            self._take()
        except BaseException as error:
            self._taken.set_exception(error)
            return
        self._taken.set_result(None)
        while not self._is_over.wait(_RENEW_S):
            # Tried again: a publication has the lease locked for as long as it runs, and looks itself
            # whether it is still ours.
            with suppress(SuyuanError):
                self._store.write(_HOLD, id=self._id, token=self._token, lease_s=LEASE_S)
        with suppress(SuyuanError):  # a store that is gone lets go of it in time
            self._store.write(_END, id=self._id, token=self._token)

    def _take(self) -> None:
        found = self._asked_for("")
        if found["token"] != self._token and _has_died(found["owner"]):
            found = self._asked_for(found["token"])
        if found["token"] != self._token:
            said = json.loads(found["owner"])
            raise AnalysisIsRunning(owner=f"process {said['pid']} on {said['host']}")

    def _asked_for(self, gone: str) -> dict[str, str]:
        owner = json.dumps(asdict(Owner.of_this_process()))
        given: dict[str, Any] = {"owner": owner, "gone": gone, "lease_s": LEASE_S}
        return self._store.write(_TAKE, id=self._id, token=self._token, **given)[0]


@contextmanager
def analysis_lease(store: Store, name: str = "analysis") -> Iterator[Lease]:
    """Hold the lease of that name for a `with` block.

    Raises AnalysisIsRunning when another process has it; one of this machine that has died is not
    waited for.

    While the keys of a store are being made nothing can be written: then reading goes on, and
    `confirm` waits.
    """
    lease = Lease(store, name)
    try:
        lease.confirm(_FIRST_LOOK_S)
        yield lease
    finally:
        lease.end()


def _has_died(owner: str) -> bool:
    said = json.loads(owner)
    if said["host"] != socket.gethostname():
        return False
    return not is_running(said["pid"], said["created_at"])
