"""How fast the service answers small queries, alone and while others ask all they can.

The service is a process of its own on loopback, over a made-up store. Small queries come at a fixed
rate, each timed from the moment it was due, so that a service that stalls is not asked less often
meanwhile. Hostile probes come over connections of their own, with a token of their own, one after the
other as fast as they are answered.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import psutil

from api.auth import TokenFile
from benchmarks import graphql_projection
from benchmarks.figures import Figure, at_most
from benchmarks.peer import fill
from benchmarks.served import LASTING, KeptConnection, served
from graph.store.constraints import prepare
from graph.store.session import Store

PER_S, P99_GOAL_MS, ATTACK_GOAL = 100, 15.0, 2.0
WARM_UP_S = 15.0
"""In its first seconds Java compiles what the database runs, on the same cores."""

_CONNECTIONS, _ATTACKERS = 8, 2
_REGION, _ACCEPT = "330000", "application/json"
SMALL = '{ merchant(merchantId: "M0001") { id name division label } }'


def _doubling(levels: int) -> str:
    parts = [f"fragment f{n} on Query {{ ...f{n - 1} ...f{n - 1} }}" for n in range(1, levels + 1)]
    return f"{{ ...f{levels} }} fragment f0 on Query {{ notice }} " + " ".join(parts)


#: What somebody asks who means no good, by name. Some are refused, some may be asked and are large.
PROBES = {
    "deep": "{" * 3_000,
    "nested list": "{ search(query: " + "[" * 900 + "]" * 900 + ") { truncated } }",
    "wide": "{ " + "notice " * 1_900 + "}",
    "wide and different": "{ " + " ".join(f"a{n}: notice" for n in range(600)) + " }",
    "aliases": "{ "
    + " ".join(f's{n}: search(query: "杭州") {{ truncated }}' for n in range(30))
    + " }",
    "doubling fragments": _doubling(60),
    "10,000 things": "{ stores(first: 10000) { nodes { id name platform nativeId openedOn } } }",
    "10,000 resolvers": "{ stores(first: 10000) { nodes { label } } }",
    "500 x 50": "{ merchants(first: 500) { nodes { name operates(first: 50) { nodes { id } } } } }",
    "paths": '{ shortestPath(from: "Merchant:M0001", to: "Merchant:M0499") { truncated } }',
    "introspection": "{ __schema { types { name fields { name type { name ofType { name } } } } } }",
}


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of small queries that were due at a fixed rate, sorted; and how many failed."""

    ms: tuple[float, ...]
    failed: int

    def percentile(self, share: float) -> float:
        """The time that this share of the queries stayed within."""
        return self.ms[min(len(self.ms) - 1, int(share * len(self.ms)))] if self.ms else 0.0


def run(seconds: float, folder: Path, repetitions: int = 15) -> list[Figure]:
    """Fill a store below `folder`, serve it, and measure for `seconds` each time."""
    figures = graphql_projection.run(repetitions)
    with Store.open(folder / "store", LASTING) as store:
        prepare(store)
        fill(store)
        tokens = TokenFile(folder / "tokens.json")
        now, day = datetime.now(UTC), timedelta(days=1)
        small = tokens.create("small", [_REGION], day, now)
        hostile = tokens.create("hostile", [_REGION], day, now)
        with served(store.connection, tokens.path) as service:
            _closed(service.url, small, WARM_UP_S)
            _ask_probes_once(service.url, hostile)
            alone = _paced(service.url, small, seconds)
            with _attacked(service.url, hostile) as answered:
                attacked = _paced(service.url, small, seconds)
            busy_s = _cpu_s(service.pid)
            per_s = _closed(service.url, small, seconds)
            share = (_cpu_s(service.pid) - busy_s) / seconds
    return [*figures, *_figures(alone, attacked, answered, per_s / max(share, 1e-9), per_s)]


def _paced(url: str, token: str, seconds: float) -> Times:
    """Small queries at PER_S a second, over several connections."""
    due = [n / PER_S for n in range(int(seconds * PER_S))]
    started = time.perf_counter() + 0.1

    def work(moments: Sequence[float]) -> tuple[list[float], int]:
        connection, taken, failed = KeptConnection(url, _ACCEPT), [], 0
        for moment in moments:
            time.sleep(max(0.0, started + moment - time.perf_counter()))
            is_answered = _ask(connection, token)
            failed += not is_answered
            taken.append((time.perf_counter() - started - moment) * 1_000)
        connection.close()
        return taken, failed

    with ThreadPoolExecutor(_CONNECTIONS) as pool:
        parts = list(pool.map(work, [due[n::_CONNECTIONS] for n in range(_CONNECTIONS)]))
    return Times(
        tuple(sorted(ms for taken, _ in parts for ms in taken)), sum(failed for _, failed in parts)
    )


def _closed(url: str, token: str, seconds: float) -> float:
    """Small queries a second, each asked as soon as the one before it was answered."""
    until = time.perf_counter() + seconds

    def work(_: int) -> int:
        connection, count = KeptConnection(url, _ACCEPT), 0
        while time.perf_counter() < until:
            count += _ask(connection, token)
        connection.close()
        return count

    with ThreadPoolExecutor(_CONNECTIONS) as pool:
        return sum(pool.map(work, range(_CONNECTIONS))) / seconds


@contextmanager
def _attacked(url: str, token: str) -> Iterator[dict[str, int]]:
    """Hostile probes for as long as the block lasts; how often each was answered."""
    over, answered = threading.Event(), dict.fromkeys(PROBES, 0)

    def work(first: int) -> None:
        connection, names = KeptConnection(url, _ACCEPT), list(PROBES)
        at = first
        while not over.is_set():
            name = names[at % len(names)]
            connection.post(orjson.dumps({"query": PROBES[name]}), token)
            answered[name] += 1
            at += 1
        connection.close()

    with ThreadPoolExecutor(_ATTACKERS) as pool:
        for number in range(_ATTACKERS):
            pool.submit(work, number * len(PROBES) // _ATTACKERS)
        try:
            yield answered
        finally:
            over.set()


def _ask_probes_once(url: str, token: str) -> None:
    """So that the database has planned their statements: that takes seconds, once in its life."""
    connection = KeptConnection(url, _ACCEPT)
    for probe in PROBES.values():
        connection.post(orjson.dumps({"query": probe}), token)
    connection.close()


def _ask(connection: KeptConnection, token: str) -> bool:
    status, body = connection.post(orjson.dumps({"query": SMALL}), token)
    return status == 200 and b'"errors"' not in body


def _cpu_s(pid: int) -> float:
    used = psutil.Process(pid).cpu_times()
    return float(used.user + used.system)


def _figures(
    alone: Times, attacked: Times, answered: dict[str, int], per_core_s: float, per_s: float
) -> list[Figure]:
    p99, under_attack = alone.percentile(0.99), attacked.percentile(0.99)
    probes = ", ".join(f"{name} {count}" for name, count in answered.items())
    return [
        at_most(
            "graphql.small_p99_ms",
            round(p99, 1),
            P99_GOAL_MS,
            "ms",
            f"at {PER_S} requests/s; {alone.failed} of {len(alone.ms)} failed",
        ),
        Figure("graphql.small_p50_ms", round(alone.percentile(0.5), 2), "ms"),
        at_most(
            "graphql.small_p99_ratio_under_attack",
            round(under_attack / max(p99, 1e-9), 2),
            ATTACK_GOAL,
            "times",
            f"{under_attack:.1f} ms, {attacked.failed} failed; probes: {probes}",
        ),
        Figure(
            "graphql.requests_per_s",
            round(per_s, 0),
            "requests/s",
            f">= {PER_S}",
            per_s >= PER_S,
            f"of one core of the service {per_core_s:.0f}",
        ),
    ]
