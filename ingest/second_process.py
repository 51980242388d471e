"""A second process that takes over a part of a load, so that two cores are used.

The part is a value with a `run` method; it and its outcome travel as pickles through pipes between our
own processes. A part that fails there, for whatever reason, is done again here, so that errors are
those of a load in one process and no part is ever lost.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Generic, Protocol, TypeVar, cast

from graph.store.mortal import mortal

_ROOT = Path(__file__).parent.parent
_KEPT_VARIABLES = ("HOME", "LANG", "PATH", "TMPDIR")

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")


class Part(Protocol[T_co]):
    """A piece of work that needs nothing but its own fields."""

    def run(self) -> T_co:
        """Do it; called once, in either process."""
        ...


class Pending(Generic[T]):
    """A part that is under way in the second process."""

    def __init__(self, part: Part[T], answers: IO[bytes]) -> None:
        self._part = part
        self._answers = answers

    def result(self) -> T:
        """Wait for the outcome; if there is none, do the part here."""
        try:
            was_done, outcome = pickle.load(self._answers)  # noqa: S301 - our own child wrote it
        except (EOFError, pickle.UnpicklingError, OSError):
            was_done, outcome = False, None
        return cast(T, outcome) if was_done else self._part.run()


class SecondProcess:
    """A context manager; the process is started at once and ends with the block."""

    def __enter__(self) -> SecondProcess:
        kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        self._process = subprocess.Popen(
            # Killed with us: the next load may write files of the same names.
            mortal([sys.executable, "-P", "-m", "ingest.second_process"]),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**kept, "PYTHONPATH": str(_ROOT)},
            start_new_session=True,  # Ctrl-C in a terminal is ours to handle
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self._process.kill()
        with suppress(BrokenPipeError):  # it has died, with a part in the pipe
            self._process.__exit__(kind, error, trace)
        self._process.wait()

    def start(self, part: Part[T]) -> Pending[T]:
        """Hand over a part; one at a time."""
        to, answers = self._process.stdin, self._process.stdout
        assert to is not None  # noqa: S101 - both were opened with PIPE above
        assert answers is not None  # noqa: S101
        with suppress(OSError):  # it has died: `result` notices
            pickle.dump(part, to, pickle.HIGHEST_PROTOCOL)
            to.flush()
        return Pending(part, answers)


def _serve(parts: IO[bytes], answers: IO[bytes]) -> None:
    import gc

    gc.disable()  # as in `ingest.pipeline`: rows form no cycles
    while True:
        try:
            part = pickle.load(parts)  # noqa: S301 - our own parent wrote it
        except EOFError:
            return
        try:
            answer = (True, part.run())
        except Exception:  # done again by the parent, which then raises the same
            answer = (False, None)
        pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()


if __name__ == "__main__":
    # Whatever is printed by mistake must not get between the pickles.
    channel = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    _serve(sys.stdin.buffer, channel)
