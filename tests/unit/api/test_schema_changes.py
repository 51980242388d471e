"""A change that breaks a client is declared, or nothing is released."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from graphql import BreakingChangeType, DangerousChangeType, build_schema

from api import schema
from api.schema_changes import (
    DECLARED,
    RELEASED,
    Declaration,
    accept,
    changes,
    coordinate_of,
    declarations,
    problems,
    removals,
)

TODAY = date(2026, 11, 22)

OLD = """
directive @tag(a: Int, was: Int) repeatable on FIELD | QUERY
directive @gone on FIELD
interface Named { name: String }
interface Coded { code: String }
type Thing implements Named { name: String  code: String  left(a: Int, b: Int = 1): Int }
type Other { name: String }
type Lost { name: String }
union Any = Thing | Other
enum Heard { A  B }
enum Said { A }
input Wish { kind: Said  from: Int = 1 }
type Flips { name: String }
type Query { any: Any  lost: Int  heard: Heard  ask(wish: Wish, said: Said): Named  flips: Flips }
"""
NEW = """
directive @tag(a: Int, must: Int!) on QUERY
interface Named { name: String }
interface Coded { code: String }
type Thing implements Coded { name: Int  code: String  left(b: Int = 2, c: Int!, d: Int): Int }
type Other { name: String }
type More { name: String }
union Any = Thing | More
enum Heard { A  C }
enum Said { A  NEW }
input Wish { kind: String  from: Int = 2  must: Int!  may: Int }
interface Flips { name: String }
type Query { any: Any  heard: Heard  ask(wish: Wish, said: Said): Named  flips: Flips }
"""
FOUND = {
    ("ARG_DEFAULT_VALUE_CHANGE", "Thing.left(b:)"),
    ("ARG_REMOVED", "Thing.left(a:)"),
    ("DIRECTIVE_ARG_REMOVED", "@tag(was:)"),
    ("DIRECTIVE_LOCATION_REMOVED", "@tag FIELD"),
    ("DIRECTIVE_REMOVED", "@gone"),
    ("DIRECTIVE_REPEATABLE_REMOVED", "@tag Repeatable"),
    ("FIELD_CHANGED_KIND", "Thing.name"),
    ("FIELD_CHANGED_KIND", "Wish.kind"),
    ("FIELD_REMOVED", "Query.lost"),
    ("IMPLEMENTED_INTERFACE_ADDED", "Thing Coded"),
    ("IMPLEMENTED_INTERFACE_REMOVED", "Thing Named"),
    ("INPUT_FIELD_DEFAULT_VALUE_CHANGE", "Wish.from"),
    ("REQUIRED_ARG_ADDED", "Thing.left(c:)"),
    ("REQUIRED_DIRECTIVE_ARG_ADDED", "@tag(must:)"),
    ("REQUIRED_INPUT_FIELD_ADDED", "Wish.must"),
    ("TYPE_ADDED_TO_UNION", "Any More"),
    ("TYPE_CHANGED_KIND", "Flips"),
    ("TYPE_REMOVED", "Lost"),
    ("TYPE_REMOVED_FROM_UNION", "Any Other"),
    ("VALUE_ADDED_TO_ENUM", "Heard.C"),
    ("VALUE_REMOVED_FROM_ENUM", "Heard.B"),
}


def test_the_schema_breaks_nothing_undeclared() -> None:
    released = build_schema(RELEASED.read_text(encoding="utf-8"))
    current = build_schema(schema.render())
    assert problems(released, current, declarations(), datetime.now(UTC).date()) == []


def test_every_kind_of_change_is_found_by_its_coordinate() -> None:
    found = changes(build_schema(OLD), build_schema(NEW))
    assert {(change.kind, change.coordinate) for change in found} == FOUND
    kinds = {kind.name for kind in (*BreakingChangeType, *DangerousChangeType)}
    unseen = kinds - {change.kind for change in found}
    assert unseen == {"ARG_CHANGED_KIND", "OPTIONAL_ARG_ADDED", "OPTIONAL_INPUT_FIELD_ADDED"}
    assert changes(build_schema(NEW), build_schema(NEW)) == []


def test_an_argument_of_another_type_is_a_change() -> None:
    old, new = (build_schema(f"type Query {{ f(a: {kind}): Int }}") for kind in ("Int", "String"))
    assert [(c.kind, c.coordinate) for c in changes(old, new)] == [
        ("ARG_CHANGED_KIND", "Query.f(a:)")
    ]


def test_a_wording_that_names_nothing_is_not_passed_over() -> None:
    with pytest.raises(ValueError, match="…"):
        coordinate_of("… was changed.")


def test_only_what_is_declared_may_change_and_nothing_else_is_declared() -> None:
    old = build_schema("type Query { a: Int  b: Int }")
    new = build_schema("type Query { a: Int }")
    right = Declaration("FIELD_REMOVED", "Query.b", "0.2.0", "nobody asks")
    stale = Declaration("FIELD_REMOVED", "Query.a", "0.2.0", "nobody asks")
    assert problems(old, new, [right], TODAY) == []
    assert problems(old, new, [], TODAY) == [
        "undeclared FIELD_REMOVED Query.b: Field Query.b was removed."
    ]
    assert problems(old, new, [right, stale], TODAY) == [
        "declared, but not made: FIELD_REMOVED Query.a"
    ]


def deprecated(reason: str) -> str:
    return f'type Query {{ a: Int  b: Int @deprecated(reason: "{reason}") }}'


def test_what_was_promised_stays_until_its_day() -> None:
    old = build_schema(deprecated("use a; removed after 2027-05-01"))
    new = build_schema("type Query { a: Int }")
    declared = [Declaration("FIELD_REMOVED", "Query.b", "0.2.0", "deprecated in 0.1.0")]
    assert problems(old, new, declared, date(2027, 5, 1)) == []
    assert problems(old, new, declared, date(2027, 4, 30)) == [
        "promised until 2027-05-01: FIELD_REMOVED Query.b"
    ]


@pytest.mark.parametrize("reason", ["use a", "removed after 2027-02-30", "removed after May"])
def test_a_deprecation_names_a_day(reason: str) -> None:
    built = build_schema(deprecated(reason))
    assert problems(built, built, [], TODAY) == [
        "deprecated without “removed after YYYY-MM-DD”: Query.b"
    ]


def test_every_deprecation_is_seen() -> None:
    mark = '@deprecated(reason: "removed after 2027-05-01")'
    built = build_schema(
        f"type Query {{ a(b: Int {mark}): E {mark} }} enum E {{ V {mark} }} "
        f"input I {{ f: Int {mark} }} interface N {{ n: Int {mark} }}"
    )
    assert dict(removals(built)) == dict.fromkeys(
        ["Query.a", "Query.a(b:)", "E.V", "I.f", "N.n"], date(2027, 5, 1)
    )


def test_a_declaration_must_say_everything(tmp_path: Path) -> None:
    file = tmp_path / "declared.yaml"
    file.write_text("- {kind: FIELD_REMOVED, coordinate: Query.b, since: '0.2.0'}\n")
    with pytest.raises(ValueError, match="reason"):
        declarations(file)


def test_accepting_empties_the_declarations_and_keeps_their_head(tmp_path: Path) -> None:
    released, declared = tmp_path / "released.graphql", tmp_path / "declared.yaml"
    head = "".join(
        f"{line}\n" for line in DECLARED.read_text("utf-8").splitlines() if line.startswith("#")
    )
    declared.write_text(
        head + "- {kind: FIELD_REMOVED, coordinate: Q.b, since: '1', reason: r}\n", "utf-8"
    )
    assert len(declarations(declared)) == 1
    accept("type Query { a: Int }\n", released, declared)
    assert released.read_text("utf-8") == "type Query { a: Int }\n"
    assert declarations(declared) == []
    assert declared.read_text("utf-8") == head + "[]\n"
