"""Gives nodes their ids; personal keys go through a keyed pseudonym that belongs to the store."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence

from graph.model.ids import node_id, pseudonym
from graph.ontology import EntityType, Ontology, ontology
from graph.store.session import Store
from graph.store.statement import Statement

#: Set to give several stores the same pseudonyms; otherwise each store makes its own secret.
SECRET_VARIABLE = "SUYUAN_TOKEN_KEY"  # noqa: S105 (the name of a variable, not a secret)

_KNOWN_SECRET = Statement(
    "known_secret", "MATCH (m:SuyuanMeta {id: 'meta'}) RETURN m.token_key AS key"
)

_SECRET = Statement(
    "store_secret",
    "MERGE (m:SuyuanMeta {id: 'meta'}) ON CREATE SET m.token_key = $fresh RETURN m.token_key AS key",
)


class Namer:
    """Names nodes of one store: `namer.entity("Phone", ("+8613800138000",))` → `Phone:9f2c…`."""

    def __init__(self, secret: bytes, of: Ontology | None = None) -> None:
        self._secret = secret
        self._ontology = of or ontology()
        self._personal = {
            entity.name: frozenset(
                at for at, key in enumerate(entity.key) if is_pseudonymous(entity, key)
            )
            for entity in self._ontology.entities.values()
        }

    @classmethod
    def of(cls, store: Store) -> Namer:
        """The namer of a store; makes its secret on first use unless SUYUAN_TOKEN_KEY gives one."""
        given = os.environ.get(SECRET_VARIABLE)
        if given:
            return cls(given.encode())
        # Read first: writing would wait for the keys of a store that has just been loaded.
        rows = store.read(_KNOWN_SECRET) or store.write(_SECRET, fresh=secrets.token_hex(32))
        return cls(str(rows[0]["key"]).encode())

    def entity(self, type_name: str, key: Sequence[str]) -> str:
        """The id of the node of that type and key."""
        personal = self._personal[type_name]
        if not personal:
            return node_id(type_name, key)
        return node_id(
            type_name,
            [
                pseudonym(self._secret, type_name, part) if at in personal else part
                for at, part in enumerate(key)
            ],
        )

    def column(self, type_name: str, key: Sequence[Sequence[str]]) -> list[str]:
        """The ids of many nodes of one type; `key` holds each part of the key as a column."""
        if not self._personal[type_name] and len(key) == 1:
            return [f"{type_name}:{part}" for part in key[0]]
        return [self.entity(type_name, parts) for parts in zip(*key, strict=True)]


def is_pseudonymous(entity: EntityType, key: str) -> bool:
    """Whether a key property must not appear in ids: a personal value that is not a token already."""
    prop = entity.property(key)
    return prop.personal and prop.kind == "phone"
