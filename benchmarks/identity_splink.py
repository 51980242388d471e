"""Splink on the rows of a benchmark, in an environment of its own: it is a yardstick, not a dependency.

    python identity_splink.py ASKED.json ANSWERED.json

Runs under an interpreter that has Splink 5 (MIT) with DuckDB; imports nothing of Suyuan. Training is that
of Splink's documentation: a prior from exact rules, u from random pairs, m from passes of EM.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

RANDOM_PAIRS = 1_000_000


def main(asked_path: str, answered_path: str) -> None:
    """Read the task, run Splink, write pairs of row numbers."""
    import pyarrow
    import splink
    from splink import Linker, SettingsCreator, block_on
    from splink.backends.duckdb import DuckDBAPI

    asked = json.loads(Path(asked_path).read_text(encoding="utf-8"))
    fields: dict[str, str] = asked["fields"]
    names = sorted({*fields, *(name for rule in asked["rules"] for name in rule)})
    rows = [
        {"unique_id": at, **{name: row[name] or None for name in names}}
        for at, row in enumerate(asked["rows"])
    ]
    started = time.process_time()
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[comparison(name, kind) for name, kind in fields.items()],
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in asked["rules"]],
    )
    linker = Linker(DuckDBAPI().register(pyarrow.Table.from_pylist(rows)), settings)
    linker.training.estimate_probability_two_random_records_match(
        [block_on(*rule) for rule in asked["sure"]], recall=asked["sure_recall"]
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS, seed=1)
    for rule in asked["training"]:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    found = linker.inference.predict(threshold_match_probability=asked["threshold"])
    pairs = [(each["unique_id_l"], each["unique_id_r"]) for each in found.as_record_list()]
    cpu_s = time.process_time() - started
    answer = {"pairs": pairs, "cpu_s": cpu_s, "version": splink.__version__}
    Path(answered_path).write_text(json.dumps(answer), encoding="utf-8")


def comparison(name: str, kind: str) -> Any:
    """Splink's ready-made comparison for a kind of field (`rare` is exact, by frequency)."""
    import splink.comparison_library as library

    if kind == "words":
        made = library.JaroWinklerAtThresholds(name, [0.92, 0.8])
        return made.configure(term_frequency_adjustments=True)
    if kind == "slip":
        return library.DamerauLevenshteinAtThresholds(name, 1)
    if kind == "rare":
        return library.ExactMatch(name).configure(term_frequency_adjustments=True)
    return library.ExactMatch(name)


if __name__ == "__main__":
    main(*sys.argv[1:])
