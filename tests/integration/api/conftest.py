"""A service on the run's server."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.store.connection import Connection
from graph.store.session import Store
from tests.integration.api.service import Service
from tests.integration.queries.world import World


@pytest.fixture
def world(clean_store: Store) -> World:
    return World(clean_store)


@pytest.fixture
def service(server: Connection, tmp_path: Path) -> Service:
    return Service(server, tmp_path)
