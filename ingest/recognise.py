"""Which column of a sheet is what: by its head, and by whether its values are of that kind.

Confidence is in 0..1: 1 for a known head, 0.75 for a similar one, 0.65 for values that speak for
themselves (a check digit, a platform's web address), times how many of the values pass.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from graph.errors import ValueRefused
from graph.model.values import KINDS, characters, store_native_id
from graph.ontology import ontology
from ingest.expressions import CellRefused, Compiler
from ingest.formats.opening import open_rows
from ingest.formats.rows import Layout
from ingest.vocabulary import COLUMN, LOAD, Target, Vocabulary, plain, vocabulary

SAMPLE_ROWS = 500
MIN_FIT = 0.5
"""A column of which fewer than half the values pass is not what its head says."""

NOTHING = frozenset(
    (
        "/",
        "//",
        "-",
        "--",
        "—",
        "——",
        "无",
        "N/A",
        "n/a",
        "NULL",
        "null",
        "None",
        "未知",
        "不详",
        "暂无",
    )
)
"""Words that sheets put where there is nothing."""

_WEIGHTS = {"head": 1.0, "similar": 0.75, "values": 0.65}
_SIMILARITY = 0.8
_MIN_VALUES = 3
_SPEAKING_FIT = 0.9
# Kinds whose values speak for themselves: a check digit, a closed list, or a form of their own.
_SPEAKING = (
    ("uscc", "merchant", "uscc"),
    ("customs_declaration", "customs", "declaration_no"),
    ("ccc", "certificate", "certificate_no"),
    ("platform", "platform", "platform"),
)
_PSEUDO_KINDS = {"operator_id": "token", "region": "division"}


@dataclass(frozen=True, slots=True)
class Sample:
    """The first rows of a sheet: `columns` are the values of each column that say something.

    `absent` are the words met that say nothing, such as a dash.
    """

    header: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    rows: int
    layout: Layout
    absent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recognition:
    """What a column is taken for. `by` is head, similar or values; `fit` the share of values that pass."""

    column: str
    target: Target
    by: str
    fit: float
    checked: int

    @property
    def confidence(self) -> float:
        """0 to 1; a column without any value is worth half of what its head says."""
        return _WEIGHTS[self.by] * (0.5 + 0.5 * self.fit if self.checked else 0.5)

    @property
    def is_borne_out(self) -> bool:
        """Whether the values, if there are any, are mostly of that kind."""
        return not self.checked or self.fit >= MIN_FIT


def read_sample(path: Path, known: Vocabulary, sheet: str | None = None) -> Sample:
    """Header and first SAMPLE_ROWS rows; the header of a sheet is the first row that looks like one."""

    def has_known_heads(cells: Sequence[str]) -> bool:
        return sum(plain(cell) in known.heads for cell in cells) >= 2

    layout = Layout(sheet)
    for is_header in (has_known_heads, _looks_like_heads):
        with open_rows(path, path.name, layout, is_header) as rows:
            if is_header is has_known_heads and not has_known_heads(rows.header):
                continue
            cells = []
            for row in rows.rows():
                if row.fault is None:
                    cells.append(row.cells)
                if len(cells) >= SAMPLE_ROWS:
                    break
            return _sample(rows.header, cells, rows.layout)
    raise AssertionError("the second look always ends")


def _sample(header: tuple[str, ...], cells: list[list[str]], layout: Layout) -> Sample:
    said = [[value for each in cells if (value := each[at].strip())] for at in range(len(header))]
    absent = sorted({value for values in said for value in values if value in NOTHING})
    columns = tuple(tuple(v for v in values if v not in NOTHING) for values in said)
    return Sample(header, columns, len(cells), layout, tuple(absent))


def _looks_like_heads(cells: Sequence[str]) -> bool:
    """Several different short cells, none of them a number or a date."""
    return (
        len(cells) >= 2
        and len(set(cells)) == len(cells)
        and all(len(cell) <= 30 for cell in cells)
        and not any(_passes("decimal", cell) or _passes("date", cell) for cell in cells)
    )


def recognise(sample: Sample, known: Vocabulary) -> list[Recognition]:
    """Every reading of every column, best first; `is_borne_out` says whether its values agree."""
    found = []
    for column, values in zip(sample.header, sample.columns, strict=True):
        for target, by in _candidates(column, values, known):
            fit = _passed(target, values) / len(values) if values else 0.0
            found.append(Recognition(column, target, by, fit, len(values)))
    return sorted(found, key=lambda r: -r.confidence)


def likely_kind(values: Sequence[str]) -> str | None:
    """The narrowest kind nine tenths of the values are of, for a column nobody recognised."""
    if len(values) < _MIN_VALUES:
        return None
    for kind in ("uscc", "date", "datetime", "phone", "url", "integer", "decimal", "boolean"):
        if sum(_passes(kind, value) for value in values) >= _SPEAKING_FIT * len(values):
            return kind
    return "text"


def _candidates(
    column: str, values: Sequence[str], known: Vocabulary
) -> Iterator[tuple[Target, str]]:
    head = plain(column)
    if head in known.never or head in known.serial:
        return
    if head in known.heads:
        yield from ((target, "head") for target in known.heads[head])
        return
    similar = _similar(head, known)
    if similar is not None:
        yield from ((target, "similar") for target in known.heads[similar])
        return
    if len(values) >= _MIN_VALUES:
        yield from ((target, "values") for target in _speaking(values))


def _similar(head: str, known: Vocabulary) -> str | None:
    """The known head that this one ends in (供应商统一社会信用代码), else the one it resembles most."""
    endings = [other for other in known.heads if len(other) >= 4 and head.endswith(other)]
    if endings:
        return max(endings, key=len)
    close = difflib.get_close_matches(head, known.heads, n=1, cutoff=_SIMILARITY)
    return close[0] if close else None


def _speaking(values: Sequence[str]) -> Iterator[Target]:
    for kind, alias, prop in _SPEAKING:
        if sum(_passes(kind, value) for value in values) >= _SPEAKING_FIT * len(values):
            yield Target(alias, prop, f"column: {COLUMN}\n")
    reached = [found for value in values if (found := store_native_id.from_url(value))]
    if len(reached) >= _SPEAKING_FIT * len(values) and reached[0].target == "listing":
        template = f"derive: listing_id_of_url\nof:\n- {{column: {COLUMN}, as: url}}\n"
        yield Target("listing", "native_id", template)


def _passed(target: Target, values: Sequence[str]) -> int:
    """How many of the values the target's expression and kind accept."""
    expression = Compiler("proposal", ("c",)).compile(target.spec("c"))
    kind = kind_of(target)
    passed = 0
    for value in values:
        try:
            raw = expression((characters.fold(value),))
        except (ValueRefused, CellRefused):
            continue
        passed += raw is not None and _passes(kind, raw)
    return passed


def kind_of(target: Target) -> str:
    """The value kind of the property a target fills."""
    if target.prop in _PSEUDO_KINDS:
        return _PSEUDO_KINDS[target.prop]
    if target.alias == LOAD:
        return "datetime"
    return ontology().entities[vocabulary().types[target.alias]].property(target.prop).kind


def _passes(kind: str, value: str) -> bool:
    try:
        KINDS[kind].clean(value)
    except ValueRefused:
        return kind == "datetime" and _passes("date", value)
    return True
