"""Statements: which parameters a text has, and what a file must say about itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import StatementFailed
from graph.store.statement import Statement, parameters_of

names = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)
# Text that closes none of the wrappings below.
inert = st.text(st.characters(blacklist_characters="'\"`\\/*\n\r", blacklist_categories=["Cs"]))


@given(st.lists(names, unique=True))
def test_every_parameter_is_found(given_names: list[str]) -> None:
    text = "RETURN " + ", ".join(f"${name} AS {name}" for name in given_names)
    assert parameters_of(text) == set(given_names)


@given(names, names, inert)
@pytest.mark.parametrize("wrapping", ["'{}'", '"{}"', "`{}`", "/*{}*/", "//{}\n"])
def test_wrapped_dollars_are_no_parameters(
    wrapping: str, inside: str, outside: str, filler: str
) -> None:
    text = wrapping.format(f"{filler}${inside}") + f" ${outside}"
    assert parameters_of(text) == {outside}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"'it\'s $a' $b", {"b"}),
        ("`a``$b` $c", {"c"}),
        ("'// $a' $b // '$c\n$d", {"b", "d"}),
        ("/* '$a */ $b", {"b"}),
        ("'left open $a", set()),
        ("$$ $1 $a.$b", {"a", "b"}),
        ("$名称", {"名称"}),
    ],
)
def test_wrappings_within_each_other(text: str, expected: set[str]) -> None:
    assert parameters_of(text) == expected


def test_parameters_given_must_be_the_ones_in_the_text() -> None:
    statement = Statement("find", "MATCH (n {id: $id}) RETURN n LIMIT $limit")
    statement.check({"id": "x", "limit": 1})
    with pytest.raises(StatementFailed) as caught:
        statement.check({"id": "x", "limt": 1})
    assert caught.value.params["missing"] == ["limit"]
    assert caught.value.params["unknown"] == ["limt"]


def test_a_file_is_split_into_header_and_text(tmp_path: Path) -> None:
    (tmp_path / "find.cypher").write_text(
        "// Finds one.\n//   id: text\n\nMATCH (n {id: $id}) RETURN n // $no\n", encoding="utf-8"
    )
    statement = Statement.load(str(tmp_path / "module.py"), "find.cypher")
    assert statement.name == "find"
    assert statement.header == "Finds one.\nid: text"
    assert statement.text.startswith("MATCH")
    assert statement.parameters == {"id"}


@pytest.mark.parametrize(
    "content", ["RETURN 1", "// Finds by id_type.\nRETURN $id", "", "//\nRETURN 1"]
)
def test_a_file_must_explain_itself(tmp_path: Path, content: str) -> None:
    (tmp_path / "mute.cypher").write_text(content, encoding="utf-8")
    with pytest.raises(StatementFailed, match=r"mute\.cypher"):
        Statement.load(str(tmp_path / "module.py"), "mute.cypher")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StatementFailed, match=r"gone\.cypher"):
        Statement.load(str(tmp_path / "module.py"), "gone.cypher")
