"""Where the processor time of a load goes, step by step.

Samples of the stack, taken by the processor time used (`ITIMER_PROF`), so that neither other work on the
machine nor the measuring itself shifts the shares. Each sample counts for the innermost frame that belongs
to a step.
"""

from __future__ import annotations

import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

_ROOT = Path(__file__).parent.parent
_SAMPLE_S = 0.002

#: Step → (path below the checkout, functions there; none: all of them). The first that fits wins.
_STEPS: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("record_ids", "graph/model/ids.py", frozenset({"digest"})),
    ("record_ids", "graph/store/columns.py", frozenset({"record_ids"})),
    ("payloads", "graph/store/columns.py", frozenset()),
    ("payloads", "graph/model/provenance.py", frozenset()),
    ("node_ids", "graph/model/ids.py", frozenset()),
    ("node_ids", "graph/store/naming.py", frozenset()),
    ("key_tables", "graph/store/key_index.py", frozenset()),
    ("search_words", "graph/store/search_values.py", frozenset()),
    ("search_words", "graph/model/search_words.py", frozenset()),
    ("import_files", "graph/store/bulk", frozenset()),
    ("spool", "ingest/spool.py", frozenset()),
    ("decode", "ingest/decode.py", frozenset()),
    ("decode", "ingest/delimited.py", frozenset()),
    ("decode", "ingest/formats/", frozenset()),
    ("map", "ingest/mapped.py", frozenset()),
    ("map", "ingest/expressions.py", frozenset()),
    ("clean", "ingest/clean.py", frozenset()),
    ("clean", "ingest/derive.py", frozenset()),
    ("clean", "ingest/spoilt.py", frozenset()),
    ("clean", "graph/model/", frozenset()),
    ("other", "ingest/pipeline.py", frozenset()),
)
STEPS = tuple(dict.fromkeys(step for step, _, _ in _STEPS))


@contextmanager
def sampled() -> Iterator[Mapping[str, float]]:
    """Processor seconds by step of what the block does in this process; filled when the block ends.

    Only the main thread can be sampled: in any other one the result stays empty.
    """
    seconds: dict[str, float] = {}
    if threading.current_thread() is not threading.main_thread():
        yield seconds
        return
    samples: Counter[str] = Counter()

    def look(_: int, frame: FrameType | None) -> None:
        samples[_step_of(frame)] += 1

    started_s = time.process_time()
    before = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, _SAMPLE_S, _SAMPLE_S)
    try:
        yield seconds
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
        # The kernel's clock may tick less often than asked, so samples say shares and no seconds.
        used_s = time.process_time() - started_s
        seconds.update({step: n / samples.total() * used_s for step, n in samples.items()})


def _step_of(frame: FrameType | None) -> str:
    while frame is not None:
        path, name = frame.f_code.co_filename, frame.f_code.co_name
        if path.startswith(str(_ROOT)):
            inside = path[len(str(_ROOT)) + 1 :]
            for step, where, functions in _STEPS:
                if inside.startswith(where) and (not functions or name in functions):
                    return step
        frame = frame.f_back
    return "other"
