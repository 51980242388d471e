"""Registering legitimate hubs, and ending a registration, as records of the region that says so.

A registration is a thing like any other: a later record on it wins, its records say who said what and
when, and whoever loads a register from a file speaks about the same thing.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from api.actions.changes import Actor, checked_reason
from api.actions.receipts import Answer, Effect
from graph.errors import NotFound, ValueRefused
from graph.model.ids import node_id, type_of
from graph.model.provenance import Record, payload_of
from graph.ontology import ontology
from graph.store.assertion import assert_entity
from graph.store.async_session import Run
from ingest.clean import BEIJING
from queries.lookup import nodes
from queries.reading import Reading

HUB = "HubRegistration"
MAX_TERM = timedelta(days=5 * 366)
"""A registration is looked at again after five years at the latest."""

_SOURCE = "hub.register"


def hub_types() -> frozenset[str]:
    """What can be a hub: the types whose things tie merchants together."""
    return frozenset(each.end for each in ontology().relations.values() if each.link)


def register_hub(
    actor: Actor, reading: Reading, asked: dict[str, Any], why: str, region: str | None
) -> Effect:
    """Hold an identifier harmless: `id`, `reason`, `expires_on` (ISO date) as `asked`.

    Raises ValueRefused (`hub.type`, `hub.expiry`, `action.why`, `action.region`); the effect raises
    NotFound for an identifier that is absent or not visible.
    """
    identifier, expires_on = str(asked["id"]), str(asked["expires_on"])
    type_name = type_of(identifier)
    if type_name not in hub_types():
        raise ValueRefused("hub.type", types=", ".join(sorted(hub_types())))
    today = actor.now.astimezone(BEIJING).date()
    if not today < date.fromisoformat(expires_on) <= today + MAX_TERM:
        raise ValueRefused("hub.expiry")
    checked_reason(why, "why")
    speaker = actor.speaker(region)

    async def effect(run: Run) -> Answer:
        if identifier not in await nodes(reading, [identifier]):
            raise NotFound("no such identifier")
        # What stands behind the type is the key; of a phone it is its pseudonym, never the number.
        key = (type_name, identifier.partition(":")[2])
        said = {"reason": asked["reason"], "expires_on": expires_on}
        return await _say(run, key, said, actor, speaker.region)

    return effect


def expire_hub(
    actor: Actor, reading: Reading, identifier: str, why: str, region: str | None
) -> Effect:
    """End a registration today. Raises ValueRefused as above; the effect raises NotFound for one that
    is absent, not visible or over."""
    checked_reason(why, "why")
    speaker = actor.speaker(region)
    today = actor.now.astimezone(BEIJING).date().isoformat()

    async def effect(run: Run) -> Answer:
        found = await nodes(reading, [identifier]) if type_of(identifier) == HUB else {}
        if (view := found.get(identifier)) is None:
            raise NotFound("no such registration")
        if str(view.properties.get("expires_on") or "9999-12-31") <= today:
            raise NotFound("it is over")
        key = (str(view.properties["identifier_type"]), str(view.properties["identifier_key"]))
        return await _say(run, key, {"expires_on": today}, actor, speaker.region)

    return effect


async def _say(
    run: Run, key: tuple[str, str], said: dict[str, Any], actor: Actor, region: str
) -> Answer:
    identifier = node_id(HUB, key)
    properties = {"identifier_type": key[0], "identifier_key": key[1], **said}
    at = actor.now.astimezone(BEIJING).isoformat(timespec="milliseconds")
    payload = payload_of(properties)
    record = Record(_SOURCE, f"api:{actor.reader.name}", at, region, identifier, payload)
    await assert_entity(run, HUB, identifier, properties, record)
    return {"hub": identifier}
