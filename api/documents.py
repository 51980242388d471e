"""Documents that were read before: parsed, measured and validated once, however often they are asked.

What is kept of a document never changes after it is made, so every operation may share it. A document is
kept when it is asked for the second time: who never asks the same thing twice takes no room from those who
do, and leaves nothing behind. The cache forgets what was not asked for longest, and is bounded by the
number of documents and by their text.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    Source,
    Visitor,
    parse,
    validate,
    visit,
)

from api.limits import Limits, Size, check_document, check_text

_MAX_ERRORS = 10


def sha256_of(query: str) -> str:
    """The name of a document: SHA-256 of its UTF-8 text, hexadecimal."""
    return hashlib.sha256(query.encode()).hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """One document: its name, its tree, its operations by name, and what validation says of it.

    `chars` is the length of its text; an operation without a name is under the empty string.
    `is_single` says that it holds one operation, which then need not be named, and `introspects` that the
    schema is asked for. `plans` is where the
    executor keeps what it made of it, `sizes` what operations without variables measure.
    """

    sha256: str
    node: DocumentNode
    chars: int
    operations: Mapping[str, OperationDefinitionNode]
    is_single: bool
    introspects: bool
    plans: dict[Any, Any] = field(default_factory=dict)
    sizes: dict[tuple[str | None, Limits], Size] = field(default_factory=dict)
    _errors: dict[bool, Sequence[GraphQLError]] = field(default_factory=dict)

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """The operation of a name, or the only one; None where no single one can be told."""
        if name is not None:
            return self.operations.get(name)
        return next(iter(self.operations.values())) if self.is_single else None

    def errors(
        self, schema: GraphQLSchema, *, hide_suggestions: bool = False
    ) -> Sequence[GraphQLError]:
        """What validation finds, worked out at the first asking; always of the same schema."""
        if hide_suggestions not in self._errors:
            self._errors[hide_suggestions] = validate(
                schema,
                self.node,
                max_errors=_MAX_ERRORS,
                hide_suggestions=hide_suggestions,
                allow_empty_selection_sets=False,
            )
        return self._errors[hide_suggestions]


class Documents:
    """Documents of one service, the least asked forgotten first.

    A parsed document takes some 50 bytes for each of its characters, and its plans as much again or
    more: the million characters that are kept by default are 100 MiB or so, and no growth after that.
    Of `most_once` documents it is remembered that they were asked for once.
    """

    def __init__(
        self, most: int = 1_000, most_chars: int = 1_000_000, most_once: int = 10_000
    ) -> None:
        self._most = most
        self._most_chars = most_chars
        self._most_once = most_once
        self._kept: OrderedDict[tuple[str, int, int], Document] = OrderedDict()
        self._once: OrderedDict[tuple[str, int, int], None] = OrderedDict()
        self._chars = 0

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, query: str, limits: Limits) -> Document:
        """The document of a text; GraphQLError (a limit or a syntax error) when it cannot be one."""
        # Limits may differ by reader, and a text is only ever measured when it is new.
        key = (sha256_of(query), limits.tokens, limits.nesting)
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
            return found
        made = read(query, key[0], limits)
        if key not in self._once:
            self._once[key] = None
            if len(self._once) > self._most_once:
                self._once.popitem(last=False)
            return made
        del self._once[key]
        self._kept[key] = made
        self._chars += made.chars
        while len(self._kept) > self._most or (
            self._chars > self._most_chars and len(self._kept) > 1
        ):
            _, gone = self._kept.popitem(last=False)
            self._chars -= gone.chars
        return made


def read(query: str, sha256: str, limits: Limits) -> Document:
    """Count and parse a text; GraphQLError when it is too large or no document."""
    source = Source(query)
    check_text(source, limits)
    node = parse(source, allow_empty_selection_sets=False)
    check_document(node, limits)
    found = [part for part in node.definitions if isinstance(part, OperationDefinitionNode)]
    named = {part.name.value if part.name else "": part for part in reversed(found)}
    asks = _Introspection()
    visit(node, asks)
    return Document(sha256, node, len(query), named, len(found) == 1, asks.found)


class _Introspection(Visitor):
    """Whether `__schema` or `__type` is asked for anywhere."""

    found = False

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """Look at one field."""
        self.found |= node.name.value in {"__schema", "__type"}
