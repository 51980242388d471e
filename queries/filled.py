"""Statements with places that are filled from the checked ontology: labels, predicates, orders.

What goes into a place is Cypher made by `condition_cypher` and `ordering`, in which no text of a reader
ever stands: his values are parameters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from graph.errors import StatementFailed
from graph.store.statement import Statement
from queries.condition_cypher import visible, whole
from queries.reading import Reading, Row
from queries.statements import load

_PLACE = re.compile(r"__([A-Z_]+?)__")
_SEEN = re.compile(r"__(WHOLE|VISIBLE)\((\w+)\)__")


def filled(name: str, places: Mapping[str, str]) -> Statement:
    """`queries/<name>.cypher` with `__PLACE__` filled, `__WHOLE(x)__` and `__VISIBLE(x)__` written out.

    Raises StatementFailed for a place that is not given.
    """
    template = load(name)

    def place(match: re.Match[str]) -> str:
        if match[1] not in places:
            raise StatementFailed(f"{name}: nothing to put in {match[0]}", statement=name)
        return places[match[1]]

    text = _PLACE.sub(place, _SEEN.sub(_seen, template.text))
    return Statement(f"{name}_{places['LABEL']}", text, template.header)


async def rows_of(reading: Reading, statement: Statement, **parameters: Any) -> list[Row]:
    """Run a filled statement with those of the parameters that it names. Raises as `Reading.rows`.

    A predicate whose outcome is plain from its form is left out of it (`queries.predicates`), and its
    values with it.
    """
    needed = {name: value for name, value in parameters.items() if name in statement.parameters}
    return await reading.rows(statement, **needed)


def _seen(match: re.Match[str]) -> str:
    return (whole if match[1] == "WHOLE" else visible)(match[2])
