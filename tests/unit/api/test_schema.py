"""The committed files are what the ontology and the code make of them."""

from __future__ import annotations

import hashlib
import re

import pytest
from graphql import GraphQLObjectType, GraphQLSchema, is_interface_type, is_object_type

from api import generate, schema
from api.graphiql import FOLDER
from graph.ontology import ontology


def test_the_generated_types_are_fresh() -> None:
    assert generate.main(["--check"]) == 0


def test_the_schema_file_is_fresh() -> None:
    assert schema.main(["--check"]) == 0


@pytest.fixture
def built() -> GraphQLSchema:
    return schema.executable()


def test_everything_is_described(built: GraphQLSchema) -> None:
    missing = [
        f"{kind.name}.{name}" if name else kind.name
        for kind in built.type_map.values()
        if (is_object_type(kind) or is_interface_type(kind)) and not kind.name.startswith("__")
        for name, description in [
            ("", kind.description),
            *((name, field.description) for name, field in kind.fields.items()),
            *(
                (f"{name}({argument})", arg.description)
                for name, field in kind.fields.items()
                for argument, arg in field.args.items()
                if argument != "lang"
            ),
        ]
        if not description or " / " not in description
    ]
    assert missing == []


def test_every_entity_is_a_node_with_all_its_properties(built: GraphQLSchema) -> None:
    for entity in ontology().entities.values():
        kind = built.type_map[entity.name]
        assert isinstance(kind, GraphQLObjectType)
        assert {"Node", "Entity"} <= {interface.name for interface in kind.interfaces}
        shown = {re.sub("[A-Z]", lambda m: f"_{m.group().lower()}", name) for name in kind.fields}
        assert {prop.name for prop in entity.properties} <= shown


def test_every_list_says_what_it_leaves_out(built: GraphQLSchema) -> None:
    connections = [
        kind
        for kind in built.type_map.values()
        if is_object_type(kind) and (kind.name.endswith("Connection") or kind.name == "PathResult")
    ]
    assert len(connections) >= 6
    for kind in connections:
        assert {"truncated", "withheldCount", "asOf"} <= set(kind.fields)


def test_the_vendored_files_are_the_published_ones() -> None:
    lines = [line.split() for line in (FOLDER / "SHA256SUMS").read_text().splitlines()]
    listed = {name: digest for digest, name in lines}
    vendored = {path.name for path in FOLDER.glob("*.min.*")} | {
        path.name for path in FOLDER.glob("LICENSE.*")
    }
    assert set(listed) == vendored
    for name, digest in listed.items():
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == digest


def test_the_page_loads_nothing_from_elsewhere() -> None:
    for name in ("index.html", "page.js", "page.css"):
        text = (FOLDER / name).read_text(encoding="utf-8")
        assert not re.search(r"https?:|//[a-z]", text.replace("// ", "")), name
    html = (FOLDER / "index.html").read_text(encoding="utf-8")
    loaded = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert len(loaded) == 7
    assert all(url.startswith("/static/graphiql/") or url == "data:," for url in loaded)
    assert "<script>" not in html
    css = (FOLDER / "graphiql.min.css").read_text(encoding="utf-8")
    assert all(
        url.lstrip("\"'").startswith("data:") for url in re.findall(r"url\(([^)]{0,40})", css)
    )
    assert "@import" not in css


def test_the_page_stays_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 3_000_000
