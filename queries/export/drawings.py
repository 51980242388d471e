"""Graphs for Gephi, yEd, Cytoscape and NetworkX: GEXF 1.2 and GraphML 1.0, written as a stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from xml.sax.saxutils import XMLGenerator

from queries.export.about import About
from queries.export.harmless import printable
from queries.export.items import Item
from queries.export.spool import Spool, Table

_GEXF = "http://www.gexf.net/1.2draft"
_GRAPHML = "http://graphml.graphdrawing.org/xmlns"
_TYPES: Mapping[type, str] = {str: "string", int: "long", float: "double", bool: "boolean"}
#: What a format says by attributes of its own, and not as data.
_SAID_OTHERWISE = frozenset({"id", "start", "end"})


def write_gexf(spool: Spool, about: About, target: Path) -> None:
    """GEXF 1.2: `meta` holds what the file says of itself."""
    with _document(target) as xml, _element(xml, "gexf", xmlns=_GEXF, version="1.2"):
        with _element(xml, "meta", lastmodifieddate=about.made_at[:10]):
            _leaf(xml, "creator", "Suyuan")
            _leaf(xml, "description", about.sentence())
        with _element(xml, "graph", defaultedgetype="directed", mode="static"):
            columns = {table: _columns(spool, table) for table, _ in _NAMES}
            for table, name in _NAMES:
                with _element(xml, "attributes", **{"class": name, "mode": "static"}):
                    for column, kind in columns[table].items():
                        _empty(xml, "attribute", id=column, title=column, type=_TYPES[kind])
            with _element(xml, "nodes"):
                for item in spool.items("nodes"):
                    with _element(xml, "node", id=item["id"], label=item["label"]):
                        _gexf_values(xml, columns["nodes"], item)
            with _element(xml, "edges"):
                for number, item in enumerate(spool.items("relations")):
                    ends = {"source": item["start"], "target": item["end"]}
                    with _element(xml, "edge", id=str(number), label=item["type"], **ends):
                        _gexf_values(xml, columns["relations"], item)


def write_graphml(spool: Spool, about: About, target: Path) -> None:
    """GraphML: what the file says of itself are data of the graph."""
    with _document(target) as xml, _element(xml, "graphml", xmlns=_GRAPHML):
        for name in about.lines():
            _empty(xml, "key", **_key("graph", name, str))
        columns = {table: _columns(spool, table) for table, _ in _NAMES}
        for table, where in _NAMES:
            for column, kind in columns[table].items():
                _empty(xml, "key", **_key(where, column, kind))
        with _element(xml, "graph", id="G", edgedefault="directed"):
            for name, value in about.lines().items():
                _leaf(xml, "data", value, key=f"graph_{name}")
            for item in spool.items("nodes"):
                with _element(xml, "node", id=item["id"]):
                    _graphml_values(xml, "node", columns["nodes"], item)
            for item in spool.items("relations"):
                ends = {"source": item["start"], "target": item["end"]}
                with _element(xml, "edge", id=item["id"], **ends):
                    _graphml_values(xml, "edge", columns["relations"], item)


_NAMES: tuple[tuple[Table, str], ...] = (("nodes", "node"), ("relations", "edge"))


def _columns(spool: Spool, table: Table) -> dict[str, type]:
    columns = spool.all_columns(table)
    return {name: kind for name, kind in columns.items() if name not in _SAID_OTHERWISE}


def _key(where: str, name: str, kind: type) -> dict[str, str]:
    return {
        "id": f"{where}_{name}",
        "for": where,
        "attr.name": name,
        "attr.type": _TYPES[kind],
    }


def _gexf_values(xml: XMLGenerator, columns: Mapping[str, type], item: Item) -> None:
    with _element(xml, "attvalues"):
        for name in columns:
            if (value := item.get(name)) is not None:
                _empty(xml, "attvalue", **{"for": name, "value": _text(value)})


def _graphml_values(xml: XMLGenerator, where: str, columns: Mapping[str, type], item: Item) -> None:
    for name in columns:
        if (value := item.get(name)) is not None:
            _leaf(xml, "data", _text(value), key=f"{where}_{name}")


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@contextmanager
def _document(target: Path) -> Iterator[XMLGenerator]:
    with target.open("w", encoding="utf-8", newline="\n") as stream:
        xml = XMLGenerator(stream, encoding="utf-8", short_empty_elements=True)
        xml.startDocument()
        yield xml
        xml.endDocument()


@contextmanager
def _element(xml: XMLGenerator, name: str, /, **attributes: str) -> Iterator[None]:
    xml.startElement(name, {key: printable(value) for key, value in attributes.items()})  # type: ignore[arg-type]
    yield
    xml.endElement(name)


def _empty(xml: XMLGenerator, name: str, /, **attributes: str) -> None:
    with _element(xml, name, **attributes):
        pass


def _leaf(xml: XMLGenerator, name: str, content: str, /, **attributes: str) -> None:
    with _element(xml, name, **attributes):
        xml.characters(printable(content))
