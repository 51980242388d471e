"""Reads and checks the ontology files, from which constraints, upserts, GraphQL types and docs follow.

Labels, relation types and property names reach Cypher only from here; `load` therefore refuses any
name that is not a plain identifier.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from graph.errors import OntologyError
from graph.model.values import KINDS

FOLDER = Path(__file__).parent

# The reader of libyaml where PyYAML was built with it: as safe, and eight times as fast.
_SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_TYPE = re.compile(r"[A-Z][A-Za-z]+")
_RELATION = re.compile(r"[A-Z][A-Z_]+")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Property:
    """One typed property: `kind` names a value kind, `unit` is set for every quantity.

    `is_indexed`: the database keeps an index of it, so it cannot be of any length.
    """

    name: str
    kind: str
    zh: str
    en: str
    unit: str | None = None
    required: bool = False
    personal: bool = False
    example: str | None = None
    is_indexed: bool = False


#: Every relation row may say when the fact held; event time, not the time we learned of it.
INTERVAL = (
    Property("valid_from", "date", "事实起始日期", "First day the fact held"),
    Property("valid_to", "date", "事实终止日期（不含）", "Day the fact ended, exclusive"),
)

#: Every row of every table says who says so, since when, and who owns the statement.
COMMON = (
    Property("source", "token", "来源", "Source", example="register"),
    Property("retrieved_at", "datetime", "取得时间", "When the source was read"),
    Property(
        "owning_region",
        "division",
        "数据归属地区（省级代码；000000 为全国）",
        "Owning region (province code; 000000 is national)",
        example="330000",
    ),
)


@dataclass(frozen=True, slots=True)
class LinkRule:
    """How a relation ties merchants that share its end.

    `weight` is belief per shared rare identifier, `source_type` the hand that observed it (repeats of
    one hand do not add), `through` the relations between the merchant and this relation's start,
    `unless` a property of the shared end and the values under which it links no one.
    """

    weight: float
    source_type: str
    is_strong: bool = False
    through: tuple[str, ...] = ()
    unless: tuple[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class EntityType:
    """One node label."""

    table: str
    name: str
    key: tuple[str, ...]
    properties: tuple[Property, ...]
    title: Mapping[str, str]
    doc: Mapping[str, str]
    display: str
    search: tuple[str, ...] = ()

    def property(self, name: str) -> Property:
        """The property of that name; KeyError when there is none."""
        return next(p for p in self.properties if p.name == name)


@dataclass(frozen=True, slots=True)
class RelationType:
    """One relation type between two entity types; `key` properties tell parallel relations apart."""

    table: str
    name: str
    start: str
    end: str
    key: tuple[str, ...]
    properties: tuple[Property, ...]
    title: Mapping[str, str]
    link: LinkRule | None = None


@dataclass(frozen=True, slots=True)
class Ontology:
    """All entity types and relations, by name and by canonical table."""

    entities: Mapping[str, EntityType]
    relations: Mapping[str, RelationType]

    def entity_of_table(self, table: str) -> EntityType | None:
        """The entity type whose canonical table has that name."""
        return next((e for e in self.entities.values() if e.table == table), None)

    def relation_of_table(self, table: str) -> RelationType | None:
        """The relation whose canonical table has that name."""
        return next((r for r in self.relations.values() if r.table == table), None)

    def end_columns(self, relation: RelationType) -> tuple[dict[str, str], dict[str, str]]:
        """Column name → key property, for the start and for the end of a relation.

        A column is the key itself where that already names its table (`merchant_id`), else
        `<table>_<key>`; when both ends have one type they are `from_…` and `to_…`.
        """
        same = relation.start == relation.end
        return (
            self._columns(self.entities[relation.start], "from_" if same else ""),
            self._columns(self.entities[relation.end], "to_" if same else ""),
        )

    @staticmethod
    def _columns(entity: EntityType, prefix: str) -> dict[str, str]:
        return {
            prefix + (key if key.startswith(entity.table + "_") else f"{entity.table}_{key}"): key
            for key in entity.key
        }

    def links(self) -> tuple[tuple[RelationType, LinkRule], ...]:
        """The relations that tie merchants, with their rules, sorted by name."""
        return tuple((r, r.link) for _, r in sorted(self.relations.items()) if r.link)


def load(folder: Path = FOLDER) -> Ontology:
    """Read and check all files below `folder`; raise OntologyError naming the file that is wrong."""
    entities = [_entity(path, _read(path)) for path in sorted((folder / "entities").glob("*.yaml"))]
    by_name = {entity.name: entity for entity in entities}
    if len(by_name) != len(entities):
        raise OntologyError("two entity files declare the same type")
    relations: dict[str, RelationType] = {}
    for path in sorted((folder / "relations").glob("*.yaml")):
        relation = _relation(path, _read(path))
        for end in (relation.start, relation.end):
            if end not in by_name:
                raise OntologyError(f"{path.name}: unknown entity type {end!r}")
        if relation.name in relations:
            raise OntologyError(f"{path.name}: {relation.name} is declared twice")
        relations[relation.name] = relation
    for relation in relations.values():
        for step in relation.link.through if relation.link else ():
            if step not in relations:
                raise OntologyError(f"{relation.table}: link through unknown relation {step!r}")
    return Ontology(by_name, relations)


@cache
def ontology() -> Ontology:
    """The ontology that ships with Suyuan, read once."""
    return load()


def _read(path: Path) -> dict[str, Any]:
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=_SafeLoader)  # noqa: S506 - it is a safe one
    if not isinstance(content, dict):
        raise OntologyError(f"{path.name}: not a mapping")
    return content


def _entity(path: Path, data: dict[str, Any]) -> EntityType:
    _check_name(path, data["type"], _TYPE)
    key = tuple(data["key"])
    indexed = frozenset((*key, *data.get("search", ())))
    properties = _properties(path, data.get("properties", {}), indexed)
    names = {p.name for p in properties}
    for name in (*key, data["display"], *data.get("search", ())):
        if name not in names:
            raise OntologyError(f"{path.name}: {name!r} is not a property")
    for p in properties:
        if p.name in key and not p.required:
            raise OntologyError(f"{path.name}: key property {p.name!r} must be required")
    return EntityType(
        path.stem,
        data["type"],
        key,
        properties,
        data["title"],
        data["doc"],
        data["display"],
        tuple(data.get("search", ())),
    )


def _relation(path: Path, data: dict[str, Any]) -> RelationType:
    _check_name(path, data["type"], _RELATION)
    properties = _properties(path, data.get("properties", {}))
    key = tuple(data.get("key", ()))
    if not set(key) <= {p.name for p in properties if p.required}:
        raise OntologyError(f"{path.name}: key properties must exist and be required")
    rule = _link_rule(data["link"]) if "link" in data else None
    return RelationType(
        path.stem, data["type"], data["from"], data["to"], key, properties, data["title"], rule
    )


def _link_rule(data: dict[str, Any]) -> LinkRule:
    unless = data.get("unless")
    if unless:
        _check_name(Path("link.unless"), unless["property"], _NAME)
    return LinkRule(
        float(data["weight"]),
        data["source_type"],
        bool(data.get("strong", False)),
        tuple(data.get("through", ())),
        (unless["property"], tuple(unless["values"])) if unless else None,
    )


def _properties(
    path: Path, data: dict[str, Any], indexed: frozenset[str] = frozenset()
) -> tuple[Property, ...]:
    properties = []
    for name, spec in data.items():
        _check_name(path, name, _NAME)
        if spec["type"] not in KINDS:
            raise OntologyError(f"{path.name}: {name}: unknown value kind {spec['type']!r}")
        properties.append(
            Property(
                name,
                spec["type"],
                spec["zh"],
                spec["en"],
                spec.get("unit"),
                bool(spec.get("required", False)),
                bool(spec.get("personal", False)),
                spec.get("example"),
                name in indexed,
            )
        )
    return tuple(properties)


def _check_name(path: Path, name: str, pattern: re.Pattern[str]) -> None:
    if not pattern.fullmatch(name):
        raise OntologyError(f"{path.name}: {name!r} is not an allowed name")
