"""A mapping proposed for a sheet nobody has mapped yet, as YAML with the reasons beside every line.

Nothing is decided for good: what was recognised carries its confidence, what was not is declared as
dropped and shown as a comment to begin from. An entity is proposed only when its key is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from graph.model.texts import text
from graph.ontology import EntityType, ontology
from ingest.expressions import column_of
from ingest.recognise import Recognition, Sample, likely_kind, recognise
from ingest.vocabulary import LOAD, Spec, Vocabulary, plain

MIN_CONFIDENCE = 0.5
ALWAYS = 0.95
"""A key filled in so many rows is that of what the row is about; one with more gaps is optional."""

# What a row is about, when several things are in it: the first of these whose key is there.
_SUBJECTS = (
    "clue", "complaint", "penalty", "check", "recall", "report", "certificate", "parcels", "sales",
    "observation", "customs", "scan", "code", "room", "lab", "merchant",
)  # fmt: skip


# Keys that several things of a row have in common: key property → the alias whose column gives it.
_SHARED = {"platform": "platform", "lab_id": "lab", "certificate_no": "certificate"}


@dataclass(frozen=True, slots=True)
class Unused:
    """A column left out: `reading` is what it looks like (None: unknown), `missing` what that lacks.

    `reason` ends the key of the text that says why: not_used, personal (what the graph does not
    collect) or serial (the numbers of the rows).
    """

    column: str
    kind: str | None
    filled: int
    reading: Recognition | None = None
    missing: str = ""
    reason: str = "not_used"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Readings that are used, one per alias and property; columns that are not; and the mapping itself."""

    readings: tuple[Recognition, ...]
    unused: tuple[Unused, ...]
    entities: Mapping[str, Mapping[str, Any]]
    relations: Sequence[Mapping[str, Any]]
    region: str | Spec | None
    retrieved_at: Spec | None
    sample: Sample


@dataclass(frozen=True, slots=True)
class Naming:
    """How the proposal is to be written: source name, file it came from, language, owning region."""

    name: str
    file: str
    language: str
    region: str | None = None
    sheet: str | None = field(default=None)


def propose(sample: Sample, known: Vocabulary) -> Proposal:
    """What the sheet's columns are, and the entities and relations that follow."""
    best: dict[tuple[str, str], Recognition] = {}
    doubted: dict[str, Recognition] = {}
    for reading in recognise(sample, known):
        target = reading.target
        if reading.is_borne_out and reading.confidence >= MIN_CONFIDENCE:
            best.setdefault((target.alias, target.prop), reading)
        else:
            doubted.setdefault(reading.column, reading)
    builder = _Builder(best, known, sample)
    entities = builder.entities()
    used = [r for (alias, _), r in best.items() if alias in entities or alias == LOAD]
    columns = {reading.column for reading in used}
    unused = []
    for column, values in zip(sample.header, sample.columns, strict=True):
        if column not in columns:
            other = next((r for r in best.values() if r.column == column), None)
            missing = builder.missing(other.target.alias) if other else ""
            other = other or doubted.get(column)
            kind = likely_kind(values)
            unused.append(Unused(column, kind, len(values), other, missing, _reason(column, known)))
    region = best.get((LOAD, "region"))
    return Proposal(
        tuple(used),
        tuple(unused),
        entities,
        _relations(entities, known),
        region.target.spec(region.column) if region else None,
        _retrieved_at(best.get((LOAD, "retrieved_at")), sample),
        sample,
    )


def _reason(column: str, known: Vocabulary) -> str:
    head = plain(column)
    return "personal" if head in known.never else "serial" if head in known.serial else "not_used"


class _Builder:
    def __init__(
        self, best: Mapping[tuple[str, str], Recognition], known: Vocabulary, sample: Sample
    ) -> None:
        self._best = best
        self._known = known
        self._filled = {
            column: len(values) >= ALWAYS * sample.rows
            for column, values in zip(sample.header, sample.columns, strict=True)
        }

    def entities(self) -> dict[str, dict[str, Any]]:
        """Entities whose key is recognised, the subject of the row first; the others are optional."""
        built = {alias: rule for alias in self._known.types if (rule := self._entity(alias))}
        subject = next(
            (
                alias
                for alias in _SUBJECTS
                if alias in built and self._is_in_every_row(built[alias])
            ),
            "merchant" if "merchant" in built else next(iter(built), None),
        )
        ordered = sorted(built, key=lambda alias: alias != subject)
        for alias in ordered[1:]:
            settings = built[alias].pop("set")
            built[alias] |= {"optional": True, "set": settings}
        return {alias: built[alias] for alias in ordered}

    def _is_in_every_row(self, rule: Mapping[str, Any]) -> bool:
        """Whether all columns of the key are filled in nearly every row."""
        entity = ontology().entities[rule["type"]]
        columns = {column_of(rule["set"][name]) for name in entity.key}
        return all(self._filled.get(column, False) for column in columns)

    def missing(self, alias: str) -> str:
        """What keeps an entity from being proposed; empty when nothing does."""
        if alias == LOAD:
            return ""
        settings = self._settings(alias)
        wanted = [*self._type(alias).key, *_needed(self._type(alias))]
        return next((f"{alias}.{name}" for name in wanted if name not in settings), "")

    def _type(self, alias: str) -> EntityType:
        return ontology().entities[self._known.types[alias]]

    def _entity(self, alias: str) -> dict[str, Any] | None:
        entity, settings = self._type(alias), self._settings(alias)
        if any(name not in settings for name in entity.key):
            return None
        missing = [name for name in _needed(entity) if name not in settings]
        if missing and (entity.name not in ("Merchant", "TestLab")):
            return None
        rule: dict[str, Any] = {"type": entity.name}
        if missing:  # only its key is here: it must exist already
            rule["reference"] = True
            settings = {name: settings[name] for name in entity.key}
        return {**rule, "set": settings}

    def _settings(self, alias: str) -> dict[str, Spec]:
        entity = self._type(alias)
        found = {
            prop: reading.target.spec(reading.column)
            for (owner, prop), reading in self._best.items()
            if owner == alias
        }
        operator = found.pop("operator_id", None)
        for name, owner in _SHARED.items():
            if name in entity.key and name not in found and (owner, name) in self._best:
                reading = self._best[owner, name]
                found[name] = reading.target.spec(reading.column)
        if entity.name == "Merchant":
            found |= self._merchant_id(found.get("uscc"), operator)
        if entity.name == "Address" and "address_id" in found:
            found.setdefault("text", found["address_id"])
        order = [prop.name for prop in entity.properties]
        return {name: found[name] for name in sorted(found, key=order.index)}

    def _merchant_id(self, uscc: Spec | None, operator: Spec | None) -> dict[str, Spec]:
        options = []
        if uscc is not None:
            options.append({**uscc, "as": "uscc"})
        platform = self._best.get(("platform", "platform"))
        if operator is not None and platform is not None:
            of = [platform.target.spec(platform.column), operator]
            options.append({"derive": "operator_id", "of": of})
        if not options:
            return {}
        return {"merchant_id": options[0] if len(options) == 1 else {"first": options}}


def _needed(entity: EntityType) -> list[str]:
    """What an entity needs besides its key; a state without its name says nothing."""
    return [p.name for p in entity.properties if p.required and p.name not in entity.key]


def _relations(entities: Iterable[str], known: Vocabulary) -> list[dict[str, Any]]:
    present = set(entities)
    found = []
    for said in known.relations:
        if {said["start"], said["end"]} <= present:
            constants = {name: {"constant": value} for name, value in said.get("set", {}).items()}
            rule = {name: said[name] for name in ("type", "start", "end")}
            found.append({**rule, "set": constants} if constants else rule)
    return found


def _retrieved_at(reading: Recognition | None, sample: Sample) -> Spec | None:
    if reading is None:
        return None
    values = sample.columns[sample.header.index(reading.column)]
    if likely_kind(values) == "date":
        return {"template": f"{{{reading.column}}} 00:00"}
    return {"column": reading.column}


def render(proposal: Proposal, naming: Naming) -> str:
    """The proposal as the text of a mapping.yaml, reasons as comments in the language asked for."""
    lang = naming.language
    rows = proposal.sample.rows
    lines = [f"# {text('source.new.head', lang, file=naming.file, rows=rows)}"]
    lines += [f"source: {_flow(naming.name)}", f"title: {_flow(_both(naming.name))}"]
    lines.append(f"# {text('source.new.region', lang)}")
    region = naming.region if naming.region is not None else proposal.region
    lines.append(f"region: {_flow(region)}")
    if proposal.retrieved_at is not None:
        lines.append(f"retrieved_at: {_flow(proposal.retrieved_at)}")
    if naming.sheet is not None:
        lines.append(f"sheet: {_flow(naming.sheet)}")
        lines.append(f"header_row: {proposal.sample.layout.header_row}")
    if proposal.sample.absent:
        lines.append(f"absent: {_flow(list(proposal.sample.absent))}")
    lines += ["threshold:", "  share: 0.05", "  rows: 5", f"  reason: {_flow(_forms('threshold'))}"]
    lines += ["columns:", *_columns(proposal, naming, lang)]
    lines += ["entities:" if proposal.entities else "entities: {}", *_entities(proposal)]
    lines += _hints(proposal, lang)
    if proposal.relations:
        lines += ["relations:", *(f"  - {_flow(rule)}" for rule in proposal.relations)]
    return "\n".join(lines) + "\n"


def how(reading: Recognition, lang: str) -> str:
    """Why a column was taken for what it is, in a few words."""
    percent = f"{100 * reading.fit:.0f}"
    return text(f"source.new.by.{reading.by}", lang, checked=reading.checked, percent=percent)


def unplaced(unused: Unused, target: str, lang: str) -> str:
    """A column whose head says something its values do not, or something that lacks its key."""
    reading = unused.reading
    if reading is not None and not unused.missing:
        percent = f"{100 * reading.fit:.0f}"
        said = {"column": unused.column, "target": target, "percent": percent}
        return text("source.new.doubted", lang, checked=reading.checked, **said).strip()
    said = {"column": unused.column, "target": target, "missing": unused.missing or "…"}
    return text("source.new.unplaced", lang, **said).strip()


def unknown(unused: Unused, lang: str) -> str:
    """A column that nothing is known of but the kind of its values."""
    if unused.kind is None:
        return text("source.new.few", lang, column=unused.column, filled=unused.filled).strip()
    kind = unused.kind
    said = text("source.new.unknown", lang, column=unused.column, kind=kind, filled=unused.filled)
    return said.strip()


def _columns(proposal: Proposal, naming: Naming, lang: str) -> list[str]:
    said: dict[str, Recognition] = {}
    for each in sorted(proposal.readings, key=lambda r: -r.confidence):
        said.setdefault(each.column, each)
    is_region_stated = naming.region is not None
    reasons = {unused.column: unused.reason for unused in proposal.unused}
    lines = []
    for column in proposal.sample.header:
        reading = said.get(column)
        if reading is None or (is_region_stated and reading.target.prop == "region"):
            lines.append(f"  {_flow(column)}:")
            lines.append(f"    dropped: {_flow(_forms(reasons.get(column, 'not_used')))}")
        else:
            percent = f"{100 * reading.confidence:.0f}"
            lines.append(f"  {_flow(column)}:  # {percent} %: {how(reading, lang)}")
    return lines


def _entities(proposal: Proposal) -> list[str]:
    lines = []
    for alias, rule in proposal.entities.items():
        lines.append(f"  {alias}:")
        words = [word for word in ("type", "optional", "reference") if word in rule]
        lines += [f"    {word}: {_flow(rule[word])}" for word in words]
        lines.append("    set:")
        lines += [f"      {name}: {_flow(spec)}" for name, spec in rule["set"].items()]
    return lines


def _hints(proposal: Proposal, lang: str) -> list[str]:
    hinted = [unused for unused in proposal.unused if unused.reason == "not_used"]
    if not hinted:
        return []
    lines = [f"  # {text('source.new.not_used_note', lang)}"]
    for unused in hinted:
        reading = unused.reading
        if reading is not None:
            target = f"{reading.target.alias}.{reading.target.prop}"
            lines.append(f"  # {unplaced(unused, target, lang)}")
            spec = reading.target.spec(unused.column)
            lines.append(f"  #     {reading.target.prop}: {_flow(spec)}")
        else:
            lines.append(f"  # {unknown(unused, lang)}")
            lines.append(f"  #     …: {_flow({'column': unused.column})}")
    return lines


def _both(name: str) -> dict[str, str]:
    return {"zh": name, "en": name}


def _forms(key: str) -> dict[str, str]:
    return {lang: text(f"source.new.{key}", lang) for lang in ("zh", "en")}


def _flow(value: Any) -> str:
    """A value as YAML on one line."""
    dumped = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=1 << 20
    )
    return str(dumped).removesuffix("...\n").strip()
