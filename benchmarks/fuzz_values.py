"""Values to ask with: real ones of a store, and hostile ones of every kind that services trip over."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
)

from graph.ontology import ontology
from graph.store.session import Store
from graph.store.statement import Statement

_SAMPLE = Statement.load(__file__, "fuzz_sample.cypher")
_RELATIONS, _TYPES = tuple(ontology().relations), tuple(ontology().entities)
#: What arguments mean that are no property of anything.
_WORDS: Mapping[str, Sequence[str]] = {
    "direction": ("OUT", "IN", "ANY"),
    "relations": _RELATIONS,
    "exclude_relations": _RELATIONS,
    "types": _TYPES,
    "node_types": _TYPES,
}
_LONG = 20_000
_DEEP = 40

HOSTILE_STRINGS: Sequence[str] = (
    "",
    " ",
    "\x00",
    "\ufeff",
    "'; DROP INDEX entity_words //",
    '"}) RETURN 1 //',
    "` DETACH DELETE n `",
    "$regions",
    "${jndi:ldap://127.0.0.1/a}",
    "{{7*7}}",
    "%s%n%d",
    "../../../../etc/passwd",
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    # The syntax of Lucene, whole and broken: https://lucene.apache.org/core/9_0_0/queryparser/
    '+ - && || ! ( ) { } [ ] ^ " ~ * ? : \\ /',
    "*",
    "?*?*?*?*",
    "name:[* TO *]",
    "a~99",
    "(((((((((",
    '"',
    "\\",
    "/.*/",
    "AND OR NOT",
    "\u202e\u2066abc",
    "e\u0301" * 50,
    "👩‍👩‍👧‍👦",
    "𠮷野家",
    "ＡＢＣ１２３",
    "١٢٣",
    "1e999",
    "NaN",
    "-0",
    "9" * 400,
    "a" * _LONG,
    "的" * 5_000,
    "Merchant:",
    ":",
    "Merchant:a/b/c/d/e",
    "Nothing:1",
    "0000-00-00",
    "9999-12-31",
    "2026-02-30",
    "-2026-01-01",
    "2026-01-01T00:00:00Z",
    "2026-W01-1",
)
HOSTILE_INTS = (0, -1, 2**31 - 1, -(2**31), 2**31, 2**63, -(2**63) - 1, 10**30)
HOSTILE_JSON: Sequence[Any] = (None, True, 1.5, 1e308, "x", [], {}, [[]], {"a": None}, [None])


@dataclass(frozen=True, slots=True)
class Pool:
    """Real values: ids of things, and values of properties by name (snake case).

    `cursors` is for who asks to fill, from the answers.
    """

    ids: tuple[str, ...]
    properties: Mapping[str, Sequence[str]]
    cursors: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, store: Store, most: int = 2_000) -> Pool:
        """A sample of what is in a store: up to `most` things."""
        ids: list[str] = []
        properties: dict[str, set[str]] = {}
        for row in store.read(_SAMPLE, limit=most):
            ids.append(row["id"])
            for name, value in row["properties"].items():
                if isinstance(value, str) and len(value) < 200:
                    properties.setdefault(name, set()).add(value)
        seen = {name: tuple(sorted(values)) for name, values in properties.items()}
        return cls(tuple(ids), {**_WORDS, **seen})

    def string(self, rng: random.Random, argument: str) -> str:
        """A value that the argument could mean: of the property so named, else an id or any string."""
        named = self.cursors if argument == "after" else self.properties.get(snake(argument))
        if named is None and (
            argument.lower().endswith(("id", "ids")) or argument in {"from", "to"}
        ):
            named = self.ids
        if not named:
            named = self.properties[rng.choice(sorted(self.properties))]
        found = rng.choice(named)
        return found[: rng.randint(1, len(found))] if found and rng.random() < 0.2 else found


def snake(name: str) -> str:
    """`merchantId` → `merchant_id`."""
    return re.sub("[A-Z]", lambda found: f"_{found.group().lower()}", name)


@dataclass(frozen=True, slots=True)
class Values:
    """Makes values of input types, as JSON; a share `hostile` of them is."""

    pool: Pool
    hostile: float = 0.05

    def value(self, rng: random.Random, kind: GraphQLInputType, name: str, depth: int = 0) -> Any:
        """A value of a type, for an argument or input field called `name`."""
        if isinstance(kind, GraphQLNonNull):
            return self.value(rng, kind.of_type, name, depth)
        if rng.random() < self.hostile:
            return self._hostile(rng, kind)
        if isinstance(kind, GraphQLList):
            count = 0 if depth > 3 else rng.choice((0, 1, 1, 2, 3))
            return [self.value(rng, kind.of_type, name, depth + 1) for _ in range(count)]
        if isinstance(kind, GraphQLInputObjectType):
            return self._object(rng, kind, depth)
        if isinstance(kind, GraphQLEnumType):
            return EnumName(rng.choice(sorted(kind.values)))
        return self._scalar(rng, kind, name)

    def _hostile(self, rng: random.Random, kind: GraphQLInputType) -> Any:
        """Something nobody would ask with in good faith: of the right type mostly, which gets furthest."""
        if isinstance(kind, GraphQLScalarType) and rng.random() < 0.7:
            return rng.choice(HOSTILE_INTS if kind.name in {"Int", "Long"} else HOSTILE_STRINGS)
        if rng.random() < 0.7:
            return rng.choice(HOSTILE_JSON)
        deep: Any = rng.choice(HOSTILE_STRINGS)
        for _ in range(rng.randint(1, _DEEP)):
            deep = [deep] if rng.random() < 0.5 else {"a": deep}
        return deep

    def _object(self, rng: random.Random, kind: GraphQLInputObjectType, depth: int) -> Any:
        needed = [n for n, f in kind.fields.items() if isinstance(f.type, GraphQLNonNull)]
        more = [n for n in sorted(kind.fields) if n not in needed]
        wanted = 1 if kind.is_one_of else rng.randint(0, 0 if depth > 3 else min(3, len(more)))
        chosen = needed + (rng.sample(more, wanted) if more else [])
        return {name: self.value(rng, kind.fields[name].type, name, depth + 1) for name in chosen}

    def _scalar(self, rng: random.Random, kind: GraphQLScalarType, name: str) -> Any:
        match kind.name:
            case "Int" if name in {"first", "last"}:
                return rng.choice((1, 2, 3, 5))
            case "Int" | "Long":
                return rng.choice((0, 1, 2, 3, 6, 20))
            case "Float" | "Decimal":
                return rng.choice((0.0, 0.5, 1.0, 100.0, -1.5))
            case "Boolean":
                return rng.random() < 0.5
            case "Date":
                return f"2025-{rng.randint(7, 12):02d}-{rng.randint(1, 28):02d}"
            case "DateTime":
                return f"2025-{rng.randint(7, 12):02d}-{rng.randint(1, 28):02d}T08:00:00+08:00"
            case "JSON":
                return rng.choice(HOSTILE_JSON)
            case "ID":
                return rng.choice(self.pool.ids)
            case _:
                return self.pool.string(rng, name)


class EnumName(str):
    """The name of an enum value, which a document writes without quotes."""

    __slots__ = ()
