"""A client made from documents: names and types, what is refused, and that the committed one is fresh."""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema

from api.client_code.__main__ import main
from api.client_code.reading import DocumentRefused, operation_of, snake
from api.client_code.writing import modules

SCHEMA = build_schema(
    """
    scalar Date
    enum Colour { RED BLUE }
    input Where { and: [Where!], in: [String!], colour: Colour, must: Int! }
    interface Thing { id: ID! }
    type Shop implements Thing { id: ID! opened: Date owners: [Man]! }
    type Man implements Thing { id: ID! colour: Colour names: [[String!]!] }
    type Query { thing(id: ID!, from: Date, where: Where): Thing, things: [Thing!]!, count: Int! }
    type Subscription { thing: Thing! }
    """
)
DOCUMENT = """# About a thing
query Ask($id: ID!, $where: Where, $from: Date = "2025-01-01", $yes: Boolean! = true) {
  thing(id: $id, from: $from, where: $where) {
    __typename
    ... on Thing { id }
    ...F
    ... on Man { colour names }
  }
}
fragment F on Shop { opened owners { id colour other: names @include(if: $yes) } }
"""


def made(name: str, text: str) -> Any:
    """The module of one document."""
    source = modules([operation_of(SCHEMA, name, text)], "nowhere")[f"{snake(name)}.py"]
    module = types.ModuleType("made")
    sys.modules["made"] = module
    source = source.replace("from . import inputs\n", "")
    exec(compile(source, "made", "exec"), module.__dict__)  # noqa: S102 - it was made a moment ago
    return module


def test_an_answer_is_read_into_its_classes() -> None:
    module = made("thingAsked", DOCUMENT)
    owner = {"id": "m", "colour": "RED", "other": [["a"], []]}
    shop = {"__typename": "Shop", "id": "s", "opened": None, "owners": [owner, None]}
    read = module.Data.of({"thing": shop}).thing
    assert (read.typename, read.id, read.opened, read.colour, read.names) == (
        "Shop",
        "s",
        None,
        None,
        None,
    )
    assert read.owners[0].other == (("a",), ())
    assert read.owners[1] is None
    bare = {"id": "m", "colour": None}
    assert module.Data.of({"thing": {**shop, "owners": [bare]}}).thing.owners[0].other is None
    man = {"__typename": "Man", "id": "m", "colour": "BLUE", "names": None}
    assert module.Data.of({"thing": man}).thing.owners is None
    assert module.Data.of({"thing": None}).thing is None


def test_methods_take_what_must_be_given_first_and_answer_with_the_one_thing() -> None:
    text = modules([operation_of(SCHEMA, "thingAsked", DOCUMENT)], "over.there")["client.py"]
    assert "from over.there import Connection" in text
    head = text.partition("def thing_asked(")[2].partition(':\n        """')[0]
    assert " ".join(head.split()) == (
        "self, id: str, *, where: inputs.Where | None = None, from_: str | None = None, "
        "yes: bool | None = None, ) -> _thing_asked.Thing | None"
    )
    assert '"from": from_' in text


def test_inputs_and_enums_that_are_used_and_no_others() -> None:
    text = modules([operation_of(SCHEMA, "a", DOCUMENT)], "t")["inputs.py"]
    assert 'Colour = Literal["RED", "BLUE"]' in text
    assert '"and": "list[Where]"' in text
    assert '"must": Required["int"]' in text
    assert "Where" not in modules([operation_of(SCHEMA, "a", "{ count }")], "t")["inputs.py"]


def test_several_questions_in_one_document_come_as_one_object() -> None:
    two = operation_of(SCHEMA, "both", "{ count more: things { id } }")
    assert ") -> _both.Data:" in modules([two], "t")["client.py"]
    stream = operation_of(SCHEMA, "thing", "subscription { thing { id } }")
    assert "def on_thing(" in (text := modules([stream], "t")["client.py"])
    assert "Iterator[_on_thing.Thing]" in text


@pytest.mark.parametrize("text", ["{ count", "{ nothing }", "query A { count } query B { count }"])
def test_what_no_client_can_be_made_from(text: str) -> None:
    with pytest.raises(DocumentRefused):
        operation_of(SCHEMA, "a", text)


def test_two_documents_of_one_name_are_refused() -> None:
    one = operation_of(SCHEMA, "a", "{ count }")
    with pytest.raises(DocumentRefused):
        modules([one, one], "t")


def test_the_committed_client_is_what_the_documents_make() -> None:
    assert main(["--check"]) == 0


def test_a_client_of_ones_own_documents(tmp_path: Path) -> None:
    documents, out = tmp_path / "documents", tmp_path / "client"
    documents.mkdir()
    asked = ["--documents", str(documents), "--out", str(out)]
    assert main(asked) == 1  # none there
    (documents / "who.graphql").write_text("{ viewer { name } }", encoding="utf-8")
    assert main(asked) == 0
    assert main([*asked, "--check"]) == 0
    (out / "old.py").write_text("", encoding="utf-8")
    assert main([*asked, "--check"]) == 1
    assert main(asked) == 0
    assert {path.name for path in out.iterdir()} == {
        "__init__.py",
        "client.py",
        "inputs.py",
        "who.py",
    }
