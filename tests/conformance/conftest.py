"""The suites of others, which need node; where a machine cannot have them the reason is said."""

from __future__ import annotations

import pytest

from benchmarks.http_audit import SUITE
from benchmarks.node import NodeUnavailable, packages


@pytest.fixture(scope="session")
def suites() -> None:
    """The npm packages of the lock are there."""
    try:
        packages(SUITE)
    except NodeUnavailable as why:
        pytest.skip(f"public suites not run: {why}")
