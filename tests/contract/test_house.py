"""The house rules that tools do not hold: layout, sizes, texts, locks, documents."""

from __future__ import annotations

import ast
import re
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from graph.errors import SuyuanError
from graph.model.texts import catalogue
from suyuan.cli import COMMANDS

ROOT = Path(__file__).parents[2]
ROOMS = (
    *("graph", "ingest", "detect", "queries", "api", "synth", "benchmarks", "suyuan"),
    "suyuan_client",
)
MODULES = sorted(
    path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "generated" not in path.parts
)
MAX_MODULE_LINES, MAX_FUNCTION_LINES = 400, 60


def test_no_dependency_provides_a_room() -> None:
    assert not set(ROOMS) & set(packages_distributions())


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_stay_small(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert source.count("\n") <= MAX_MODULE_LINES
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
            assert lines <= MAX_FUNCTION_LINES, f"{node.name}: {lines} lines"


def test_statements_live_in_cypher_files_or_in_the_store() -> None:
    spoken = re.compile(r"\b(MATCH|MERGE) \(")
    outside = [
        path
        for path in MODULES
        if path.parts[len(ROOT.parts)] != "graph" and spoken.search(path.read_text("utf-8"))
    ]
    assert not outside


def test_no_statement_looks_for_ids_in_a_list_that_a_thing_keeps() -> None:
    """`r.id IN m.records` may be planned as a look at every record, once for each m: a week of 20,000
    merchants ran out of time. `UNWIND m.records AS id MATCH (r {id: id})` asks the index."""
    kept = re.compile(r"\w\.id IN \w+\.\w+")
    found = [
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in (ROOT / room).rglob("*.cypher")
        if kept.search(path.read_text(encoding="utf-8"))
    ]
    assert not found


def test_every_text_has_both_languages_and_no_key_twice() -> None:
    assert len(catalogue()) > 100


def test_locks_name_versions_and_hashes_and_no_address() -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-spark.lock"):
        lock = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in lock
        assert lock.count("--hash=sha256:") > lock.count("==")


def test_the_readme_asks_the_question_that_the_demo_checks() -> None:
    question = (ROOT / "docs" / "guides" / "first_question.graphql").read_text(encoding="utf-8")
    assert question in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_readme_names_real_commands_targets_and_files(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    assert set(re.findall(r"\$ suyuan (\w+)", text)) <= set(COMMANDS)
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    assert set(re.findall(r"`?make ([a-z-]+)`", text)) <= targets
    for link in re.findall(r"\]\((?!http)([^)#]+)\)", text):
        assert (ROOT / link).exists(), link


def test_every_error_class_has_a_code_of_its_own() -> None:
    def below(kind: type[SuyuanError]) -> list[type[SuyuanError]]:
        return [kind, *(found for child in kind.__subclasses__() for found in below(child))]

    codes = [kind.code for kind in below(SuyuanError)]
    assert len(codes) == len(set(codes))
