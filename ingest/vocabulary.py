"""What columns are called: the words of ingest/vocabulary.yaml, and those that shipped sources use.

A target is one property of one entity of a row, with the expression that fills it from one column. The
shipped mappings teach most of them, tables of values included: a source added there is understood
wherever the same heads turn up again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from graph.model.values import characters
from graph.ontology import ontology
from ingest.mapping import FOLDER

_FILE = Path(__file__).with_name("vocabulary.yaml")
_UNSAID = re.compile(
    r"[\s_.:：*＊/\\-]+|[（(](?:必填|选填|可选|required|optional)[）)]", re.IGNORECASE
)

_TITLE_END = re.compile("[：:（(；;，,]")

MIN_TITLE_CHARS = 4
"""Shorter titles (名称, 状态) say too little about whose they are."""

COLUMN = "¤"
"""Stands for the column in the expression of a target."""

LOAD = "load"
"""The alias of what a column says about the row itself: when it was read, and where."""

Spec = dict[str, Any]

_YUAN: Spec = {"derive": "fen_of_yuan", "of": [{"column": COLUMN}]}
_BY_URL: Spec = {"derive": "listing_id_of_url", "of": [{"column": COLUMN, "as": "url"}]}
# Words for which a property is filled otherwise than its name says: word → property, expression.
_FORMS: Mapping[str, tuple[str, Spec]] = {
    "listing.price_yuan": ("price_fen", _YUAN),
    "listing.url": ("native_id", _BY_URL),
    "load.division": (
        "region",
        {"derive": "province_of_division", "of": [{"column": COLUMN}]},
    ),
}


@dataclass(frozen=True, slots=True)
class Target:
    """Where a column may go: an entity of the row by alias, its property, the expression to get there."""

    alias: str
    prop: str
    template: str

    def spec(self, column: str) -> Spec:
        """The expression over that column."""
        return _replaced(yaml.safe_load(self.template), column)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All that is known: aliases with their types, heads with their targets, relations to look for.

    `never` are heads of personal data that the graph does not collect, `serial` those of row numbers.
    """

    types: Mapping[str, str]
    heads: Mapping[str, tuple[Target, ...]]
    relations: Sequence[Mapping[str, Any]]
    never: frozenset[str]
    serial: frozenset[str]


def plain(head: str) -> str:
    """A head as it is compared: half width, lower case, without blanks, marks and （必填）."""
    return _UNSAID.sub("", characters.fold(head).casefold())


@cache
def vocabulary(without: str | None = None) -> Vocabulary:
    """The vocabulary; `without` leaves out what one shipped source teaches, to measure the rest."""
    said = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    types: dict[str, str] = said["entities"]
    learnt = list(_learnt(types, without))
    known = {(target.alias, target.prop): target for _, target in learnt}
    heads: dict[str, dict[Target, None]] = {}
    for word, names in said["columns"].items():
        alias, _, prop = word.partition(".")
        prop, spec = _FORMS.get(word, (prop, {"column": COLUMN}))
        target = known.get((alias, prop)) if word not in _FORMS else None
        for name in names:
            found = heads.setdefault(plain(name), {})
            found[target or Target(alias, prop, _dumped(spec))] = None
    for head, target in learnt:
        heads.setdefault(plain(head), {})[target] = None
    for head, target in _titles(types, known):
        heads.setdefault(head, {target: None})
    never, serial = (frozenset(map(plain, said[word])) for word in ("never", "serial"))
    known_heads = {
        head: tuple(found) for head, found in heads.items() if head not in never | serial
    }
    return Vocabulary(types, known_heads, said["relations"], never, serial)


def _learnt(types: Mapping[str, str], without: str | None) -> Iterator[tuple[str, Target]]:
    """Heads of shipped sources, for types that a row states at most once."""
    alias_of = _aliases(types)
    for path in sorted(FOLDER.glob("*/mapping.yaml")):
        if path.parent.name == without:
            continue
        spec = yaml.safe_load(path.read_text(encoding="utf-8"))
        for rule in spec["entities"].values():
            owner = alias_of.get(rule["type"])
            if owner is None:
                continue
            for prop, expression in rule["set"].items():
                columns = set(_columns(expression))
                if len(columns) == 1:
                    (column,) = columns
                    yield column, Target(owner, prop, _dumped(_marked(expression, column)))


def _aliases(types: Mapping[str, str]) -> dict[str, str]:
    """Type → its alias, where it has one alone."""
    names: dict[str, list[str]] = {}
    for alias, type_name in types.items():
        names.setdefault(type_name, []).append(alias)
    return {type_name: found[0] for type_name, found in names.items() if len(found) == 1}


def _titles(
    types: Mapping[str, str], known: Mapping[tuple[str, str], Target]
) -> Iterator[tuple[str, Target]]:
    """The ontology's own titles of properties, where only one type has that title."""
    found: dict[str, list[Target]] = {}
    for type_name, alias in _aliases(types).items():
        for prop in ontology().entities[type_name].properties:
            target = known.get((alias, prop.name)) or Target(
                alias, prop.name, _dumped({"column": COLUMN})
            )
            for title in (prop.zh, prop.en, prop.name):
                head = plain(_TITLE_END.split(title)[0])
                if len(head) >= MIN_TITLE_CHARS:
                    found.setdefault(head, []).append(target)
    for head, targets in found.items():
        if len({target.alias for target in targets}) == 1:
            yield head, targets[0]


def _columns(spec: Any) -> Iterator[str]:
    if isinstance(spec, dict):
        if "column" in spec:
            yield spec["column"]
        if "template" in spec:
            yield from re.findall(r"\{([^{}]+)\}", spec["template"])
        for part in (*spec.get("first", ()), *spec.get("of", ())):
            yield from _columns(part)


def _marked(spec: Any, column: str) -> Any:
    if isinstance(spec, dict):
        if "template" in spec:
            return {**spec, "template": spec["template"].replace(f"{{{column}}}", f"{{{COLUMN}}}")}
        return {k: COLUMN if k == "column" else _marked(v, column) for k, v in spec.items()}
    return [_marked(part, column) for part in spec] if isinstance(spec, list) else spec


def _replaced(spec: Any, column: str) -> Any:
    if isinstance(spec, dict):
        return {k: _replaced(v, column) for k, v in spec.items()}
    if isinstance(spec, list):
        return [_replaced(part, column) for part in spec]
    return spec.replace(COLUMN, column) if isinstance(spec, str) else spec


def _dumped(spec: Any) -> str:
    dumped: str = yaml.safe_dump(spec, allow_unicode=True, sort_keys=False)
    return dumped
