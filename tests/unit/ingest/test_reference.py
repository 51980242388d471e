from __future__ import annotations

from graph.ontology import ontology
from ingest.reference import PAGE, main, render


def test_the_committed_page_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == render()
    assert main(["--check"]) == 0


def test_every_table_and_every_property_is_on_the_page() -> None:
    page = render()
    known = ontology()
    tables = [*known.entities.values()], [*known.relations.values()]
    for table in [e.table for e in tables[0]] + [r.table for r in tables[1]]:
        assert f"### `{table}.csv`" in page
    for properties in [e.properties for e in tables[0]] + [r.properties for r in tables[1]]:
        for prop in properties:
            assert f"| `{prop.name}` |" in page
