"""Class archives are recorded once, kept only when whole, and never stand in the way of a start."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.store.class_archive import ClassArchive, discard

NO_JAVA = Path("/nonexistent/java")


@pytest.fixture
def java(tmp_path: Path) -> Path:
    """Stands in for Java: writes the file that it is asked to dump to."""
    path = tmp_path / "java"
    path.write_text('#!/bin/sh\ntouch "${2#-XX:SharedArchiveFile=}"\n', encoding="ascii")
    path.chmod(0o700)
    return path


@pytest.fixture
def jars(tmp_path: Path) -> Path:
    folder = tmp_path / "jars"
    folder.mkdir()
    return folder


def record(archive: ClassArchive, java: Path) -> None:
    """What a server does that is told to write its archive when it ends."""
    (option,) = [said for said in archive.begin(java) if "ArchiveClassesAtExit" in said]
    Path(option.partition("=")[2]).write_bytes(b"classes")


def test_it_is_recorded_once_and_then_used(jars: Path, java: Path) -> None:
    first = ClassArchive(jars)
    record(first, java)
    assert first.known() == []
    first.end(was_ready=True, is_clean=True)
    options = ClassArchive(jars).begin(NO_JAVA)
    assert f"-XX:SharedArchiveFile={jars / 'server.jsa'}" in options
    assert first.known() == options
    assert (jars / "server.jsa").read_bytes() == b"classes"


def test_two_servers_do_not_record_at_once(jars: Path, java: Path) -> None:
    first, second = ClassArchive(jars), ClassArchive(jars)
    record(first, java)
    assert second.begin(java) == []
    assert second.descriptors() == ()
    assert len(first.descriptors()) == 1
    first.end(was_ready=False, is_clean=True)
    record(second, java)
    second.end(was_ready=True, is_clean=True)
    assert (jars / "server.jsa").exists()


@pytest.mark.parametrize(("was_ready", "is_clean"), [(False, True), (True, False), (False, False)])
def test_a_doubtful_archive_is_thrown_away(
    jars: Path, java: Path, was_ready: bool, is_clean: bool
) -> None:
    archive = ClassArchive(jars)
    record(archive, java)
    archive.end(was_ready=was_ready, is_clean=is_clean)
    assert not (jars / "server.jsa").exists()
    assert not (jars / "server.jsa.draft").exists()
    tries_again = bool(ClassArchive(jars).begin(java))
    assert tries_again == (not was_ready)


def test_without_a_working_java_it_does_nothing(jars: Path) -> None:
    archive = ClassArchive(jars)
    assert archive.begin(NO_JAVA) == []
    archive.end(was_ready=True, is_clean=True)
    assert not list(jars.glob("*.jsa*"))


def test_new_jars_make_the_archives_useless(jars: Path, java: Path) -> None:
    archive = ClassArchive(jars)
    record(archive, java)
    archive.end(was_ready=True, is_clean=True)
    (jars / "a.jar").touch()
    discard(jars)
    assert {path.name for path in jars.iterdir()} == {"a.jar", "archive.lock"}
