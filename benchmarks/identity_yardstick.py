"""What Splink is asked on each benchmark: the fields, rules and threshold that we use ourselves."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import identity_febrl
from benchmarks.identity_febrl import Persons
from ingest.resolve import splink_engine
from ingest.resolve.decisions import CERTAIN
from ingest.resolve.records import Subject, features

SCRIPT = Path(__file__).with_name("identity_splink.py")
TIMEOUT_S = 900

_WORDS = frozenset({"given_name", "surname", "address_1", "address_2", "suburb"})


def persons_task(persons: Persons) -> dict[str, Any]:
    """FEBRL: the same fields, blocking rules and threshold as ours."""
    kinds = {
        name: "words" if name in _WORDS else "exact" if name == "state" else "slip"
        for name in identity_febrl.FIELDS
    }
    return {
        "rows": persons.rows,
        "fields": kinds,
        "rules": identity_febrl.RULES,
        "training": [["date_of_birth"], ["postcode"], ["soc_sec_id"]],
        "sure": [["soc_sec_id"], ["given_name", "surname", "date_of_birth"]],
        "sure_recall": 0.8,
        "threshold": identity_febrl.THRESHOLD,
    }


def companies_task(subjects: Sequence[Subject]) -> dict[str, Any]:
    """Companies: names and addresses taken apart by us, so that only the matching is compared."""
    return {
        "rows": [splink_engine.row_of(each, features(each)) for each in subjects],
        "fields": dict(splink_engine.FIELDS),
        "rules": splink_engine.RULES,
        "training": splink_engine.TRAINING,
        "sure": splink_engine.SURE,
        "sure_recall": splink_engine.SURE_RECALL,
        "threshold": CERTAIN,
    }


def ask(task: Mapping[str, Any], python: str) -> dict[str, Any]:
    """Run Splink under the interpreter `python`: `pairs` of row numbers, `cpu_s`, `version`.

    Raises CalledProcessError where the script fails, TimeoutExpired after a quarter of an hour.
    """
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder, "asked.json"), Path(folder, "answered.json")
        asked.write_text(json.dumps(task), encoding="utf-8")
        command = [python, str(SCRIPT), str(asked), str(answered)]
        subprocess.run(command, check=True, capture_output=True, timeout=TIMEOUT_S)
        answer: dict[str, Any] = json.loads(answered.read_text(encoding="utf-8"))
        return answer
