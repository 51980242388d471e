"""The lock of jars: no jar that differs from it is ever handed to Java."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import StoreUnavailable
from graph.store import jars
from graph.store.jars import DownloadProgress, Jar, JarCache, read_lock, write_lock

CONTENT = b"made up, not a real jar"
words = st.from_regex(r"[a-z][a-z0-9.\-]{0,12}", fullmatch=True)
made_up_jars = st.builds(
    Jar,
    words,
    words,
    words,
    st.one_of(st.just(""), words),
    st.integers(1, 10**9),
    st.binary(min_size=32, max_size=32).map(bytes.hex),
)


def jar(content: bytes = CONTENT) -> Jar:
    digest = hashlib.sha256(content).hexdigest()
    return Jar("example.made.up", "thing", "1.0", "", len(content), digest)


@pytest.fixture
def maven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The path of a made-up jar in a local Maven repository; no way to any other repository."""
    repository = tmp_path / "m2"
    path = repository / "example" / "made" / "up" / "thing" / "1.0" / "thing-1.0.jar"
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    monkeypatch.setenv("M2_REPO", str(repository))
    monkeypatch.setenv("JGO_CONFIG_FILE", str(tmp_path / "no-configuration"))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    return path


@settings(max_examples=25)
@given(st.lists(made_up_jars, unique=True, max_size=5))
def test_a_written_lock_reads_back(
    tmp_path_factory: pytest.TempPathFactory, locked: list[Jar]
) -> None:
    path = tmp_path_factory.mktemp("lock") / "jars.lock"
    write_lock(locked, path)
    assert sorted(map(repr, read_lock(path))) == sorted(map(repr, locked))


@pytest.mark.parametrize("line", ["a:b:1 12", "a:b 12 ff", "a:b:1 twelve ff", "a:b:1 12 ff gg"])
def test_a_line_that_is_not_of_the_form_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "jars.lock"
    path.write_text(f"# head\n{line}\n", encoding="utf-8")
    with pytest.raises(StoreUnavailable, match="line 2"):
        read_lock(path)


def test_the_committed_lock_names_the_server_and_each_file_once() -> None:
    locked = read_lock()
    assert {"neo4j", "neo4j-server", "neo4j-import-tool"} <= {item.artifact for item in locked}
    assert len({item.file_name for item in locked}) == len(locked)
    assert all(len(item.sha256) == 64 and item.size_bytes > 0 for item in locked)
    ours = [item for item in locked if item.artifact in {"neo4j", "neo4j-server"}]
    assert {item.version for item in ours} == {jars.NEO4J_VERSION}


def test_jars_are_fetched_once_and_reported(maven: Path, tmp_path: Path) -> None:
    cache = JarCache(tmp_path / "cache", (jar(),), attempts=1)
    seen: list[DownloadProgress] = []
    paths = cache.classpath(seen.append)
    assert [path.read_bytes() for path in paths] == [CONTENT]
    assert seen == [DownloadProgress(1, 1, len(CONTENT), len(CONTENT))]
    maven.unlink()
    assert cache.classpath(seen.append) == paths
    assert len(seen) == 1
    assert not list(cache.folder.glob("fetch-*"))


def test_a_jar_with_another_hash_is_refused(maven: Path, tmp_path: Path) -> None:
    cache = JarCache(tmp_path / "cache", (jar(b"what was reviewed"),), attempts=1)
    with pytest.raises(StoreUnavailable, match=r"example\.made\.up:thing:1\.0 is not the jar"):
        cache.classpath()
    assert not list(cache.folder.glob("*.jar"))
    with pytest.raises(StoreUnavailable):
        cache.classpath()


def test_a_jar_that_was_tampered_with_is_replaced(maven: Path, tmp_path: Path) -> None:
    cache = JarCache(tmp_path / "cache", (jar(),), attempts=1)
    (path,) = cache.classpath()
    path.write_bytes(CONTENT[::-1])
    assert cache.missing() == (jar(),)
    assert cache.classpath()[0].read_bytes() == CONTENT


def test_a_jar_that_was_tampered_with_and_cannot_be_replaced_stops_the_start(
    maven: Path, tmp_path: Path
) -> None:
    cache = JarCache(tmp_path / "cache", (jar(),), attempts=1)
    (path,) = cache.classpath()
    maven.unlink()
    path.write_bytes(CONTENT[::-1])
    with pytest.raises(StoreUnavailable, match="could not be fetched"):
        cache.classpath()


def test_a_jar_that_was_only_touched_is_hashed_again_and_kept(maven: Path, tmp_path: Path) -> None:
    cache = JarCache(tmp_path / "cache", (jar(),), attempts=1)
    (path,) = cache.classpath()
    maven.unlink()
    os.utime(path, (1, 1))
    assert cache.missing()
    assert cache.classpath() == (path,)
    assert not cache.missing()
