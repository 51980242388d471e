"""Asks the README's question over HTTP and holds the answer against the truth of the made-up world."""

from __future__ import annotations

import json
import socket
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import uvicorn

from api.app import create_app
from api.settings import ApiSettings
from graph.store.async_session import AsyncStore
from graph.store.connection import Connection
from suyuan.commands.token import TOKEN_FILE
from suyuan.demo import QUESTION
from suyuan.terminal import Terminal
from synth.scoring import RECOVERED_AT, jaccard
from synth.truth import load

START_TIMEOUT_S = 30.0
ANSWER_TIMEOUT_S = 30.0


def ask_and_judge(connection: Connection, folder: Path, token: str, terminal: Terminal) -> bool:
    """Serve on a free port, ask, print the answer, judge it; True when it is right."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(_Late(), host="127.0.0.1", port=port, log_level="error"))
    holder = threading.Thread(
        target=_serve, args=(server, connection, folder / TOKEN_FILE), daemon=True
    )
    holder.start()
    deadline = time.monotonic() + START_TIMEOUT_S
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.05)
    try:
        answer = ask(f"http://127.0.0.1:{port}/graphql", token, QUESTION.read_text("utf-8"))
    finally:
        server.should_exit = True
        holder.join(timeout=START_TIMEOUT_S)
    terminal.say("demo.check.asked")
    terminal.line(json.dumps(answer, ensure_ascii=False, indent=2)[:4_000])
    verdict = judge(answer, folder / "world" / "truth" / "truth.json")
    terminal.say(verdict.pop("text"), **verdict)
    terminal.result({"answer": answer, **verdict})
    return "network" in verdict


def ask(url: str, token: str, question: str) -> dict[str, Any]:
    """POST a question; the answer's JSON, also when the service says no."""
    request = urllib.request.Request(  # noqa: S310 (our own loopback address)
        url,
        data=json.dumps({"query": question}).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_TIMEOUT_S) as response:  # noqa: S310
            answer: dict[str, Any] = json.load(response)
    except urllib.error.HTTPError as refused:
        answer = json.load(refused)
    return answer


def judge(answer: dict[str, Any], truth_file: Path) -> dict[str, Any]:
    """Right when the members named are a planted network alive at the end (Jaccard >= 0.8).

    Returns the catalogue key `text` and its parameters: `network` and `jaccard`, or `reason`.
    """
    if answer.get("errors"):
        return {"text": "demo.check.wrong", "reason": answer["errors"][0]["message"]}
    edges = answer["data"]["clusters"]["edges"]
    if not edges:
        return {"text": "demo.check.wrong", "reason": "no network was answered"}
    named = frozenset(
        edge["node"]["merchant"]["id"].removeprefix("Merchant:")
        for edge in edges[0]["node"]["members"]["edges"]
    )
    truth = load(truth_file)
    best, network = max(
        (jaccard(named, n.members_at(truth.last_week)), n.network_id) for n in truth.networks
    )
    if best < RECOVERED_AT:
        return {"text": "demo.check.wrong", "reason": f"{network}: Jaccard {best:.2f}"}
    return {"text": "demo.check.right", "network": network, "jaccard": best}


def _serve(server: uvicorn.Server, connection: Connection, tokens: Path) -> None:
    import asyncio

    async def run() -> None:
        async with await AsyncStore.open(connection) as store:
            server.config.app.app = create_app(store, ApiSettings(tokens))  # type: ignore[union-attr]
            await server.serve()

    asyncio.run(run())


class _Late:
    """An application that is known only once the event loop and its store are there."""

    app: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)
