"""Becomes another program that does not outlive the process that started it.

Usage: mortal.py OWNER_PID COMMAND…

A loader that is killed cannot stop the importer it runs, which would go on writing into the folder in
which the next load begins anew. On Linux the kernel is asked to kill this process when its parent ends;
that survives the change into the command (prctl(2)), whose process id is the one of this script.
Elsewhere the command is run as it is. Run by path, in isolated mode, with the standard library alone.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

_PR_SET_PDEATHSIG = 1


def mortal(command: Sequence[str]) -> list[str]:
    """The command that runs `command` only as long as this process lives."""
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *command]


def main() -> None:
    """Entry point; see the module's text for the arguments."""
    owner_pid, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != owner_pid:  # it ended before the kernel was asked
        sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 - the command is built by our own process


if __name__ == "__main__":
    main()
