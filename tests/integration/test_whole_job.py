"""The whole job on a small made-up world, on a real Neo4j: load, load again, weekly, once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from detect.weekly.run import RunInThePast, detect_now, run_weekly
from graph.store.constraints import prepare
from graph.store.digest import graph_digest
from graph.store.session import Store
from ingest.pipeline import load
from ingest.resolve.review import run_rules
from ingest.store_sink import StoreSink
from suyuan.commands.export import as_graph, read_memberships
from suyuan.world import found_in, read_world
from synth.scoring import score
from synth.settings import WorldSettings
from synth.truth import load as load_truth
from synth.world import generate

SETTINGS = WorldSettings(merchants=400, weeks=3, seed=5, level="easy")


def test_the_whole_job(clean_store: Store, tmp_path: Path) -> None:
    generate(SETTINGS, tmp_path)
    _, weeks = read_world(tmp_path)
    prepare(clean_store)
    first = load(weeks[0][1], StoreSink(clean_store))
    assert first.refused == 0
    assert first.loaded == first.read > 5_000
    before = graph_digest(clean_store)
    again = load(weeks[0][1], StoreSink(clean_store))
    assert again.unchanged == first.read, "the same rows say nothing new"
    assert graph_digest(clean_store) == before

    baseline = run_weekly(clean_store, weeks[0][0])
    assert baseline.flags == [], "the first run announces nothing as new"
    preview = detect_now(clean_store, weeks[0][0])
    assert preview.counts["labels"] == baseline.counts["labels"]
    for as_of, tables in weeks[1:]:
        if tables:
            load(tables, StoreSink(clean_store))
        result = run_weekly(clean_store, as_of)
    repeated = run_weekly(clean_store, weeks[-1][0])
    assert repeated.is_repeat
    assert repeated.flags == result.flags, "told once, and the same"
    with pytest.raises(RunInThePast):
        run_weekly(clean_store, date(2025, 9, 2))

    figures = {
        f.name: f for f in score(found_in(clean_store), load_truth(tmp_path / "truth/truth.json"))
    }
    assert figures["networks.recovered"].value >= 0.9
    assert figures["networks.false"].value == 0
    assert figures["networks.accused_lawful"].value == 0
    assert figures["labs.recovered"].value == 1
    assert figures["labs.false"].value == 0
    assert figures["traps.fired"].value == 0, figures["traps.fired"].note
    assert figures["weekly.flags.precision"].value >= 0.9

    rows = read_memberships(clean_store, "network")
    drawn = as_graph(rows)
    assert all(row["ties"] for row in rows), "each member says what ties it in"
    assert all(tie["records"] for row in rows for tie in row["ties"]), "and which records say so"
    assert drawn.number_of_edges() >= len(rows)
    judged, _ = run_rules(clean_store, "Merchant", weeks[-1][0])
    assert judged.of("same") == [], "members of a network are many, however much they share"
