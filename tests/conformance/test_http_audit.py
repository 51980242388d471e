"""GraphQL over HTTP, held by the public audits against a service on a real port."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.auth import TokenFile
from benchmarks.http_audit import AUDITS, audit, figure
from benchmarks.served import served
from graph.store.connection import Connection


@pytest.mark.usefixtures("suites")
def test_every_audit_passes(server: Connection, tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    token = TokenFile(file).create("auditor", ["330000"], timedelta(hours=1), datetime.now(UTC))
    with served(server, file) as service:
        results = audit(service.url, token)
    failed = [each for each in results if each.status != "ok"]
    assert failed == []
    assert len(results) == AUDITS
    assert figure(results).met
