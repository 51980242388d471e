"""The public audits of GraphQL over HTTP (npm `graphql-http`, MIT) against a service that answers.

Source: https://graphql.github.io/graphql-over-http/draft/, whose suite has 61 audits of MUST, SHOULD
and MAY; all of them are asked for here.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from benchmarks.figures import Figure
from benchmarks.node import packages

SUITE = Path(__file__).parents[1] / "tests" / "conformance"
AUDITS = 61
"""Audits of graphql-http 1.23.1: a suite that shrank would pass more easily."""
_TIMEOUT_S = 300


@dataclass(frozen=True, slots=True)
class Audit:
    """One audit: `status` is `ok`, `notice`, `warn` or `error`; `reason` says why it is not `ok`."""

    id: str
    name: str
    status: str
    reason: str | None


def audit(url: str, token: str) -> list[Audit]:
    """The result of every audit of the service at `url`, asked by the holder of `token`.

    Raises benchmarks.node.NodeUnavailable where there is no node or no network.
    """
    rows = run_script("audit.mjs", environment={"URL": url, "TOKEN": token})
    return [Audit(**row) for row in rows]


def figure(audits: list[Audit]) -> Figure:
    """`audit.http_passed`: how many audits passed; all have to."""
    passed = sum(each.status == "ok" for each in audits)
    note = ", ".join(each.id for each in audits if each.status != "ok")
    goal = f">= {AUDITS}"
    return Figure("audit.http_passed", passed, "audits", goal, passed >= AUDITS, note)


def run_script(script: str, *arguments: str, environment: dict[str, str] | None = None) -> Any:
    """The JSON that one of the scripts of the suite prints."""
    done = subprocess.run(
        packages(SUITE).command(script, *arguments),
        env={**os.environ, **(environment or {})},
        capture_output=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{script}: {done.stderr.decode(errors='replace')}")
    return orjson.loads(done.stdout)
