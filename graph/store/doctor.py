"""Looks at everything the store needs and says what is there, what is not, and what to do."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import psutil

from graph.errors import SuyuanError
from graph.model.texts import text
from graph.store.connection import StoreOptions, is_uri
from graph.store.embedded import java
from graph.store.jars import JarCache, fetch, maven_context
from graph.store.layout import StoreLayout
from graph.store.lock import FileLock
from graph.store.session import Store

State = Literal["ok", "warn", "missing"]

NEEDED_PYTHON = (3, 11)
_GIB = 1 << 30
_MIB = 1 << 20
# The jars take 0.14 GiB, an empty database 0.01, a million merchants with their links a few.
_DISK_WARN_BYTES, _DISK_NEEDED_BYTES = 5 * _GIB, 1 * _GIB
# The embedded server takes about 0.5 GiB at rest and up to 1.2 with its default heap and page cache
# full; reading a large projection takes as much again on our side.
_MEMORY_WARN_BYTES, _MEMORY_NEEDED_BYTES = 2 * _GIB, 1 * _GIB
_COMMAND_TIMEOUT_S = 10
_SERVER_WAIT_S = 3.0
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


@dataclass(frozen=True, slots=True)
class Check:
    """One finding. `name` is stable; `label`, `detail` and `remedy` are for people.

    `warn` is worth knowing and stops nothing; `missing` keeps the store from working. `remedy` is
    empty when nothing needs doing.
    """

    name: str
    state: State
    label: str
    detail: str
    remedy: str = ""


def examine(target: str | Path, lang: str = "zh") -> list[Check]:
    """Check what a store at `target` (a folder, or the URI of a server) needs, in `lang` (zh, en).

    Starts nothing, changes nothing and raises nothing for what it finds. What only the embedded
    server needs is a warning, not missing, when `target` is a URI.
    """
    report = _Report(lang)
    uri = str(target) if is_uri(target) else os.environ.get("NEO4J_URI", "")
    checks = [_python(report), _java(report), _jars(report), _memory(report)]
    if is_uri(target):
        checks = [_softened(check) if check.name in {"java", "jars"} else check for check in checks]
    else:
        checks += [_disk(report, Path(target)), _store(report, Path(target))]
    return [*checks, _server(report, uri), _docker(report), _browser(report)]


@dataclass(frozen=True, slots=True)
class _Report:
    lang: str

    def check(self, name: str, state: State, detail: str, remedy: str = "", **params: Any) -> Check:
        """A check whose texts are `doctor.<name>.<detail>` and `doctor.<name>.<remedy>`."""

        def said(key: str) -> str:
            return text(f"doctor.{name}.{key}", self.lang, **params) if key else ""

        return Check(name, state, said("label"), said(detail), said(remedy))


def _softened(check: Check) -> Check:
    state: State = "ok" if check.state == "ok" else "warn"
    return Check(check.name, state, check.label, check.detail, check.remedy)


def _python(report: _Report) -> Check:
    params = {"version": platform.python_version(), "needed": ".".join(map(str, NEEDED_PYTHON))}
    if sys.version_info[:2] < NEEDED_PYTHON:
        return report.check("python", "missing", "missing", "remedy", **params)
    return report.check("python", "ok", "ok", **params)


def _java(report: _Report) -> Check:
    try:
        said = _output([str(java()), "-version"])
    except (SuyuanError, OSError, subprocess.SubprocessError) as error:
        return report.check("java", "missing", "missing", "remedy", reason=error)
    return report.check("java", "ok", "ok", version=said.partition("\n")[0])


def _jars(report: _Report) -> Check:
    cache = JarCache.of_user()
    missing = cache.missing()
    if not missing:
        return report.check("jars", "ok", "ok", count=len(cache.jars))
    params = {
        "count": len(missing),
        "size_mib": sum(jar.size_bytes for jar in missing) // _MIB,
    }
    smallest = min(missing, key=lambda jar: jar.size_bytes)
    try:
        with tempfile.TemporaryDirectory() as staging:
            fetch(maven_context(Path(staging)), smallest, attempts=1)
    except SuyuanError as error:
        return report.check("jars", "missing", "missing", "remedy", reason=error, **params)
    return report.check("jars", "warn", "warn", "warn.remedy", **params)


def _disk(report: _Report, folder: Path) -> Check:
    free_bytes = shutil.disk_usage(_existing(folder)).free
    judge = partial(_amount, free_bytes, _DISK_WARN_BYTES, _DISK_NEEDED_BYTES)
    return judge(partial(report.check, "disk"), folder=folder)


def _memory(report: _Report) -> Check:
    free_bytes = psutil.virtual_memory().available
    return _amount(
        free_bytes, _MEMORY_WARN_BYTES, _MEMORY_NEEDED_BYTES, partial(report.check, "memory")
    )


def _amount(
    free_bytes: int, warn_bytes: int, needed_bytes: int, check: Callable[..., Check], **params: Any
) -> Check:
    params |= {"free_gib": f"{free_bytes / _GIB:.1f}", "needed_gib": warn_bytes // _GIB}
    if free_bytes >= warn_bytes:
        return check("ok", "found", **params)
    return check("missing" if free_bytes < needed_bytes else "warn", "found", "remedy", **params)


def _store(report: _Report, folder: Path) -> Check:
    layout = StoreLayout(folder)
    lock = FileLock(layout.lock)
    if not os.access(_existing(layout.home), os.W_OK | os.X_OK):
        return report.check("store", "missing", "unwritable", "unwritable.remedy", folder=folder)
    if lock.is_held():
        owner = lock.owner()
        pid = owner.pid if owner else "?"
        return report.check("store", "warn", "locked", "locked.remedy", folder=folder, pid=pid)
    if not layout.has_database():
        return report.check("store", "ok", "new", folder=folder)
    if not layout.password.exists():
        return report.check("store", "missing", "password", "password.remedy", folder=folder)
    return report.check("store", "ok", "ok", folder=folder)


def _server(report: _Report, uri: str) -> Check:
    if not uri:
        return report.check("server", "ok", "unset")
    try:
        with Store.open(uri, StoreOptions(wait_s=_SERVER_WAIT_S)) as store:
            return report.check("server", "ok", "ok", uri=uri, version=store.server_version)
    except SuyuanError as error:
        return report.check("server", "missing", "missing", "remedy", uri=uri, reason=error)


def _docker(report: _Report) -> Check:
    try:
        version = _output(["docker", "version", "--format", "{{.Server.Version}}"])
    except (OSError, subprocess.SubprocessError):
        return report.check("docker", "warn", "warn", "remedy")
    return report.check("docker", "ok", "ok", version=version)


def _browser(report: _Report) -> Check:
    path = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if path is None:
        return report.check("browser", "ok", "absent")
    return report.check("browser", "ok", "ok", path=path)


def _existing(folder: Path) -> Path:
    folder = folder.absolute()
    return next(path for path in (folder, *folder.parents) if path.exists())


def _output(command: list[str]) -> str:
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=True,
        timeout=_COMMAND_TIMEOUT_S,
    )
    return done.stdout.decode(errors="replace").strip()
