"""Connected components of a graph given as a table of edges.

A table that fits the driver is solved there. A larger one is solved where it lies, by the alternating
algorithm of Kiveris, Lattanzi, Mirrokni, Rastogi and Vassilvitskii, "Connected Components in MapReduce
and Beyond" (SoCC 2014): the large star hangs a node's larger neighbours on the least of its
neighbours, the small star does the same with the smaller ones; where neither changes an edge, every
node hangs on the least of its component. Rounds grow with the logarithm of the longest path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

MAX_ROUNDS = 60
"""More than any graph of 2^30 nodes needs; a bound, so that a fault ends in an error and not in a loop."""

DRIVER_EDGES = 2_000_000
"""Edges that the driver solves itself, about 100 bytes each: a second there against a minute of rounds."""


def components(edges: DataFrame, driver_edges: int = DRIVER_EDGES) -> DataFrame:
    """`node`, `root` (the least node of the component) of every node that has an edge.

    `edges` has two columns `a` and `b` of one ordered type, in any order, doubles allowed. Raises
    RuntimeError when it does not settle in MAX_ROUNDS.
    """
    now = _upward(edges).localCheckpoint()
    if now.count() <= driver_edges:
        return _on_the_driver(now)
    seen = _fingerprint(now)
    for _ in range(MAX_ROUNDS):
        now = _small_star(_large_star(now)).localCheckpoint()
        before, seen = seen, _fingerprint(now)
        if before == seen:
            return _hung(now)
    raise RuntimeError("connected components did not settle")


def _on_the_driver(edges: DataFrame) -> DataFrame:
    import pyarrow as pa

    found = edges.toArrow()
    low, high = (found.column(name).to_numpy() for name in ("low", "high"))
    nodes, at = np.unique(np.concatenate((low, high)), return_inverse=True)
    ones = np.ones(low.size, np.int8)
    graph = sparse.coo_array((ones, (at[: low.size], at[low.size :])), (nodes.size, nodes.size))
    count, part = sparse.csgraph.connected_components(graph, directed=False)
    least = np.full(count, nodes.size)
    np.minimum.at(least, part, np.arange(nodes.size))
    kind = found.schema.field("low").type
    table = pa.table({"node": pa.array(nodes, kind), "root": pa.array(nodes[least[part]], kind)})
    return edges.sparkSession.createDataFrame(table)


def _fingerprint(edges: DataFrame) -> Any:
    """Equal for equal tables, and for no others but by a chance of one in 2^64."""
    from pyspark.sql import functions as f

    mixed = f.xxhash64("low", "high")
    # Halves, as the sum of a column of 64-bit hashes may overflow.
    return edges.agg(
        f.count("*"),
        f.sum(f.shiftright(mixed, 32)),
        f.sum(mixed.bitwiseAND(f.lit(0xFFFFFFFF))),
    ).first()


def _hung(edges: DataFrame) -> DataFrame:
    from pyspark.sql import functions as f

    roots = edges.select(f.col("low").alias("node"), f.col("low").alias("root"))
    members = edges.select(f.col("high").alias("node"), f.col("low").alias("root"))
    return members.union(roots).distinct()


def _upward(edges: DataFrame) -> DataFrame:
    """Each edge once as `low`, `high` with low < high."""
    from pyspark.sql import functions as f

    return (
        edges.select(f.least("a", "b").alias("low"), f.greatest("a", "b").alias("high"))
        .where("low < high")
        .distinct()
    )


def _large_star(edges: DataFrame) -> DataFrame:
    """Hang every larger neighbour of a node on the least of the node and its neighbours."""
    from pyspark.sql import functions as f

    both = edges.select(f.col("low").alias("node"), f.col("high").alias("other")).union(
        edges.select(f.col("high").alias("node"), f.col("low").alias("other"))
    )
    least = both.groupBy("node").agg(f.least(f.min("other"), f.first("node")).alias("least"))
    return _upward(
        both.where("other > node")
        .join(least, "node")
        .select(f.col("least").alias("a"), f.col("other").alias("b"))
    )


def _small_star(edges: DataFrame) -> DataFrame:
    """Hang a node and its smaller neighbours on the least of these."""
    from pyspark.sql import functions as f

    least = edges.groupBy("high").agg(f.min("low").alias("least"))
    hung = edges.join(least, "high")
    return _upward(
        hung.select(f.col("least").alias("a"), f.col("low").alias("b")).union(
            least.select(f.col("least").alias("a"), f.col("high").alias("b"))
        )
    )
