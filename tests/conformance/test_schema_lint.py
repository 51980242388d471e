"""`schema.graphql` under graphql-schema-linter (npm, MIT), by the rules of `lint_rules.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from api.schema import TARGET
from benchmarks.http_audit import run_script

RULES: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "lint_rules.yaml").read_text(encoding="utf-8")
)
BAD = '''
"""The only type"""
type Query {
  """A list without its arguments"""
  bad_name: ThingConnection!
  """Without a reason"""
  old: Int @deprecated
  silent(said: Int): Int
}

"""A connection that is none"""
type ThingConnection {
  """How many"""
  count: Int!
}

"""A choice"""
enum Choice {
  """Lower case"""
  lower
  SILENT
}

"""An input"""
input Wish {
  silent_one: Int
}

type silent {
  """A field"""
  field: Int
}
'''


def lint(schema: Path, rules: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = run_script(
        "lint.mjs", str(schema), orjson.dumps({"rules": rules}).decode()
    )
    return found


@pytest.mark.usefixtures("suites")
def test_the_schema_has_no_findings() -> None:
    assert lint(TARGET, RULES["asked"])["findings"] == []


@pytest.mark.usefixtures("suites")
def test_every_rule_of_the_linter_is_decided_on(tmp_path: Path) -> None:
    schema = tmp_path / "bad.graphql"
    schema.write_text(BAD, encoding="utf-8")
    found = lint(schema, RULES["asked"])
    known = {rule.lower() for rule in found["rules"]}
    decided = [name.replace("-", "") for name in (*RULES["asked"], *RULES["not_asked"])]
    assert len(decided) == len(set(decided))
    assert set(decided) == known
    assert all(len(reason) > 20 for reason in RULES["not_asked"].values())
    # A rule that finds nothing in a bad schema would be asked in vain.
    assert {finding["rule"] for finding in found["findings"]} == set(RULES["asked"])
