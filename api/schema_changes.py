"""What today's schema would break for those who use the released one.

    python -m api.schema_changes [--accept]

Compares `docs/reference/schema.released.graphql`, the schema of the last release, with the schema of
the code. A change that can break a client must stand in `api/declared_changes.yaml`; else this exits
with 1. `--accept` makes today's schema the released one and empties the declarations: at a release.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from graphql import (
    BreakingChange,
    DangerousChange,
    DangerousChangeType,
    GraphQLEnumType,
    GraphQLSchema,
    build_schema,
    find_breaking_changes,
    find_dangerous_changes,
    get_named_type,
    is_input_object_type,
    is_interface_type,
    is_object_type,
)

from api.schema import render

RELEASED = Path(__file__).parents[1] / "docs" / "reference" / "schema.released.graphql"
DECLARED = Path(__file__).parent / "declared_changes.yaml"

#: A client that does not send the new argument or field is answered as before.
_HARMLESS = {
    DangerousChangeType.OPTIONAL_ARG_ADDED,
    DangerousChangeType.OPTIONAL_INPUT_FIELD_ADDED,
}
_REMOVAL = re.compile(r"\bremoved after (\d{4}-\d{2}-\d{2})\b")
_LEAD = re.compile(
    r"^(Directive|Standard scalar|Enum value|Field|Argument|"
    r"(A required|An optional) (argument|field)) "
)
_COORDINATE = re.compile(r"@?\w+(\.\w+)?(\(\w+:\))?")
_PAIRS = (
    re.compile(r"^(?P<of>\w+) no longer implements interface (?P<part>\w+)\."),
    re.compile(r"^(?P<part>\w+) added to interfaces implemented by (?P<of>\w+)\."),
    re.compile(r"^(?P<part>\w+) was (added to|removed from) union type (?P<of>\w+)\."),
    re.compile(r"^(?P<part>\w+) was removed from (?P<of>@\w+)\."),
    re.compile(r"^(?P<part>Repeatable) flag was removed from (?P<of>@\w+)\."),
)


@dataclass(frozen=True, slots=True)
class Change:
    """A change that can break a client.

    `kind` is a name of graphql-core such as `FIELD_REMOVED`; `coordinate` a schema coordinate
    (https://spec.graphql.org/draft/#sec-Schema-Coordinates) such as `Query.node(id:)`, followed by a
    blank and the interface, member or location where the change is of one of those.
    """

    kind: str
    coordinate: str
    description: str


@dataclass(frozen=True, slots=True)
class Declaration:
    """A change that is meant: the version it comes with, and why."""

    kind: str
    coordinate: str
    since: str
    reason: str


def changes(released: GraphQLSchema, current: GraphQLSchema) -> list[Change]:
    """What can break a client, in the order of coordinates.

    An argument or input field that may be left out breaks nobody, nor does a new value of an enum
    that clients only send; a new value that they may receive does.
    """
    received = _received(current)
    found: list[BreakingChange | DangerousChange] = [*find_breaking_changes(released, current)]
    for change in find_dangerous_changes(released, current):
        coordinate = coordinate_of(change.description)
        is_value = change.type is DangerousChangeType.VALUE_ADDED_TO_ENUM
        if change.type in _HARMLESS or (is_value and coordinate.split(".")[0] not in received):
            continue
        found.append(change)
    shown = [Change(c.type.name, coordinate_of(c.description), c.description) for c in found]
    return sorted(shown, key=lambda change: (change.coordinate, change.kind))


def coordinate_of(description: str) -> str:
    """The coordinate that a description of graphql-core speaks of.

    Raises ValueError for one that names none, so that a new wording cannot pass unread.
    """
    for pair in _PAIRS:
        if found := pair.match(description):
            return f"{found['of']} {found['part']}"
    if not (named := _COORDINATE.match(_LEAD.sub("", description))):
        raise ValueError(description)
    return named.group()


def declarations(path: Path = DECLARED) -> list[Declaration]:
    """The declared changes; ValueError when one is incomplete."""
    rows: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    for row in rows:
        if set(row) != {"kind", "coordinate", "since", "reason"} or not all(row.values()):
            raise ValueError(f"{path.name}: kind, coordinate, since and reason, not {row}")
    return [Declaration(**{name: str(value) for name, value in row.items()}) for row in rows]


def problems(
    released: GraphQLSchema,
    current: GraphQLSchema,
    declared: Sequence[Declaration],
    today: date,
) -> list[str]:
    """What is wrong with a schema that would be released `today`; nothing is what it must say.

    Undeclared changes, declarations of nothing, removals before the day that was promised, and
    deprecations without such a day.
    """
    found = changes(released, current)
    known = {(each.kind, each.coordinate) for each in declared}
    made = {(change.kind, change.coordinate) for change in found}
    promised = dict(removals(released))
    early = [c for c in found if (promised.get(c.coordinate) or today) > today]
    return [
        *(f"undeclared {c.kind} {c.coordinate}: {c.description}"
          for c in found if (c.kind, c.coordinate) not in known),
        *(f"declared, but not made: {kind} {coordinate}"
          for kind, coordinate in sorted(known - made)),
        *(f"promised until {promised[c.coordinate]}: {c.kind} {c.coordinate}" for c in early),
        *(f"deprecated without “removed after YYYY-MM-DD”: {coordinate}"
          for coordinate, day in removals(current) if day is None),
    ]  # fmt: skip


def removals(schema: GraphQLSchema) -> Iterator[tuple[str, date | None]]:
    """Every deprecated coordinate with the day that its reason names, None where it names none."""
    for coordinate, reason in _deprecated(schema):
        found = _REMOVAL.search(reason)
        try:
            yield coordinate, date.fromisoformat(found[1]) if found else None
        except ValueError:
            yield coordinate, None


def accept(text: str, released: Path = RELEASED, declared: Path = DECLARED) -> None:
    """Make a schema the released one; what was declared is then part of it."""
    released.write_text(text, encoding="utf-8")
    lines = declared.read_text(encoding="utf-8").splitlines()
    head = "".join(f"{line}\n" for line in lines if line.startswith("#"))
    declared.write_text(head + "[]\n", encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Compare, or with `--accept` release."""
    text = render()
    if RELEASED.exists():
        released = build_schema(RELEASED.read_text(encoding="utf-8"))
        declared = declarations()
        wrong = problems(released, build_schema(text), declared, date.today())  # noqa: DTZ011
        sys.stderr.writelines(f"{problem}\n" for problem in wrong)
        if wrong:
            return 1
        for each in declared:
            sys.stdout.write(f"{each.coordinate} ({each.kind}, {each.since}): {each.reason}\n")
    if "--accept" in arguments:
        accept(text)
    return 0


def _received(schema: GraphQLSchema) -> set[str]:
    """Names of the enums that an answer can hold."""
    return {
        get_named_type(field.type).name
        for kind in schema.type_map.values()
        if is_object_type(kind) or is_interface_type(kind)
        for field in kind.fields.values()
        if isinstance(get_named_type(field.type), GraphQLEnumType)
    }


def _deprecated(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLEnumType):
            members: dict[str, Any] = dict(kind.values)
        elif is_object_type(kind) or is_interface_type(kind) or is_input_object_type(kind):
            members = dict(kind.fields)
        else:
            continue
        for name, member in members.items():
            given = getattr(member, "args", {})
            for coordinate, each in [
                (f"{kind.name}.{name}", member),
                *((f"{kind.name}.{name}({arg}:)", taken) for arg, taken in given.items()),
            ]:
                if each.deprecation_reason is not None:
                    yield coordinate, each.deprecation_reason


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
