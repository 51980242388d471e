"""How a mapping says where a value comes from: small expressions over the cells of one row.

An expression is compiled once, when the mapping is read, into a function from the row's cells to a text
or None (absent). What it yields is raw text: the value kind of the property it fills cleans it after.

    {column: reg_date}                                    the cell
    {constant: legal_rep}                                 always this text
    {template: "{platform}/{shop}"}                       cells joined; absent if one of them is
    {first: [expr, …]}                                    the first that is present
    {derive: division_of_place, of: [expr, …]}            a function of ingest.derive.FUNCTIONS
and on any of them, applied in this order:
    extract: 'regex with (one group)'                     else refused: mapping.extract
    as: uscc                                              cleaned by that value kind, else refused
    dates: ['%d.%m.%Y', …]                                to ISO 8601; else refused: mapping.date
    map: {有限责任公司: company}, otherwise: keep | absent | refuse (default)
    default: text                                         instead of absence
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from string import Formatter
from typing import Any

from graph.errors import ValueRefused
from graph.model.values import KINDS, ValueKind
from ingest import spoilt
from ingest.derive import FUNCTIONS
from ingest.refusals import source_error

Cells = Sequence[str | None]
Expression = Callable[[Cells], str | None]
Step = Callable[[str], str | None]

_SOURCES = ("column", "constant", "template", "first", "derive")
_MODIFIERS = ("of", "extract", "as", "dates", "map", "otherwise", "default")


class CellRefused(Exception):
    """What an expression refused, with the column whose cell was to blame (empty: not known)."""

    def __init__(self, column: str, cause: ValueRefused) -> None:
        super().__init__(column, cause.reason)
        self.column = column
        self.cause = cause


class Compiler:
    """Compiles the expressions of one mapping; `columns` are its source columns, in cell order."""

    def __init__(self, mapping: str, columns: Sequence[str]) -> None:
        self._mapping = mapping
        self._at = {name: at for at, name in enumerate(columns)}

    def wrong(self, problem: str) -> Exception:
        """The error for a mapping that contradicts itself."""
        return source_error("mapping_wrong", mapping=self._mapping, problem=problem)

    def compile(self, spec: object) -> Expression:
        """The function a specification stands for; SourceError when it is not well formed."""
        if not isinstance(spec, dict):
            raise self.wrong(f"an expression must be a mapping, not {spec!r}")
        if unknown := set(spec) - {*_SOURCES, *_MODIFIERS}:
            raise self.wrong(f"unknown word {sorted(unknown)[0]!r}")
        named = [name for name in _SOURCES if name in spec]
        if len(named) != 1:
            raise self.wrong(f"exactly one of {', '.join(_SOURCES)} is wanted in {spec!r}")
        base: Expression = getattr(self, f"_{named[0]}")(spec)
        steps = self._steps(spec)
        default = str(spec["default"]) if "default" in spec else None
        if not steps and default is None:
            return base

        column = column_of(spec)

        def evaluate(cells: Cells) -> str | None:
            value = base(cells)
            try:
                for step in steps:
                    if value is None:
                        break
                    value = step(value)
            except ValueRefused as refused:
                raise CellRefused(column, refused) from None
            return default if value is None else value

        return evaluate

    def column_at(self, name: object) -> int:
        """Position of a source column; SourceError when the mapping does not declare it."""
        if not isinstance(name, str) or name not in self._at:
            raise self.wrong(f"column {name!r} is not declared")
        return self._at[name]

    def _column(self, spec: Mapping[str, Any]) -> Expression:
        at = self.column_at(spec["column"])
        return lambda cells: cells[at]

    def _constant(self, spec: Mapping[str, Any]) -> Expression:
        constant = str(spec["constant"])
        return lambda _: constant

    def _template(self, spec: Mapping[str, Any]) -> Expression:
        pieces: list[tuple[str, int | None]] = [
            (literal, None if name is None else self.column_at(name))
            for literal, name, _, _ in Formatter().parse(str(spec["template"]))
        ]

        def fill(cells: Cells) -> str | None:
            out = []
            for literal, at in pieces:
                out.append(literal)
                if at is not None:
                    cell = cells[at]
                    if cell is None:
                        return None
                    out.append(cell)
            return "".join(out)

        return fill

    def _first(self, spec: Mapping[str, Any]) -> Expression:
        options = [self.compile(option) for option in spec["first"]]
        return lambda cells: next(
            (value for option in options if (value := option(cells)) is not None), None
        )

    def _derive(self, spec: Mapping[str, Any]) -> Expression:
        function = FUNCTIONS.get(spec["derive"])
        if function is None:
            raise self.wrong(f"unknown derivation {spec['derive']!r}")
        arguments = [self.compile(argument) for argument in spec.get("of", ())]
        column = column_of(spec)

        def apply(cells: Cells) -> str | None:
            values = [argument(cells) for argument in arguments]
            if None in values:
                return None
            try:
                return function(*values)
            except ValueRefused as refused:
                raise CellRefused(column, refused) from None

        return apply

    def _steps(self, spec: Mapping[str, Any]) -> list[Step]:
        steps: list[Step] = []
        if "extract" in spec:
            steps.append(self._extract(str(spec["extract"])))
        if "as" in spec:
            kind = KINDS.get(spec["as"])
            if kind is None:
                raise self.wrong(f"unknown value kind {spec['as']!r}")
            steps.append(_as_kind(kind))
        if "dates" in spec:
            steps.append(_dates([str(form) for form in spec["dates"]]))
        if "map" in spec:
            otherwise = spec.get("otherwise", "refuse")
            if otherwise not in ("keep", "absent", "refuse"):
                raise self.wrong(f"otherwise: {otherwise!r}")
            steps.append(_map({str(k): str(v) for k, v in spec["map"].items()}, otherwise))
        return steps

    def _extract(self, pattern: str) -> Step:
        try:
            compiled = re.compile(pattern)
        except re.error as error:
            raise self.wrong(f"extract {pattern!r}: {error}") from error
        if compiled.groups != 1:
            raise self.wrong(f"extract {pattern!r} needs exactly one group")

        def extract(value: str) -> str | None:
            match = compiled.search(value)
            if match is None:
                raise ValueRefused("mapping.extract")
            return match[1] or None

        return extract


def _as_kind(kind: ValueKind) -> Step:
    is_code = spoilt.is_code(kind.name, is_required=True)

    def clean(value: str) -> str:
        if is_code:
            spoilt.check(value)
        return str(kind.clean(value))

    return clean


def _dates(formats: list[str]) -> Step:
    def parse(value: str) -> str:
        for form in formats:
            try:
                # A calendar day without a time: no zone is involved.
                return datetime.strptime(value, form).date().isoformat()  # noqa: DTZ007
            except ValueError:
                continue
        raise ValueRefused("mapping.date")

    return parse


def _map(values: Mapping[str, str], otherwise: str) -> Step:
    def look_up(value: str) -> str | None:
        found = values.get(value)
        if found is not None:
            return found
        if otherwise == "refuse":
            raise ValueRefused("mapping.value")
        return value if otherwise == "keep" else None

    return look_up


def column_of(spec: Any) -> str:
    """The column to name when the value is refused: the first one the expression mentions."""
    if isinstance(spec, dict):
        if "column" in spec:
            return str(spec["column"])
        found = (column_of(part) for part in (*spec.get("first", ()), *spec.get("of", ())))
        return next((name for name in found if name), "")
    return ""
