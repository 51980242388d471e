"""The Spark engine gives the very clusters of the engine on one machine, on Spark itself.

Runs where PySpark is installed (`make test-spark` makes such an environment); skipped elsewhere.
"""

from __future__ import annotations

import itertools
import os
import random
import shutil
from collections.abc import Iterator

import networkx as nx
import numpy as np
import pytest

from benchmarks.planted_world import LEVELS, world
from detect.network import corroboration
from detect.network.corroboration import DEFAULT, GENEROUS, CorroborationSettings
from detect.network.incidence import Incidence
from tests.unit.detect.network.shapes import ADDRESS, KINDS, PAYEE, Link, hold, incidence

pytest.importorskip("pyspark", reason="Spark is not installed (make test-spark)")
if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
    pytest.skip("Spark needs a Java of its own", allow_module_level=True)

from detect.network.spark import engine
from detect.network.spark.components import components
from detect.network.spark.rules import clusters


@pytest.fixture(scope="module", autouse=True)
def local_cluster() -> Iterator[None]:
    """One session of two workers in this process; few partitions, as the worlds are small."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(engine.MASTER_VARIABLE, "local[2]")
        patch.setenv(engine.PARTITIONS_VARIABLE, "2")
        session = engine.session()
        yield
        session.stop()


def random_world(seed: int) -> Incidence:
    """Dense enough that cores form, merge and let others in, and that rivals are equally good."""
    draw = random.Random(seed)
    links = [
        Link(f"m{draw.randrange(60):02}", f"i{draw.randrange(70):02}", draw.choice(KINDS))
        for _ in range(260)
    ]
    return incidence(*links)


def planted(level: str) -> Incidence:
    return world(LEVELS[level], 2_000, 5).incidence


@pytest.mark.parametrize("settings", [DEFAULT, GENEROUS], ids=["default", "generous"])
@pytest.mark.parametrize("seed", [1, 2])
def test_random_worlds_give_the_same_clusters(seed: int, settings: CorroborationSettings) -> None:
    given = random_world(seed)
    expected = corroboration.cluster(given, settings)
    found = engine.cluster(given, settings)
    assert expected.count > 0
    np.testing.assert_array_equal(found.label, expected.label)
    np.testing.assert_array_equal(found.owned_by, expected.owned_by)


def test_a_planted_world_gives_the_same_clusters() -> None:
    given = planted("medium")
    expected = corroboration.cluster(given)
    found = engine.cluster(given)
    assert expected.count >= 4
    np.testing.assert_array_equal(found.label, expected.label)
    np.testing.assert_array_equal(found.owned_by, expected.owned_by)


def test_nothing_in_nothing_out() -> None:
    assert engine.cluster(incidence(Link("a", "x"), Link("b", "y"))).count == 0


def test_a_strong_identifier_needs_a_strong_kind_at_both_ends() -> None:
    given = incidence(*hold("abc", "acct", PAYEE), Link("d", "acct", ADDRESS))
    np.testing.assert_array_equal(engine.cluster(given).label, corroboration.cluster(given).label)


@pytest.mark.parametrize("seed", [3, 4])
def test_components_are_those_of_networkx_whatever_the_names(seed: int) -> None:
    draw = random.Random(seed)
    nodes = draw.sample(range(10_000), 120)
    path = list(itertools.pairwise(nodes[:41]))  # long, in an order that names do not show
    edges = [*path, *((draw.choice(nodes[40:]), draw.choice(nodes[40:])) for _ in range(60))]
    graph = nx.Graph(edge for edge in edges if edge[0] != edge[1])
    expected = {node: min(part) for part in nx.connected_components(graph) for node in part}
    table = engine.session().createDataFrame(edges, "a long, b long")
    for driver_edges in (0, len(edges)):  # where it lies, and on the driver
        found = components(table, driver_edges).collect()
        assert {row.node: row.root for row in found} == expected


def test_names_may_be_texts() -> None:
    """On a cluster the links come as they are stored; nobody numbers a hundred million merchants."""
    given = random_world(1)
    is_strong = np.array([kind.is_strong for kind in given.kinds], bool)[given.kind].tolist()
    rows = [
        (given.merchants[merchant], given.identifiers[identifier], strong)
        for merchant, identifier, strong in zip(
            given.merchant.tolist(), given.identifier.tolist(), is_strong, strict=True
        )
    ]
    table = engine.session().createDataFrame(
        rows, "merchant string, identifier string, is_strong boolean"
    )
    expected = {
        given.merchants[member]: given.merchants[members[0]]
        for members in corroboration.cluster(given).all_members()
        for member in members
    }
    assert {row.merchant: row.cluster for row in clusters(table).collect()} == expected


def test_source_types_are_not_counted_on_spark() -> None:
    with pytest.raises(ValueError, match="one machine"):
        engine.cluster(random_world(1), CorroborationSettings(same_source_worth=0.0))
