"""The rules of `detect.network.corroboration` as tables: the same clusters, whatever the partitions.

Every rule there is free of order and of numbering, so it can be said as joins and counts: a tie is two
identifiers in common, a core is a connected component, an owned identifier has at least half of its
holders in one core. Nothing here looks at more than the holders of one rare identifier at once, `cap`
of them, so no hub makes a task larger than the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from detect.network.corroboration import DEFAULT, CorroborationSettings
from detect.network.spark.components import components

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def clusters(links: DataFrame, settings: CorroborationSettings = DEFAULT) -> DataFrame:
    """`merchant`, `cluster` (the cluster's least merchant) of every merchant in a cluster.

    `links` has the columns `merchant`, `identifier` (of any ordered type) and `is_strong`: whether the
    kind of the link ties by itself. Hubs must be left out before. Raises ValueError for settings that
    count source types (`same_source_worth` below 1), which only the engine on one machine can do.
    """
    from pyspark.sql import functions as f

    if settings.same_source_worth != 1.0:
        raise ValueError("source types are counted on one machine only")
    held = _counted(links.select("merchant", "identifier").distinct())
    rare = held.where(f.col("holders").between(2, settings.cap)).localCheckpoint()
    strong = (
        _holders_of(held)
        .where(f.col("holders").between(2, settings.strong_cap))
        .join(links.where("is_strong").select("merchant", "identifier").distinct(), "identifier")
    )
    ties = _sharing(rare, "merchant", settings.min_shared).union(_sharing(strong, "merchant", 1))
    label = _rooted(components(ties)).localCheckpoint()
    for _ in range(settings.rounds):
        before, label = label, _let_in(rare, _merge(rare, label, settings), settings)
        label = label.localCheckpoint()
        # Merchants are never let go, so as many of them under the same names is the same label.
        if label.join(before, ["merchant", "cluster"], "left_anti").isEmpty():
            break
    sizes = label.groupBy("cluster").count().where(f.col("count") >= settings.min_members)
    return label.join(sizes.select("cluster"), "cluster").select("merchant", "cluster")


def _counted(held: DataFrame) -> DataFrame:
    """`held` with how many merchants hold each identifier."""
    from pyspark.sql import functions as f

    return held.join(held.groupBy("identifier").agg(f.count("*").alias("holders")), "identifier")


def _holders_of(held: DataFrame) -> DataFrame:
    return held.select("identifier", "holders").distinct()


def _sharing(holds: DataFrame, who: str, at_least: float) -> DataFrame:
    """`a`, `b`, `shared`: pairs of `who` (a < b) that have at least so many identifiers in common."""
    from pyspark.sql import functions as f

    left = holds.select("identifier", f.col(who).alias("a"))
    right = holds.select("identifier", f.col(who).alias("b"))
    return (
        left.join(right, "identifier")
        .where("a < b")
        .groupBy("a", "b")
        .agg(f.count("*").alias("shared"))
        .where(f.col("shared") >= at_least)
    )


def _rooted(found: DataFrame) -> DataFrame:
    from pyspark.sql import functions as f

    return found.select(f.col("node").alias("merchant"), f.col("root").alias("cluster"))


def _core_holdings(rare: DataFrame, label: DataFrame) -> DataFrame:
    """`cluster`, `identifier`, once each, where any member holds it."""
    return rare.join(label, "merchant").select("cluster", "identifier").distinct()


def _merge(rare: DataFrame, label: DataFrame, settings: CorroborationSettings) -> DataFrame:
    """Join cores whose members share enough identifiers."""
    from pyspark.sql import functions as f

    cores = _core_holdings(rare, label)
    has = cores.groupBy("cluster").agg(f.count("*").alias("has"))
    pairs = _sharing(cores, "cluster", settings.merge_shared)
    for end in "ab":
        of_end = has.select(f.col("cluster").alias(end), f.col("has").alias(f"has_{end}"))
        pairs = pairs.join(of_end, end)
    enough = pairs.where(f.col("shared") >= f.lit(settings.merge_share) * f.least("has_a", "has_b"))
    joined = components(enough.select("a", "b")).withColumnRenamed("node", "cluster")
    return label.join(joined, "cluster", "left").select(
        "merchant", f.coalesce("root", "cluster").alias("cluster")
    )


def _owned(rare: DataFrame, label: DataFrame) -> DataFrame:
    """`identifier`, `owner`: two holders and half of them are in it, and in no second core."""
    from pyspark.sql import functions as f

    inside = (
        rare.join(label, "merchant")
        .groupBy("identifier", "cluster")
        .agg(f.count("*").alias("inside"), f.first("holders").alias("holders"))
        .where("inside >= 2 AND 2 * inside >= holders")
    )
    return (
        inside.groupBy("identifier")
        .agg(f.count("*").alias("owners"), f.first("cluster").alias("owner"))
        .where("owners = 1")
        .select("identifier", "owner")
    )


def _let_in(rare: DataFrame, label: DataFrame, settings: CorroborationSettings) -> DataFrame:
    """Add single merchants that share enough with one core, one identifier owned by it.

    Of several the one it shares most with, then owns most of, then the larger; on equal evidence none.
    """
    from pyspark.sql import functions as f
    from pyspark.sql.window import Window

    single = rare.join(label, "merchant", "left_anti").select("merchant", "identifier")
    touching = single.join(_core_holdings(rare, label), "identifier").join(
        _owned(rare, label), "identifier", "left"
    )
    is_owned = f.when(f.col("owner") == f.col("cluster"), 1).otherwise(0)
    fits = (
        touching.groupBy("merchant", "cluster")
        .agg(f.count("*").alias("shared"), f.sum(is_owned).alias("owned"))
        .where((f.col("shared") >= settings.let_in_shared) & (f.col("owned") >= 1))
        .join(label.groupBy("cluster").agg(f.count("*").alias("size")), "cluster")
    )
    best_first = Window.partitionBy("merchant").orderBy(
        f.desc("shared"), f.desc("owned"), f.desc("size")
    )
    chosen = (
        fits.withColumn("place", f.rank().over(best_first))
        .where("place = 1")
        .groupBy("merchant")
        .agg(f.count("*").alias("rivals"), f.first("cluster").alias("cluster"))
        .where("rivals = 1")
        .select("merchant", "cluster")
    )
    grown = label.union(chosen)
    # A cluster is named by its least merchant, and who was let in may be less than all before.
    least = grown.groupBy("cluster").agg(f.min("merchant").alias("least"))
    return grown.join(least, "cluster").select("merchant", f.col("least").alias("cluster"))
