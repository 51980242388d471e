"""Statements of this room, and those that are made for a type of the ontology.

Only a label written in a statement lets the server use an index, so some `.cypher` files have
`__LABEL__` where a type name goes. It is filled from the checked ontology and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from graph.model.ids import type_of
from graph.ontology import ontology
from graph.store.statement import Statement
from queries.condition_cypher import known_as_seen

_PLACE = "__LABEL__"
_KNOWN = re.compile(r"__KNOWN\((\w+)\)__")


@cache
def load(name: str) -> Statement:
    """The statement of `queries/<name>.cypher`, with `__KNOWN(r)__` written out: whether the relation was
    known on `$as_of`, as its reader sees it."""
    template = Statement.load(__file__, f"{name}.cypher")
    text = _KNOWN.sub(lambda match: known_as_seen(match[1]), template.text)
    return template if text == template.text else Statement(template.name, text, template.header)


@cache
def for_type(name: str, type_name: str) -> Statement:
    """The statement for one entity type; KeyError for a type that is not in the ontology."""
    template = load(name)
    label = ontology().entities[type_name].name
    return Statement(
        f"{template.name}_{label}", template.text.replace(_PLACE, label), template.header
    )


@lru_cache(maxsize=256)  # readers choose the types, and there are very many choices
def for_types(name: str, type_names: tuple[str, ...]) -> Statement:
    """One statement for several entity types: the union of `for_type` over them.

    Only over the types that are asked for: planning a union over all of them takes seconds.
    """
    parts = [for_type(name, type_name).text for type_name in type_names]
    return Statement(
        f"{name}_{'_'.join(type_names)}", "\nUNION ALL\n".join(parts), load(name).header
    )


def ids_by_type(ids: Iterable[str]) -> dict[str, list[str]]:
    """Node ids grouped by the type they name, in order; ids of no type of the ontology are dropped."""
    grouped: dict[str, list[str]] = {}
    for identifier in sorted(set(ids)):
        if type_of(identifier) in ontology().entities:
            grouped.setdefault(type_of(identifier), []).append(identifier)
    return grouped
