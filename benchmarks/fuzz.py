"""Thousands of operations made by chance, against a service that runs: none may end in a fault of ours.

A defect is an answer of HTTP 5xx, an error without a code or with `INTERNAL_SERVER_ERROR`, a body that
is no GraphQL answer, or none in time. A busy or slow service says so by other codes and is no defect.
"""

from __future__ import annotations

import http.client
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count as count_from
from pathlib import Path
from typing import Any

import orjson
import psutil

from api.schema import executable
from benchmarks.figures import Figure, at_most
from benchmarks.fuzz_operations import Operation, Operations
from benchmarks.fuzz_values import Pool, Values
from benchmarks.made_store import made_store
from benchmarks.served import KeptConnection, Served, readers, served
from detect.weekly.run import run_weekly
from graph.store.constraints import prepare
from graph.store.session import Store
from synth.settings import MIN_MERCHANTS, WorldSettings, day_of

GRAPHQL = "application/graphql-response+json"
_CLIENTS = 4
_WARM_UP = 0.2
_PATIENCE_S = 60.0
_OPERATIONS_EACH = 25
"""Operations of one reader, who may not spend without end."""
_CURSORS = 200
_GROWTH_GOAL_MIB = 32.0
_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one operation: `outcome` is `data` or a code, `defect` what was wrong with that."""

    outcome: str
    defect: str | None = None


@dataclass(slots=True)
class Report:
    """What became of all of them."""

    outcomes: Counter[str] = field(default_factory=Counter)
    defects: list[dict[str, Any]] = field(default_factory=list)
    rss_mib: list[float] = field(default_factory=list)

    def figures(self) -> list[Figure]:
        """`fuzz.operations`, `fuzz.executed`, `fuzz.defects` and `fuzz.growth_mib`."""
        asked = self.outcomes.total()
        note = f"{self.rss_mib[0]:.0f} MiB after the first fifth, {self.rss_mib[-1]:.0f} at the end"
        growth = self.rss_mib[-1] - self.rss_mib[0]
        return [
            Figure("fuzz.operations", asked, "operations"),
            Figure("fuzz.executed", self.outcomes["data"] / max(asked, 1), "share"),
            at_most("fuzz.defects", len(self.defects), 0, "operations"),
            at_most("fuzz.growth_mib", round(growth, 1), _GROWTH_GOAL_MIB, "MiB", note),
        ]


def judge(status: int, body: bytes) -> Verdict:
    """Whether an answer is one that a service may give to anybody."""
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return Verdict(str(status), "no JSON")
    if not isinstance(answer, dict) or not answer.keys() & {"data", "errors"}:
        return Verdict(str(status), "neither data nor errors")
    errors = answer.get("errors", [])
    codes = [error.get("extensions", {}).get("code") for error in errors]
    outcome = "data" if answer.get("data") is not None else str(codes[0] if codes else None)
    if None in codes:
        return Verdict(outcome, "an error without a code")
    if "INTERNAL_SERVER_ERROR" in codes:
        return Verdict(outcome, "INTERNAL_SERVER_ERROR")
    if status >= 500 and status != 503:
        return Verdict(outcome, f"HTTP {status}")
    if not errors and answer.get("data") is None:
        return Verdict(outcome, "nothing, and no word why")
    return Verdict(outcome)


def run(count: int, seed: int, folder: Path) -> Report:
    """Ask `count` operations of a service over a small made-up world below `folder`."""
    with _small_world(folder, seed) as store:
        pool = Pool.of(store)
        regions = sorted({f"{value[:2]}0000" for value in pool.properties.get("region", ())})
        tokens = readers(folder / "tokens.json", count // _OPERATIONS_EACH + 1, regions)
        with served(store.connection, folder / "tokens.json") as service:
            return ask_all(service, tokens, Operations(executable(), Values(pool)), count, seed)


def ask_all(
    service: Served, tokens: list[str], operations: Operations, count: int, seed: int
) -> Report:
    """Ask by a few clients at once; what is asked depends on `seed` alone, its order does not."""
    rng, lock, report = random.Random(seed), threading.Lock(), Report()
    child = psutil.Process(service.pid)
    every, begun = max(1, int(count * _WARM_UP)), count_from(1)

    def client() -> None:
        connection = KeptConnection(service.url, GRAPHQL, _PATIENCE_S)
        while True:
            with lock:
                if (number := next(begun)) > count:
                    return
                if number % every == 0:
                    report.rss_mib.append(child.memory_info().rss / _MIB)
                operation = operations.operation(rng)
            status, body = _ask(connection, operation, tokens[number % len(tokens)])
            verdict = judge(status, body)
            with lock:
                report.outcomes[verdict.outcome] += 1
                _harvest(body, operations.values.pool.cursors)
                if verdict.defect:
                    report.defects.append(_shown(operation, status, body, verdict))

    threads = [threading.Thread(target=client) for _ in range(_CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report.rss_mib.append(child.memory_info().rss / _MIB)
    return report


def _ask(connection: KeptConnection, operation: Operation, token: str) -> tuple[int, bytes]:
    """Status and body; (0, what happened) when no answer came."""
    try:
        return connection.post(operation.body, token)
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        return 0, repr(error).encode()


@contextmanager
def _small_world(folder: Path, seed: int) -> Iterator[Store]:
    with Store.open(made_store(WorldSettings(MIN_MERCHANTS, 1, seed, "medium"), folder)) as store:
        prepare(store)
        run_weekly(store, day_of(1))
        yield store


def _harvest(body: bytes, cursors: list[str]) -> None:
    """Keep some cursors of the answer, so that later operations ask for further pages."""
    found = body.find(b'"endCursor":"')
    if found >= 0 and len(cursors) < _CURSORS:
        cursors.append(body[found + 13 : body.index(b'"', found + 13)].decode())


def _shown(operation: Operation, status: int, body: bytes, verdict: Verdict) -> dict[str, Any]:
    return {
        "defect": verdict.defect,
        "status": status,
        "query": operation.query,
        "variables": operation.variables,
        "operation_name": operation.operation_name,
        "answer": body[:500].decode(errors="replace"),
    }
