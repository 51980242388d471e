"""Cleans the rows of a mapped source: cells → expressions → value kinds → facts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from graph.errors import ValueRefused
from graph.model.values import KINDS
from graph.ontology import ontology
from ingest import spoilt
from ingest.clean import CellCleaner, Given, check_relation, complete, region
from ingest.derive import COMPLETIONS
from ingest.expressions import CellRefused, Cells, Expression
from ingest.facts import CleanRow, EntityFact, Key, Provenance, RelationFact, Value
from ingest.mapping import EntityRule, RelationRule, Setting, SourceMapping
from ingest.refusals import Fault, RowRefused


class MappedCleaner:
    """Cleans rows of one file of one source; `given` is what the load states (it wins)."""

    def __init__(self, mapping: SourceMapping, header: Sequence[str], given: Given) -> None:
        self._mapping = mapping
        at = {name: position for position, name in enumerate(header)}
        self._order = tuple(at[name] for name in mapping.columns)
        self._given = Given(
            given.source or mapping.given.source,
            given.retrieved_at,
            given.region or mapping.given.region,
        )
        self._cleaners: dict[int, CellCleaner] = {}
        self._retrieved_at = CellCleaner("datetime")

    def __call__(self, cells: list[str]) -> CleanRow:
        """The facts of one row; RowRefused with every fault found."""
        absent = self._mapping.absent
        row = [
            None if not (cell := cells[at].strip()) or cell in absent else cell
            for at in self._order
        ]
        provenance = self._provenance(row)
        faults: list[Fault] = []
        stated = [self._entity(rule, row, faults) for rule in self._mapping.entities]
        relations = [
            self._relation(rule, stated, row, faults)
            for rule in self._mapping.relations
            if stated[rule.start] is not None and stated[rule.end] is not None
        ]
        if faults:
            raise RowRefused(*_once(faults))
        entities = tuple(
            fact
            for fact, rule in zip(stated, self._mapping.entities, strict=True)
            if fact is not None and not rule.is_reference
        )
        return CleanRow(provenance, entities, tuple(r for r in relations if r is not None))

    def _provenance(self, row: Cells) -> Provenance:
        given = self._given
        faults: list[Fault] = []
        retrieved_at = given.retrieved_at
        owner = given.region
        if self._mapping.retrieved_at is not None:
            stated = self._evaluate("retrieved_at", self._mapping.retrieved_at, row, faults)
            try:
                retrieved_at = str(self._retrieved_at[stated]) if stated else retrieved_at
            except ValueRefused as refused:
                faults.append(Fault("retrieved_at", "datetime", refused.reason, refused.params))
        if self._mapping.region is not None:
            stated = self._evaluate("owning_region", self._mapping.region, row, faults)
            try:
                owner = region(stated) if stated else owner
            except ValueRefused as refused:
                faults.append(Fault("owning_region", "region", refused.reason, refused.params))
        if not faults and (retrieved_at is None or owner is None or given.source is None):
            column = "retrieved_at" if retrieved_at is None else "owning_region"
            faults.append(Fault(column, "required", "value.required"))
        if faults:
            raise RowRefused(*faults)
        return Provenance(str(given.source), str(retrieved_at), str(owner))

    def _entity(self, rule: EntityRule, row: Cells, faults: list[Fault]) -> EntityFact | None:
        entity = ontology().entities[rule.type_name]
        before = len(faults)
        properties, raws = self._properties(rule.settings, row, faults)
        if len(faults) > before:
            return None
        absent = [name for name in entity.key if name not in properties]
        if absent and rule.is_optional:
            return None
        wanted = entity.key if rule.is_reference else _required(rule)
        faults += _absent(rule.settings, wanted, properties)
        if len(faults) > before:
            return None
        if rule.type_name in COMPLETIONS and not rule.is_reference:
            self._complete(rule, properties, raws, faults)
        key = tuple([str(properties[name]) for name in entity.key])
        return EntityFact(rule.type_name, key, properties)

    @staticmethod
    def _complete(
        rule: EntityRule, properties: dict[str, Value], raws: dict[str, str], faults: list[Fault]
    ) -> None:
        wanted = COMPLETIONS[rule.type_name][0]
        column = next(s.column for s in rule.settings if s.prop.name == wanted)
        try:
            complete(rule.type_name, properties, raws[wanted], column)
        except RowRefused as refused:
            faults.extend(refused.faults)

    def _relation(
        self,
        rule: RelationRule,
        stated: list[EntityFact | None],
        row: Cells,
        faults: list[Fault],
    ) -> RelationFact | None:
        start, end = stated[rule.start], stated[rule.end]
        if start is None or end is None:
            return None
        properties, _ = self._properties(rule.settings, row, faults)
        required = {s.prop.name for s in rule.settings if s.prop.required}
        faults += _absent(rule.settings, required, properties)
        try:
            self._check(rule, start.key, end.key, properties)
        except RowRefused as refused:
            faults.extend(refused.faults)
        return RelationFact(rule.relation, start.key, end.key, properties)

    def _check(
        self, rule: RelationRule, start: Key, end: Key, properties: dict[str, Value]
    ) -> None:
        settings = self._mapping.entities[rule.end].settings
        check_relation(
            ontology().relations[rule.relation], start, end, properties, settings[0].column
        )

    def _properties(
        self, settings: tuple[Setting, ...], row: Cells, faults: list[Fault]
    ) -> tuple[dict[str, Value], dict[str, str]]:
        """Canonical values, and the raw texts they came from; faults are added to the list."""
        values: dict[str, Value] = {}
        raws: dict[str, str] = {}
        for setting in settings:
            raw = self._evaluate(setting.column, setting.value, row, faults)
            if raw is None:
                continue
            try:
                value = self._cleaner(setting)[raw]
            except ValueRefused as refused:
                faults.append(
                    Fault(setting.column, setting.prop.kind, refused.reason, refused.params)
                )
                continue
            if value is not None:
                values[setting.prop.name] = value
                raws[setting.prop.name] = raw
        return values, raws

    @staticmethod
    def _evaluate(
        column: str, expression: Expression, row: Cells, faults: list[Fault]
    ) -> str | None:
        try:
            return expression(row)
        except CellRefused as refused:
            _note(refused.column or column, refused.cause, faults)
        except ValueRefused as refused:
            _note(column, refused, faults)
        return None

    def _cleaner(self, setting: Setting) -> CellCleaner:
        found = self._cleaners.get(id(setting))
        if found is None:
            is_code = spoilt.is_code(setting.prop.kind, setting.prop.required)
            found = CellCleaner(
                setting.prop.kind, is_code=is_code, is_indexed=setting.prop.is_indexed
            )
            self._cleaners[id(setting)] = found
        return found


def _note(column: str, refused: ValueRefused, faults: list[Fault]) -> None:
    kind = refused.reason.partition(".")[0]
    rule = kind if kind in KINDS else "mapping"
    faults.append(Fault(column, rule, refused.reason, refused.params))


def _required(rule: EntityRule) -> frozenset[str]:
    entity = ontology().entities[rule.type_name]
    return frozenset(prop.name for prop in entity.properties if prop.required)


def _absent(
    settings: tuple[Setting, ...], wanted: Collection[str], properties: Mapping[str, Value]
) -> list[Fault]:
    return [
        Fault(setting.column, "required", "value.required")
        for setting in settings
        if setting.prop.name in wanted and setting.prop.name not in properties
    ]


def _once(faults: list[Fault]) -> list[Fault]:
    """One fault per column and reason: a column may fill several properties."""
    return list({(fault.field, fault.reason_code): fault for fault in faults}.values())
