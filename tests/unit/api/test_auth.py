"""Tokens: made once, kept as digests, ended for good."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.auth import TokenFile, bearer
from graph.errors import ValueRefused

NOW = datetime(2026, 1, 15, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def file(tmp_path: Path) -> TokenFile:
    return TokenFile(tmp_path / "secrets" / "tokens.json")


def test_a_token_names_its_reader(file: TokenFile) -> None:
    token = file.create("zhejiang", ["330000", "330000"], DAY, NOW)
    found = file.check(token, NOW)
    assert found is not None
    assert found.reader.name == "zhejiang"
    assert found.reader.visible == ["000000", "330000"]


def test_only_a_digest_is_kept_and_only_the_owner_reads_it(file: TokenFile) -> None:
    token = file.create("a", ["330000"], DAY, NOW)
    assert token.startswith("sy_")
    assert len(token) == 46
    assert token not in file.path.read_text()
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert [path.name for path in file.path.parent.iterdir()] == ["tokens.json"]


def test_a_token_ends(file: TokenFile) -> None:
    token = file.create("a", ["330000"], DAY, NOW)
    assert file.check(token, NOW + DAY - timedelta(seconds=1))
    assert file.check(token, NOW + DAY) is None


def test_a_revoked_token_ends_at_once_also_for_other_processes(file: TokenFile) -> None:
    first = file.create("a", ["330000"], DAY, NOW)
    second = file.create("b", ["310000"], DAY, NOW)
    service = TokenFile(file.path)
    assert service.check(first, NOW)
    assert file.revoke("a")
    assert service.check(first, NOW) is None
    assert service.check(second, NOW)
    assert not file.revoke("a")
    assert [info.name for info in file.tokens()] == ["b"]


@pytest.mark.parametrize(
    "token", ["", "sy_", "sy_" + "A" * 43, "sy_" + "A" * 10**6, "xx_" + "A" * 43]
)
def test_unknown_tokens_are_refused(file: TokenFile, token: str) -> None:
    assert file.check(token, NOW) is None
    file.create("a", ["330000"], DAY, NOW)
    assert file.check(token, NOW) is None


@pytest.mark.parametrize(
    ("name", "region", "lifetime", "reason"),
    [
        ("", "330000", DAY, "token.name"),
        ("a b", "330000", DAY, "token.name"),
        ("taken", "330000", DAY, "token.name"),
        ("new", "330100", DAY, "token.region"),
        ("new", "*", DAY, "token.region"),
        ("new", "330000", timedelta(0), "token.lifetime"),
    ],
)
def test_what_is_refused(
    file: TokenFile, name: str, region: str, lifetime: timedelta, reason: str
) -> None:
    file.create("taken", ["330000"], DAY, NOW)
    with pytest.raises(ValueRefused) as caught:
        file.create(name, [region], lifetime, NOW)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("Bearer abc", "abc"),
        ("bearer  abc ", "abc"),
        ("Basic abc", ""),
        ("abc", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_the_header(header: str | None, token: str) -> None:
    assert bearer(header) == token
