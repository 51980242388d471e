"""What a node keeps for the search index, worked out from the records that speak of it.

`search_text` holds the searchable values, folded, and `search_keys` the keys of
`graph.model.search_words`. Where regions say different things of one node, a word of one region must not
propose it to readers of another: such a node has no text, and every key names the region that says it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from graph.model.search_words import (
    ANY_REGION,
    fold,
    identifier_key,
    level_keys,
    name_keys,
    piece_key,
    pieces,
    region_key,
    type_key,
)
from graph.ontology import EntityType, ontology

SEARCH_PROPERTIES = ("search_text", "search_keys")

#: Found by their whole value alone, and too many for an index of words.
_NO_WORDS = frozenset({"Code"})
#: Kinds of value that identify a thing.
_IDENTIFYING = frozenset(
    {"uscc", "cma", "cnas", "gtin", "phone", "registration_number", "report_number"}
    | {"customs_declaration", "store_native_id"}
)

Said = tuple[str, Mapping[str, Any]]
"""Region of a record, and what it says."""


def is_in_words(entity: EntityType) -> bool:
    """Whether things of this type are in the index of words."""
    return bool(entity.search) and entity.name not in _NO_WORDS


def looked_up(entity: EntityType) -> tuple[str, ...]:
    """Properties whose whole value finds a thing, in any spelling; each has an index of its own.

    Identifiers of every kind, and keys that the ontology wants searched.
    """
    return tuple(
        prop.name
        for prop in entity.properties
        if (prop.kind in _IDENTIFYING and _is_own(entity, prop.name))
        or (prop.name in entity.search and prop.name in entity.key)
    )


def search_values(type_name: str, identifier: str, said: Sequence[Said]) -> dict[str, str | None]:
    """The two properties for a node from all that its records say, in the order in which later wins.

    Empty for a type that is not in the index of words.
    """
    searched = _searched(type_name)
    if not searched:
        return {}
    keys = [type_key(type_name), *level_keys(identifier)]
    if len(said) > 1 and _is_disputed(
        {*searched, *looked_up(ontology().entities[type_name])}, said
    ):
        keys += sorted(_regional_keys(type_name, said))
        return {"search_text": None, "search_keys": " ".join(keys)}
    values = said[0][1] if len(said) == 1 else _merged(said)
    named = values.get(_named(type_name) or "")
    if named is not None:
        keys += sorted(name_keys(fold(str(named))))
    texts = [fold(str(values[name])) for name in searched if values.get(name) is not None]
    return {"search_text": " ".join(texts), "search_keys": " ".join(keys)}


def _merged(said: Sequence[Said]) -> Mapping[str, Any]:
    return {name: value for _, properties in said for name, value in properties.items()}


def _is_own(entity: EntityType, name: str) -> bool:
    # A price observation bears the store's id of the offer, and a report the number of another one.
    return name in entity.search or (
        (name not in entity.key or len(entity.key) == 1) and not name.startswith("amends_")
    )


@cache
def _searched(type_name: str) -> tuple[str, ...]:
    entity = ontology().entities[type_name]
    return entity.search if is_in_words(entity) else ()


@cache
def _named(type_name: str) -> str | None:
    """The property whose sound and short form find a thing: the one that names it, if any does."""
    entity = ontology().entities[type_name]
    return "name" if entity.display == "name" else None


def _is_disputed(searched: Iterable[str], said: Sequence[Said]) -> bool:
    """Whether some reader may see other searchable values than another one."""
    if len({region for region, _ in said}) == 1:
        return False
    return any(len(_values_by_region(said, name)) > 1 for name in searched)


def _values_by_region(said: Sequence[Said], name: str) -> set[frozenset[str]]:
    by_region: dict[str, set[str]] = {region: set() for region, _ in said}
    for region, properties in said:
        if properties.get(name) is not None:
            by_region[region].add(str(properties[name]))
    values = {frozenset(found) for found in by_region.values()}
    # Even where all regions have said both of two values, they may have said them in another order.
    return values if all(len(each) <= 1 for each in values) else {*values, frozenset()}


def _regional_keys(type_name: str, said: Sequence[Said]) -> set[str]:
    """What each region says in the end, word by word as `search_text` would hold it."""
    entity, named = ontology().entities[type_name], _named(type_name)
    found: set[str] = set()
    for region in {region for region, _ in said}:
        values = _merged([each for each in said if each[0] == region])
        texts = {name: fold(str(value)) for name, value in values.items() if value is not None}
        keys = {piece_key(p) for name in entity.search for p in pieces(texts.get(name, ""))}
        keys |= {identifier_key(texts[name]) for name in looked_up(entity) if name in texts}
        keys |= name_keys(texts[named]) if named in texts else set()
        found.update(region_key(region, key) for key in keys)
        found.update(region_key(ANY_REGION, key) for key in keys)
    return found
