"""Statements planned before anybody waits for them.

On a server that has just started, a question that was never asked takes seconds: its statements are planned
for the first time, by a planner that is itself not compiled yet. After a start these operations are
therefore asked one after the other, in the background, only while nobody else is being answered.
"""

from __future__ import annotations

import asyncio
import time

from api.context import Context
from api.desk import Desk
from api.operation import run
from api.request import GraphQLRequest
from graph.errors import SuyuanError
from queries.reading import Reader, Reading

#: What investigators begin with, each as small as can be; the merchant found first is asked about below.
FIRST = "{ merchants(first: 1) { nodes { id label } } }"
OPERATIONS = (
    """query ($id: ID!) { node(id: $id) { ... on Entity { id label sources(first: 1) { source }
        relationCounts { kinds { count } } expand(first: 1) { truncated edges { cursor } } } } }""",
    """{ search(query: "91330000", first: 1) { truncated edges { score node { id label } } } }""",
    """{ search(query: "电子商行", first: 1) { truncated edges { score node { id label } } } }""",
    """{ merchants(first: 1) { nodes { id merchantId name operates(first: 1) { nodes { id name } }
        usesPhone(first: 1) { nodes { id } } } } }""",
    """{ stores(first: 1) { nodes { id name platform nativeId
        operatedBy(first: 1) { nodes { id name } } } } }""",
    """query ($id: ID!) { dossier(id: $id) { truncated findings { id } clusters { id } } }""",
    """query ($id: ID!) { kShortestPaths(from: $id, to: $id, first: 1) { truncated } }""",
    "{ clusters(first: 1) { truncated edges { node { id label } } } }",
    "{ findings(first: 1) { truncated edges { node { id } } } }",
)
#: What the whole may take, and how long one waits for a moment in which nobody is answered.
_MOST_S = 90.0
_PAUSE_S = 0.2


async def warm(desk: Desk) -> int:
    """Ask them as a reader of all regions of the tokens that are valid; the answers are dropped.

    How many were answered. Ends early when the service does, or the time for it is up. What cannot be
    answered, as the database does not, is no reason to fail: it will be said to whoever asks.
    """
    now, until = desk.settings.now(), time.monotonic() + _MOST_S
    valid = [info.reader.regions for info in desk.tokens.tokens() if info.is_valid_at(now)]
    reader = Reader("warming", frozenset().union(*valid))
    answered, merchant = 0, "Merchant:"
    for query in (FIRST, *OPERATIONS):
        while (
            (desk.answering or desk.running)
            and time.monotonic() < until
            and not desk.closing.is_set()
        ):
            await asyncio.sleep(_PAUSE_S)
        if time.monotonic() >= until or desk.closing.is_set():
            break
        deadline = time.monotonic() + desk.settings.deadline_s
        context = Context(Reading(desk.store, reader, desk.settings.today(), deadline))
        variables = {"id": merchant} if "$id" in query else {}
        try:
            asked = GraphQLRequest(query, variables)
            answer = await run(asked, context, desk.settings.limits, is_get=False)
        except SuyuanError:
            continue
        found = (answer.body.get("data") or {}).get("merchants", {}).get("nodes")
        merchant = found[0]["id"] if found else merchant
        answered += "errors" not in answer.body
        await asyncio.sleep(_PAUSE_S)
    return answered
