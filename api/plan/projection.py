"""Generated functions that turn objects of plain attributes into dictionaries.

One function per object type and selection: it reads attributes, checks the class of every value and
returns one dictionary display. Whatever is not exactly as expected raises, and the caller lets the
reference executor work the same object out anew: reading attributes has no effect, so twice is once.
The text of a function holds nothing of a document but response names, as `repr` writes them, and of
a schema but attribute names that are identifiers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from graphql import (
    GraphQLAbstractType,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from graphql.execution.collect_fields import FieldDetailsList

from api.plan.columns import Columns, Grouped
from api.plan.facts import CAST, Facts
from api.plan.leaves import Refused, are_own_answers, coercer, is_text, otherwise, refuse

Collect = Callable[[GraphQLObjectType, FieldDetailsList], Mapping[str, FieldDetailsList]]
Value = Callable[[Any], Any]


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """How objects of one class answer one selection: `one` of an object, `rows` of columns."""

    origin: type
    one: Callable[[Any], dict[str, Any]]
    rows: Callable[[Columns[Any]], list[Any]]


@dataclass(slots=True, eq=False)
class _Text:
    """A function being written: its lines, and the objects that they name."""

    lines: list[str] = field(default_factory=list)
    names: dict[str, Any] = field(default_factory=dict)

    def put(self, depth: int, line: str) -> None:
        self.lines.append("    " * depth + line)

    def name(self, value: object) -> str:
        name = f"n{len(self.names)}"
        self.names[name] = value
        return name

    def made(self, arguments: str) -> Any:
        text = f"def made({arguments}):\n" + "\n".join(self.lines)
        space: dict[str, Any] = dict(self.names)
        exec(compile(text, "<projection>", "exec"), space)  # noqa: S102 - see the module's docstring
        return space["made"]


class _NotPlain(Exception):
    """A selection that asks for more than attributes."""


class Projections:
    """The projections of one plan, each made when it is first needed."""

    def __init__(self, facts: Facts, collect: Collect) -> None:
        self._facts = facts
        self._collect = collect
        self._made: dict[tuple[str, int], Projection | None] = {}
        self._plain: dict[tuple[str, int], bool] = {}
        self._lists: dict[tuple[int, int], Value | None] = {}
        self._tables: dict[tuple[str, int], Abstract] = {}

    def of(self, kind: GraphQLObjectType, details: FieldDetailsList) -> Projection | None:
        """The projection of an object type; None where more than plain attributes is asked for."""
        key = (kind.name, id(details))
        if key not in self._made:
            is_plain = self.is_plain(kind, details)
            self._made[key] = self._projection(kind, details) if is_plain else None
        return self._made[key]

    def of_abstract(self, kind: GraphQLAbstractType, details: FieldDetailsList) -> Abstract:
        """The projections of an interface or union, by class of the object."""
        key = (kind.name, id(details))
        if key not in self._tables:
            self._tables[key] = Abstract(self, self._facts, kind, details)
        return self._tables[key]

    def attribute(
        self, name: str, kind: GraphQLOutputType, details: FieldDetailsList
    ) -> Value | None:
        """A function from an object to the answer of one of its attributes, or None as for `of`."""
        text = _Text()
        text.put(1, f"v = o.{name}")
        try:
            self._value(text, 1, "v", kind, details)
        except _NotPlain:
            return None
        text.put(1, "return v")
        return cast("Value", text.made("o"))

    def items(self, kind: GraphQLOutputType, details: FieldDetailsList) -> Value | None:
        """A function from a list to the answers of its items of a type, or None as for `of`."""
        key = (id(kind), id(details))
        if key not in self._lists:
            self._lists[key] = self.value(GraphQLNonNull(GraphQLList(kind)), details)
        return self._lists[key]

    def value(self, kind: GraphQLOutputType, details: FieldDetailsList) -> Value | None:
        """A function from a value to its answer, or None as for `of`."""
        text = _Text()
        try:
            self._value(text, 1, "v", kind, details)
        except _NotPlain:
            return None
        text.put(1, "return v")
        return cast("Value", text.made("v"))

    def _projection(self, kind: GraphQLObjectType, details: FieldDetailsList) -> Projection:
        origin = self._facts.origin(kind)
        if origin is None:
            raise _NotPlain
        fields = self._attributes(kind, details)
        return Projection(origin, self._one(fields, kind), self._rows(fields, kind))

    def _attributes(
        self, kind: GraphQLObjectType, details: FieldDetailsList
    ) -> dict[str, tuple[str, FieldDetailsList] | None]:
        """By response name: the attribute and what is asked of it; None for `__typename`."""
        found: dict[str, tuple[str, FieldDetailsList] | None] = {}
        for response, several in self._collect(kind, details).items():
            name = several[0].node.name.value
            if name == "__typename":
                found[response] = None
                continue
            attribute = self._facts.attribute(kind.fields[name])
            if attribute is None:
                raise _NotPlain
            found[response] = (attribute, several)
        return found

    def _one(
        self, fields: Mapping[str, tuple[str, FieldDetailsList] | None], kind: GraphQLObjectType
    ) -> Callable[[Any], dict[str, Any]]:
        text, shown = _Text(), []
        text.put(1, f"if {CAST!r} in o.__dict__: {text.name(refuse)}(None)")
        for number, (response, asked) in enumerate(fields.items()):
            if asked is None:
                shown.append(f"{response!r}: {kind.name!r}")
                continue
            text.put(1, f"v{number} = o.{asked[0]}")
            of = kind.fields[asked[1][0].node.name.value].type
            self._value(text, 1, f"v{number}", of, asked[1])
            shown.append(f"{response!r}: v{number}")
        text.put(1, f"return {{{', '.join(shown)}}}")
        return cast("Callable[[Any], dict[str, Any]]", text.made("o"))

    def _rows(
        self, fields: Mapping[str, tuple[str, FieldDetailsList] | None], kind: GraphQLObjectType
    ) -> Callable[[Columns[Any]], list[Any]]:
        checks: list[tuple[str, Value]] = []
        shown = []
        for response, asked in fields.items():
            if asked is None:
                shown.append(f"{response!r}: {kind.name!r}")
                continue
            of = kind.fields[asked[1][0].node.name.value].type
            shown.append(f"{response!r}: c{len(checks)}")
            checks.append((asked[0], self._column(of, asked[1])))
        names = "".join(f"c{number}, " for number in range(len(checks)))
        text = _Text()
        row = f"{{{', '.join(shown)}}}"
        if checks:
            text.put(1, f"return [{row} for ({names}) in zip(*columns)]")
        else:
            text.put(1, f"return [{row} for _ in range(length)]")
        made = text.made("columns, length")

        def rows(given: Columns[Any]) -> list[Any]:
            ready = [check(given.columns[name]) for name, check in checks]
            if any(len(column) != given.length for column in ready):
                raise Refused
            return cast("list[Any]", made(ready, given.length))

        return rows

    def _column(self, kind: GraphQLOutputType, details: FieldDetailsList) -> Value:
        """A function from a column to the answers of its values."""
        value = self.value(kind, details)
        if value is None:
            raise _NotPlain
        return column_of(kind, value, self, details)

    def _value(
        self, text: _Text, depth: int, v: str, kind: GraphQLOutputType, details: FieldDetailsList
    ) -> None:
        """Write the lines that turn the value named `v` into its answer."""
        if is_non_null_type(kind):
            inner: GraphQLOutputType = kind.of_type
        else:
            inner = kind
            text.put(depth, f"if {v} is not None:")
            depth += 1
        if is_leaf_type(inner):
            _leaf(text, depth, v, inner)
        elif is_list_type(inner):
            self._list(text, depth, v, inner.of_type, details)
        elif is_object_type(inner):
            self._object(text, depth, v, inner, details)
        elif is_abstract_type(inner):
            if not self._is_plain_below(inner, details):
                raise _NotPlain
            table = self.of_abstract(inner, details)
            text.put(depth, f"{v} = {text.name(table.one)}({v})")
        else:
            raise _NotPlain

    def _is_plain_below(self, kind: GraphQLAbstractType, details: FieldDetailsList) -> bool:
        """Whether every type that may stand there is asked for attributes only."""
        return all(self.is_plain(one, details) for one in self._facts.possible(kind))

    def is_plain(self, kind: GraphQLObjectType, details: FieldDetailsList) -> bool:
        """Whether there is a projection of an object type, found out without making it."""
        key = (kind.name, id(details))
        if key not in self._plain:
            self._plain[key] = self._facts.origin(kind) is not None and all(
                self._is_plain_field(kind, several)
                for several in self._collect(kind, details).values()
            )
        return self._plain[key]

    def _is_plain_field(self, kind: GraphQLObjectType, several: FieldDetailsList) -> bool:
        name = several[0].node.name.value
        if name == "__typename":
            return True
        if self._facts.attribute(kind.fields[name]) is None:
            return False
        below = get_named_type(kind.fields[name].type)
        if is_object_type(below):
            return self.is_plain(below, several)
        return not is_abstract_type(below) or self._is_plain_below(below, several)

    def _object(
        self, text: _Text, depth: int, v: str, kind: GraphQLObjectType, details: FieldDetailsList
    ) -> None:
        found = self.of(kind, details)
        if found is None:
            raise _NotPlain
        text.put(depth, f"if {v}.__class__ is not {text.name(found.origin)}:")
        text.put(depth + 1, f"{text.name(refuse)}({v})")
        text.put(depth, f"{v} = {text.name(found.one)}({v})")

    def _list(
        self, text: _Text, depth: int, v: str, item: GraphQLOutputType, details: FieldDetailsList
    ) -> None:
        one = self.value(item, details)
        if one is None:
            raise _NotPlain
        inner = item.of_type if is_non_null_type(item) else item
        found = self.of(inner, details) if is_object_type(inner) else None
        # What is of the expected class is answered in line; `one` knows null, and refuses the rest.
        if found is not None:
            each = f"{text.name(found.one)}(i) if i.__class__ is {text.name(found.origin)} else "
        elif is_leaf_type(inner) and is_text(inner):
            each = "i if i.__class__ is str else "
        else:
            each = ""
        text.put(depth, f"if {v}.__class__ is list or {v}.__class__ is tuple:")
        text.put(depth + 1, f"{v} = [{each}{text.name(one)}(i) for i in {v}]")
        if found is not None:
            columns = f"{v}.__class__ is {text.name(Columns)}"
            text.put(depth, f"elif {columns} and {v}.kind is {text.name(found.origin)}:")
            text.put(depth + 1, f"{v} = {text.name(found.rows)}({v})")
        text.put(depth, "else:")
        text.put(depth + 1, f"{text.name(refuse)}({v})")


class Abstract:
    """The projections of an abstract type, by class; `one` raises where there is none."""

    def __init__(
        self,
        made: Projections,
        facts: Facts,
        kind: GraphQLAbstractType,
        details: FieldDetailsList,
    ) -> None:
        self._made = made
        self._facts = facts
        self._kind = kind
        self._details = details
        self._table: dict[type, Callable[[Any], dict[str, Any]] | None] = {}

    def of_class(self, value: object) -> Callable[[Any], dict[str, Any]] | None:
        """The projection for objects of a value's class."""
        if value.__class__ not in self._table:
            kind = self._facts.concrete(self._kind, value)
            found = self._made.of(kind, self._details) if kind else None
            self._table[value.__class__] = found.one if found else None
        return self._table[value.__class__]

    def one(self, value: Any) -> dict[str, Any]:
        """The answer of one object."""
        found = self._table.get(value.__class__) or self.of_class(value)
        if found is None:
            refuse(value)
            raise Refused
        return found(value)


def column_of(
    kind: GraphQLOutputType, value: Value, made: Projections, details: FieldDetailsList
) -> Value:
    """A function from a column to the answers of its values: at one blow where all are of one class."""
    inner = kind.of_type if is_non_null_type(kind) else kind
    may_be_null = inner is kind
    leaf = inner if is_leaf_type(inner) else None
    found = made.of(inner, details) if is_object_type(inner) else None
    item = _item(inner)
    each = made.of(item, details) if item is not None else None

    def column(given: Any) -> Any:
        if given.__class__ is Columns:
            if found is None or given.kind is not found.origin:
                raise Refused
            return found.rows(given)
        if given.__class__ is Grouped:
            if each is None or given.items.kind is not each.origin:
                raise Refused
            return given.split(each.rows(given.items))
        if given.__class__ is not list:
            given = list(given)  # a sequence that works its items out does so once
        if leaf is not None and are_own_answers(leaf, given, may_be_null=may_be_null):
            return given
        return [value(item) for item in given]

    return column


def _item(kind: GraphQLOutputType) -> GraphQLObjectType | None:
    """The object type that a type is a list of, null or not; None for any other type."""
    item = kind.of_type if is_list_type(kind) else None
    item = item.of_type if is_non_null_type(item) else item
    return item if is_object_type(item) else None


def _leaf(text: _Text, depth: int, v: str, kind: GraphQLLeafType) -> None:
    condition = otherwise(kind).format(v=v)
    text.put(depth, f"if {condition}: {v} = {text.name(coercer(kind))}({v})")
