"""Splink in the place of our blocking and scoring; skipped where it is not installed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from graph.model.texts import text
from ingest.resolve import splink_engine
from ingest.resolve.kinds import ENGINES, rules_of
from ingest.resolve.proposals import Proposals, propose
from ingest.resolve.records import MAX_HOLDERS, Subject, columns
from ingest.resolve.splink_engine import SPLINK, EngineMissing

CORES = tuple(a + b for a in "金鑫隆盛源泰" for b in "丰华兴诚德嘉和信")
CROWD = [
    Subject(
        f"Merchant:C{at}{copy}", f"杭州{core}电子科技有限公司", None, "330106",
        frozenset({f"p{at}"}), frozenset({f"r{at}"}), (f"浙江省杭州市西湖区文三路{at + 1}号{at}室",),
    )
    for at, core in enumerate(CORES)
    for copy in range(1 + (at % 4 != 0))
]  # fmt: skip


def test_an_engine_that_is_not_there_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "splink.backends.duckdb", None)
    with pytest.raises(EngineMissing) as refused:
        splink_engine.duckdb()
    for language in ("zh", "en"):
        said = text("error.resolve.engine_missing", language, **refused.value.params)
        assert "identity-batch" in said
        assert "splink" in said


def test_types_that_splink_does_not_do_keep_their_own_rules() -> None:
    assert rules_of("TestLab", "splink") is rules_of("TestLab")
    assert rules_of("Merchant", "splink") is not rules_of("Merchant")
    assert set(ENGINES) == {"own", "splink"}


def test_what_too_many_share_is_not_given_to_splink() -> None:
    crowd = [
        Subject(f"Merchant:{at}", f"杭州金{at}鑫商贸有限公司", phones=frozenset({"hub"}))
        for at in range(MAX_HOLDERS + 1)
    ]
    table, taken = columns(crowd)
    assert splink_engine.row_of(crowd[0], taken[0])["phone"] == "hub"
    assert splink_engine.row_of(crowd[0], taken[0], table, 0)["phone"] is None


def asked() -> Proposals:
    pytest.importorskip("splink", reason="the optional dependency group identity-batch")
    return propose(CROWD, None, SPLINK)


def test_its_pairs_come_in_our_form_with_their_reasons() -> None:
    found = asked()
    same = {(each.a, each.b) for each in found.of("same")}
    assert same == {(f"Merchant:C{at}0", f"Merchant:C{at}1") for at in range(len(CORES)) if at % 4}
    for each in found.of("same"):
        levels = {part.comparison: part.level for part in each.parts}
        assert levels["phone"] == "shared"
        assert all(isinstance(part.bits, float) for part in each.parts)
        assert each.probability >= 0.99


def test_on_spark(tmp_path: Path) -> None:
    sql = pytest.importorskip("pyspark.sql", reason="Spark is not installed")
    pytest.importorskip("splink", reason="the optional dependency group identity-batch")
    from splink.backends.spark import SparkAPI, similarity_jar_location

    builder = sql.SparkSession.builder.master("local[2]").config(
        "spark.sql.shuffle.partitions", "2"
    )
    session = builder.config("spark.jars", similarity_jar_location()).getOrCreate()
    session.sparkContext.setCheckpointDir(str(tmp_path))  # Splink cuts its long plans there
    try:
        scored, _ = splink_engine.match(CROWD, lambda: SparkAPI(spark_session=session))
    finally:
        session.stop()
    assert len(scored.pairs) >= len(CORES) // 2
