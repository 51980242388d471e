"""The doctor finds what is wrong, in both languages, and changes nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from graph.model.texts import LANGUAGES
from graph.store.doctor import Check, examine
from graph.store.jars import default_cache
from graph.store.layout import StoreLayout
from graph.store.lock import FileLock


@pytest.fixture(autouse=True)
def nothing_to_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEO4J_URI", raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")


def named(checks: list[Check], name: str) -> Check:
    (found,) = [check for check in checks if check.name == name]
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_check_speaks(tmp_path: Path, lang: str) -> None:
    checks = examine(tmp_path / "new", lang)
    assert len({check.name for check in checks}) == len(checks) == 9
    assert all(check.label and check.detail for check in checks)
    assert all(check.remedy for check in checks if check.state != "ok")
    assert named(checks, "store").state == "ok"
    assert not (tmp_path / "new").exists()


def test_jars_that_are_missing_and_cannot_be_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("M2_REPO", str(tmp_path / "m2"))
    assert default_cache() == tmp_path / "cache" / "suyuan"
    assert named(examine(tmp_path), "jars").state == "missing"
    # A server of one's own needs no jars.
    assert named(examine("bolt://127.0.0.1:9"), "jars").state == "warn"


def test_a_store_in_use_is_said_to_be(tmp_path: Path) -> None:
    layout = StoreLayout(tmp_path)
    layout.make()
    with FileLock(layout.lock).held():
        check = named(examine(tmp_path, "en"), "store")
    assert check.state == "warn"
    assert str(os.getpid()) in check.detail


def test_a_database_without_its_password_is_found(tmp_path: Path) -> None:
    (tmp_path / "neo4j" / "data" / "databases" / "system").mkdir(parents=True)
    assert named(examine(tmp_path), "store").state == "missing"


def test_a_server_that_does_not_answer_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.store.doctor._SERVER_WAIT_S", 0.0)
    check = named(examine("bolt://127.0.0.1:9", "en"), "server")
    assert check.state == "missing"
    assert "bolt://127.0.0.1:9" in check.detail
