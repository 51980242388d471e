"""Declarative mappings: what a source's columns mean, as YAML beside a sample and its expected facts.

    source: company_register          # source token of every record
    title: {zh: …, en: …}
    region: "000000"                  # owning region of every record, or {column: …}
    retrieved_at: {column: …}         # left out: the load's --retrieved-at, else the file's own time
    sheet: 经营者信息                  # of a workbook; left out: its first sheet that is not empty
    header_row: 3                     # left out: the first row, or in a workbook the one that fits
    absent: ["N/A"]                   # cells that mean "nothing", besides the empty one
    threshold: {share: 0.02, rows: 5, reason: {zh: …, en: …}}
    columns: {name: …}                # every column; one that is not used says {dropped: {zh, en}}
    entities:
      merchant: {type: Merchant, set: {merchant_id: {column: uscc}, …}}
      person: {type: Person, optional: true, set: …}      # no key: neither it nor its relations
      product: {type: Product, reference: true, set: …}   # must exist already; only its key is said
    relations:
      - {type: REGISTERED_AT, start: merchant, end: address, set: {…}}

A row is loaded whole or refused whole. Expressions are described in `ingest.expressions`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from graph.errors import ValueRefused
from graph.ontology import Property, ontology
from graph.ontology.schema import INTERVAL
from ingest.clean import Given
from ingest.expressions import Compiler, Expression, column_of
from ingest.formats.rows import Layout
from ingest.refusals import source_error
from ingest.tables import nearest
from ingest.thresholds import Threshold

FOLDER = Path(__file__).parent / "sources"
_WORDS = frozenset(
    (
        "source",
        "title",
        "region",
        "retrieved_at",
        "sheet",
        "header_row",
        "absent",
        "threshold",
        "columns",
        "entities",
        "relations",
    )
)


@dataclass(frozen=True, slots=True)
class Setting:
    """One property and the expression that fills it."""

    prop: Property
    value: Expression
    column: str


@dataclass(frozen=True, slots=True)
class EntityRule:
    """One entity a row states (or, as a `reference`, only points at)."""

    alias: str
    type_name: str
    settings: tuple[Setting, ...]
    is_optional: bool
    is_reference: bool


@dataclass(frozen=True, slots=True)
class RelationRule:
    """One relation a row states between two of its entities; positions are into `Mapping.entities`."""

    relation: str
    start: int
    end: int
    settings: tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class SourceMapping:
    """One source, compiled: what each row of it says."""

    name: str
    columns: tuple[str, ...]
    dropped: tuple[str, ...]
    absent: frozenset[str]
    given: Given
    retrieved_at: Expression | None
    region: Expression | None
    threshold: Threshold
    entities: tuple[EntityRule, ...]
    relations: tuple[RelationRule, ...]
    title: Mapping[str, str]
    layout: Layout

    def fits(self, header: Sequence[str]) -> bool:
        """Whether a file with that header is one of this source."""
        return set(self.columns) == set(header)

    def fits_partly(self, header: Sequence[str]) -> bool:
        """The same for formats whose rows leave out what they lack: no other names, and most of ours."""
        return set(header) <= set(self.columns) and 2 * len(header) > len(self.columns)


def read_mapping(path: Path) -> SourceMapping:
    """Read and compile one mapping; SourceError naming the file and the problem when it is wrong."""
    try:
        spec = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise source_error("mapping_wrong", mapping=path.name, problem=str(error)) from error
    return _Reader(path.resolve().parent.name, spec).read()


@cache
def mappings() -> dict[str, SourceMapping]:
    """The sources that ship with Suyuan, by name."""
    found = [read_mapping(path) for path in sorted(FOLDER.glob("*/mapping.yaml"))]
    return {mapping.name: mapping for mapping in found}


def find_mapping(source: str) -> SourceMapping:
    """The mapping of that name, or in that folder of the user's own; SourceError when there is none."""
    shipped = mappings().get(source)
    if shipped is not None:
        return shipped
    path = Path(source)
    path = path / "mapping.yaml" if path.is_dir() else path
    if path.suffix in (".yaml", ".yml") and path.is_file():
        return read_mapping(path)
    close = nearest(source, frozenset(mappings()))
    raise source_error("unknown_source", source=source, nearest=close)


class _Reader:
    def __init__(self, name: str, spec: Any) -> None:
        self._name = name
        if not isinstance(spec, dict) or not isinstance(spec.get("columns"), dict):
            raise source_error("mapping_wrong", mapping=name, problem="no columns")
        self._spec: dict[str, Any] = spec
        self._columns = tuple(map(str, spec["columns"]))
        self._compiler = Compiler(name, self._columns)

    def read(self) -> SourceMapping:
        spec = self._spec
        if unknown := set(spec) - _WORDS:
            raise self._compiler.wrong(f"unknown word {sorted(unknown)[0]!r}")
        try:
            entities = tuple(self._entity(a, e) for a, e in spec["entities"].items())
            aliases = [rule.alias for rule in entities]
            relations = tuple(
                self._relation(rule, aliases, entities) for rule in spec.get("relations", ())
            )
            threshold = self._threshold(spec["threshold"])
            region, retrieved_at = spec.get("region"), spec.get("retrieved_at")
            return SourceMapping(
                name=self._name,
                columns=self._columns,
                dropped=tuple(n for n, c in spec["columns"].items() if c and "dropped" in c),
                absent=frozenset(map(str, spec.get("absent", ()))),
                given=Given(
                    source=str(spec["source"]), region=region if isinstance(region, str) else None
                ).checked(),
                retrieved_at=self._compiler.compile(retrieved_at) if retrieved_at else None,
                region=self._compiler.compile(region) if isinstance(region, dict) else None,
                threshold=threshold,
                entities=entities,
                relations=relations,
                title=spec["title"],
                layout=Layout(_sheet(spec), _header_row(spec), self._columns),
            )
        except (KeyError, TypeError, AttributeError, ValueError, ValueRefused) as error:
            raise self._compiler.wrong(f"{type(error).__name__}: {error}") from error

    def _entity(self, alias: str, spec: dict[str, Any]) -> EntityRule:
        entity = ontology().entities.get(spec["type"])
        if entity is None:
            raise self._compiler.wrong(f"unknown entity type {spec['type']!r}")
        settings = self._settings(spec["set"], entity.properties)
        named = {setting.prop.name for setting in settings}
        is_reference = bool(spec.get("reference", False))
        for prop in entity.properties:
            if (prop.name in entity.key or (prop.required and not is_reference)) and (
                prop.name not in named
            ):
                raise self._compiler.wrong(f"{alias}: {prop.name} is not set")
        is_optional = bool(spec.get("optional", False))
        return EntityRule(alias, entity.name, settings, is_optional, is_reference)

    def _relation(
        self, spec: dict[str, Any], aliases: list[str], entities: tuple[EntityRule, ...]
    ) -> RelationRule:
        relation = ontology().relations.get(spec["type"])
        if relation is None:
            raise self._compiler.wrong(f"unknown relation {spec['type']!r}")
        ends = []
        for end, type_name in (("start", relation.start), ("end", relation.end)):
            if spec[end] not in aliases:
                raise self._compiler.wrong(f"{relation.name}: no entity {spec[end]!r}")
            ends.append(aliases.index(spec[end]))
            if entities[ends[-1]].type_name != type_name:
                raise self._compiler.wrong(f"{relation.name}: {spec[end]!r} is no {type_name}")
        settings = self._settings(spec.get("set", {}), relation.properties + INTERVAL)
        missing = {p.name for p in relation.properties if p.required} - {
            s.prop.name for s in settings
        }
        if missing:
            raise self._compiler.wrong(f"{relation.name}: {sorted(missing)[0]} is not set")
        return RelationRule(relation.name, ends[0], ends[1], settings)

    def _settings(
        self, spec: dict[str, Any], properties: tuple[Property, ...]
    ) -> tuple[Setting, ...]:
        legal = {prop.name: prop for prop in properties}
        if unknown := set(spec) - set(legal):
            raise self._compiler.wrong(f"unknown property {sorted(unknown)[0]!r}")
        return tuple(
            Setting(legal[name], self._compiler.compile(value), column_of(value))
            for name, value in spec.items()
        )

    def _threshold(self, spec: dict[str, Any]) -> Threshold:
        reason = spec["reason"]
        return Threshold(float(spec["share"]), int(spec["rows"]), reason["zh"], reason["en"])


def _sheet(spec: Mapping[str, Any]) -> str | None:
    return str(spec["sheet"]) if "sheet" in spec else None


def _header_row(spec: Mapping[str, Any]) -> int | None:
    number = int(spec["header_row"]) if "header_row" in spec else None
    if number is not None and number < 1:
        raise ValueError("header_row counts from 1")
    return number
