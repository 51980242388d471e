"""The load: read and clean every file, judge the whole, then write entities, then relations.

Nothing reaches the sink before every file is read and every threshold holds. A refused row costs
itself alone. The same files loaded twice state the same facts, so the second load changes nothing.

A load of some size is shared with a second process: some of the files to read, and, where the offline
importer is the sink, some of the types to write. What comes out does not depend on it.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from graph.errors import ValueRefused
from graph.ontology import ontology
from ingest.bulk_sink import BulkSink
from ingest.clean import Given
from ingest.inputs import Input, find_inputs
from ingest.parts import ReadPart, Refused, Task, WritePart, cut, halves, tables_of
from ingest.reading import Reading
from ingest.refusals import Fault, RefusalLog, reason_text, source_error
from ingest.report import LoadReport, Progress
from ingest.second_process import SecondProcess
from ingest.sink import Sink
from ingest.spool import SpooledFacts, SpoolFolder, Spools
from ingest.writing import Writing

SHARED_FROM_BYTES = 8 << 20
"""Below this a second process, which takes half a second to start, would not pay."""


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """How to load. `refused_path`: where refused rows go (None: they are only counted).

    `source` forces a mapping; `given` is what the load states for rows that do not say it themselves;
    `batch_rows` go to the sink at once; `spool_folder` is where cleaned rows wait. `is_shared` says
    whether a second process helps; None: when there is enough to do, and a second core.
    """

    refused_path: Path | None = None
    source: str | None = None
    given: Given = field(default_factory=Given)
    batch_rows: int = 4_000
    spool_folder: Path | None = None
    is_shared: bool | None = None


def load(
    paths: Iterable[Path],
    sink: Sink,
    options: LoadOptions | None = None,
    progress: Progress | None = None,
) -> LoadReport:
    """Load files and folders into the sink; SourceError or ThresholdExceeded before it is touched.

    After ThresholdExceeded the refused file is there to be looked at, and nothing was written.
    """
    options = options or LoadOptions()
    paths = tuple(paths)
    try:
        given = options.given.checked()
    except ValueRefused as refused:
        detail = reason_text(Fault("", "", refused.reason, refused.params), "en")
        raise source_error("given", detail=detail) from refused
    inputs, skipped = find_inputs(paths, options.source)
    report = LoadReport(skipped=skipped)
    task = Task(paths, options.source, given, options.batch_rows, options.refused_path is not None)
    with (
        _without_collector(),
        SpoolFolder(options.spool_folder) as folder,
        RefusalLog(options.refused_path) as refusals,
        ExitStack() as stack,
    ):
        helper = stack.enter_context(SecondProcess()) if _is_shared(options, inputs) else None
        run = _Load(task, inputs, report, refusals, progress or (lambda *_: None))
        facts = run.read(folder, helper)
        run.judge()
        run.write(facts, sink, helper)
        sink.finish()
        if refusals.written and options.refused_path is not None:
            report.refused_file = options.refused_path.name
    return report


def _is_shared(options: LoadOptions, inputs: Sequence[Input]) -> bool:
    if options.is_shared is not None:
        return options.is_shared
    is_much = sum(item.path.stat().st_size for item in inputs) >= SHARED_FROM_BYTES
    return is_much and (os.cpu_count() or 1) > 1


@contextmanager
def _without_collector() -> Iterator[None]:
    """Python's cyclic garbage collector off: rows form no cycles, and it took a third of the time.

    It walks all that is kept each time a few hundred more objects were made.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@dataclass(frozen=True, slots=True)
class _Load:
    task: Task
    inputs: Sequence[Input]
    report: LoadReport
    refusals: RefusalLog
    progress: Progress

    def read(self, folder: Path, helper: SecondProcess | None) -> SpooledFacts:
        """Clean every file into spools; with a helper, it reads the later files."""
        here = len(self.inputs)
        pending = None
        if helper is not None:
            here = cut([item.path.stat().st_size for item in self.inputs])
            part = ReadPart(self.task, here, len(self.inputs), folder / "second")
            pending = helper.start(part)
        reading = Reading(self.report, self.refusals, self.progress)
        with Spools(folder) as spools:
            for number in range(here):
                reading.read(number, self.inputs[number], self.task.given, spools)
            facts = spools.close()
        if pending is not None:
            more, report, refused = pending.result()
            self._absorb(report, refused)
            facts = facts.followed_by(more)
        return facts

    def judge(self) -> None:
        """Raise ThresholdExceeded for the first table or source with too many refused rows."""
        for name, threshold in {item.name: item.threshold for item in self.inputs}.items():
            count = self.report.table(name)
            threshold.check(name, count.read, count.refused)

    def write(self, facts: SpooledFacts, sink: Sink, helper: SecondProcess | None) -> None:
        """Entities first, then relations; with a helper, it writes half of the types of each."""
        writing = Writing(self.inputs, sink, self.report, self.refusals, self.progress)
        for stage in (SpooledFacts(facts.entities, {}), SpooledFacts({}, facts.relations)):
            if helper is not None and isinstance(sink, BulkSink):
                self._write_shared(writing, stage, sink, helper)
            else:
                writing.write(stage, self.task.batch_rows)

    def _write_shared(
        self, writing: Writing, stage: SpooledFacts, sink: BulkSink, helper: SecondProcess
    ) -> None:
        """Entities or relations; a type is written whole by one of the two processes."""
        weights = {
            name: sum(segment.facts for segment in segments)
            for name, segments in (*stage.entities.items(), *stage.relations.items())
        }
        ours, theirs = halves(weights)
        ends = {
            end
            for name in theirs
            if name in stage.relations
            for end in (ontology().relations[name].start, ontology().relations[name].end)
        }
        folder = sink.writer.folder / ("relations" if stage.relations else "entities")
        numbers = tables_of(sink.writer, ends)
        part = WritePart(self.task, stage.only(theirs), folder, sink.bulk.secret, numbers)
        pending = helper.start(part)
        writing.write(stage.only(ours), self.task.batch_rows)
        outcome = pending.result()
        sink.writer.join(outcome.files, outcome.numbers)
        self._absorb(outcome.report, outcome.refused)
        for at in outcome.unlinked & writing.unlinked:  # one row, counted by both
            self.report.table(self.inputs[at[0]].name).refused -= 1
        writing.unlinked |= outcome.unlinked

    def _absorb(self, report: LoadReport, refused: Refused) -> None:
        self.report.absorb(report)
        if refused.path is not None:
            self.refusals.absorb(refused.path, refused.written)
        for name, facts in report.written.items():
            self.progress("write", name, facts)
