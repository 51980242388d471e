"""Runs the database as its child and makes sure that it never outlives the process that wanted it.

Started by path, in isolated mode, with the standard library alone, so it costs a few megabytes and
no import of the rest. Its standard input is a pipe from the owner:

- end of file: the owner has closed the store, or is gone in whatever way: stop the database;
- a byte: the owner has seen the database answer. From then on a database that dies is started again
  (its transaction log brings it back to the last commit), up to `MAX_RESTARTS` times.

Its standard output carries one line of JSON per start of the database: its `pid` and `started_at`.
The exit status is 0 after a clean stop that was asked for, `FORCED` after one that took too long,
else the database's own.

Usage: supervisor.py OWNER_PID LOCK_DESCRIPTOR STOP_TIMEOUT_S CONSOLE_LOG COMMAND…
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

MAX_RESTARTS = 5
FORCED = 9
_POLL_S = 0.2
_OWNER_FD = 0
_PR_SET_PDEATHSIG = 1


class Supervisor:
    """One database process at a time, and the reasons to start or stop it."""

    def __init__(self, argv: list[str]) -> None:
        self.owner_pid = int(argv[0])
        self.lock_descriptor = int(argv[1])
        self.stop_timeout_s = float(argv[2])
        self.console_log = Path(argv[3])
        self.command = argv[4:]
        self.stop_requested = False
        self.was_ready = False
        self.restarts = 0

    def run(self) -> int:
        """Keep the database running until it is no longer wanted; returns the exit status."""
        while True:
            child = self._start()
            while child.poll() is None and not self.stop_requested:
                self._look_at_owner()
            if self.stop_requested:
                return self._stop(child)
            if not self.was_ready or self.restarts == MAX_RESTARTS:
                return abs(child.returncode) or 1
            self.restarts += 1

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Signal handler: stop the database, then leave."""
        self.stop_requested = True

    def _start(self) -> subprocess.Popen[bytes]:
        with self.console_log.open("ab") as log:
            child = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # The database carries the store's lock too: nobody can open the files under it.
                pass_fds=(self.lock_descriptor,),
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
            )
        line = json.dumps({"pid": child.pid, "started_at": time.time()}) + "\n"
        try:
            os.write(1, line.encode())
        except BrokenPipeError:
            self.stop_requested = True
        return child

    def _look_at_owner(self) -> None:
        # A worker that the owner forked may hold the pipe open after the owner is gone, so the
        # parent's identity is looked at as well.
        if os.getppid() != self.owner_pid:
            self.stop_requested = True
            return
        readable, _, _ = select.select([_OWNER_FD], [], [], _POLL_S)
        if readable:
            if os.read(_OWNER_FD, 64):
                self.was_ready = True
            else:
                self.stop_requested = True

    def _stop(self, child: subprocess.Popen[bytes]) -> int:
        child.terminate()
        try:
            child.wait(self.stop_timeout_s)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            return FORCED
        return 0


def _die_with_parent() -> None:
    # Covers the one case the pipe cannot: the supervisor itself being killed. Safe here because
    # this process has one thread (the signal is tied to the thread that forked, see prctl(2)).
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def main() -> int:
    """Entry point; see the module's text for the arguments."""
    supervisor = Supervisor(sys.argv[1:])
    signal.signal(signal.SIGTERM, supervisor.request_stop)
    # Ctrl-C is for the owner, who then closes the store.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    return supervisor.run()


if __name__ == "__main__":
    raise SystemExit(main())
