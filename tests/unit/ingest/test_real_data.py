"""Two real sources that nobody here wrote: how much of them loads, and why the rest does not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from ingest.pipeline import LoadOptions, load
from ingest.report import LoadReport
from ingest.sink import Collect

DATA = Path(__file__).parents[4] / "shared" / "data"

pytestmark = pytest.mark.real_data


def loaded(relative: str) -> tuple[LoadReport, Collect]:
    path = DATA / relative
    if not path.exists():
        pytest.skip(f"the real data are not beside the checkout: ../shared/data/{relative}")
    sink = Collect()
    return load([path], sink, LoadOptions()), sink


def test_company_register() -> None:
    report, sink = loaded("companies/companies_2019.csv.gz")
    count = report.tables["company_register"]
    assert count.read == 46_082
    assert (count.refused, dict(count.reasons)) == (0, {})
    merchants = sink.nodes["Merchant"]
    assert len(merchants) == count.loaded
    assert all("division" in row.properties for row in merchants)
    # 153 companies of one representative: the largest hub of the file is one node.
    represented = Counter(row.end_key for row in sink.links["REPRESENTED_BY"])
    assert represented.most_common(1)[0][1] == 153


def test_safety_gate() -> None:
    report, sink = loaded("safety_gate/safety_gate_alerts.csv")
    count = report.tables["safety_gate"]
    assert (count.read, count.loaded, count.refused) == (182, 182, 0)
    recalls = sink.nodes["Recall"]
    assert sum("starts_on" in row.properties for row in recalls) > 100
    assert all(row.properties.get("brand") != "None" for row in recalls)
