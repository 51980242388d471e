"""What a second process can take over: some of the files to read, some of the types to write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from graph.store.bulk import BulkWriter, WrittenFiles
from graph.store.naming import Namer
from ingest.bulk_sink import WriterSink
from ingest.clean import Given
from ingest.inputs import find_inputs
from ingest.reading import Reading
from ingest.refusals import RefusalLog
from ingest.report import LoadReport
from ingest.spool import SpooledFacts, Spools
from ingest.writing import Writing


def _silent(_: str, __: str, ___: int) -> None:
    """Progress of a second process: it is told when the part is done."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a load was asked to do, for a process that knows nothing else."""

    paths: tuple[Path, ...]
    source: str | None
    given: Given
    batch_rows: int
    keeps_refusals: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """What a part refused: how many faults, and the file that lists them (None: only counted)."""

    path: Path | None
    written: int


@dataclass(frozen=True, slots=True)
class ReadPart:
    """Read the inputs from number `begin` to `end`, which is not among them."""

    task: Task
    begin: int
    end: int
    folder: Path

    def run(self) -> tuple[SpooledFacts, LoadReport, Refused]:
        """Read them into spools in `folder`."""
        inputs, _ = find_inputs(self.task.paths, self.task.source)
        report = LoadReport()
        with (
            Spools(_made(self.folder)) as spools,
            RefusalLog(_refused_path(self.task, self.folder)) as refusals,
        ):
            reading = Reading(report, refusals, _silent)
            for number in range(self.begin, self.end):
                reading.read(number, inputs[number], self.task.given, spools)
            return spools.close(), report, Refused(refusals.path, refusals.written)


@dataclass(frozen=True, slots=True)
class WriteOutcome:
    """What came of writing a part of the types for the offline importer."""

    files: WrittenFiles
    numbers: Mapping[str, Path]
    report: LoadReport
    refused: Refused
    unlinked: set[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class WritePart:
    """Write some types for the offline importer into `folder`.

    `numbers` are the tables of those of the entities that relations of this part end at.
    """

    task: Task
    facts: SpooledFacts
    folder: Path
    secret: bytes = field(repr=False)
    numbers: Mapping[str, Path]

    def run(self) -> WriteOutcome:
        """Write them; the numbers of new entities come back."""
        inputs, _ = find_inputs(self.task.paths, self.task.source)
        report = LoadReport()
        folder = _made(self.folder)
        with (
            BulkWriter(folder, Namer(self.secret), numbers=self.numbers) as writer,
            RefusalLog(_refused_path(self.task, folder)) as refusals,
        ):
            writing = Writing(inputs, WriterSink(writer), report, refusals, _silent)
            writing.write(self.facts, self.task.batch_rows)
            numbers = tables_of(writer, self.facts.entities)
            files = writer.finish()
        refused = Refused(refusals.path, refusals.written)
        return WriteOutcome(files, numbers, report, refused, writing.unlinked)


def tables_of(writer: BulkWriter, type_names: Iterable[str]) -> dict[str, Path]:
    """The tables of the numbers of nodes, where there are nodes, for another process to open."""
    known = {name: writer.numbers(name) for name in type_names}
    return {name: numbers.path for name, numbers in known.items() if numbers is not None}


def halves(weights: Mapping[str, int]) -> tuple[Sequence[str], Sequence[str]]:
    """Divide names into two groups of nearly the same weight, heaviest first; always the same way."""
    groups: tuple[list[str], list[str]] = ([], [])
    loads = [0, 0]
    for name in sorted(weights, key=lambda n: (-weights[n], n)):
        lighter = 0 if loads[0] <= loads[1] else 1
        groups[lighter].append(name)
        loads[lighter] += weights[name]
    return sorted(groups[0]), sorted(groups[1])


def cut(sizes: Sequence[int]) -> int:
    """Where to cut a sequence in two so that both parts sum up to nearly the same."""
    total, before = sum(sizes), 0
    for at, size in enumerate(sizes):
        if 2 * (before + size) > total:
            # The file in the middle goes where the imbalance is less.
            return at + 1 if total - 2 * before > 2 * (before + size) - total else at
        before += size
    return len(sizes)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _refused_path(task: Task, folder: Path) -> Path | None:
    return folder / "refused.csv" if task.keeps_refusals else None
