"""The Spark engine behind the call that every network engine has: an incidence in, a clustering out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np

from detect.network.clustering import NO_CLUSTER, Clustering, from_labels
from detect.network.corroboration import DEFAULT, CorroborationSettings
from detect.network.incidence import Incidence
from graph.errors import SuyuanError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

MASTER_VARIABLE = "SUYUAN_SPARK_MASTER"
"""Names the cluster (`spark://…`, `yarn`, `k8s://…`); this machine with all its cores unless set."""

PARTITIONS_VARIABLE = "SUYUAN_SPARK_PARTITIONS"
"""Parts that joins are cut into; two or three for each core of the cluster."""


class SparkMissing(SuyuanError):
    """The Spark engine was asked for, and PySpark is not installed."""

    code = "detect.spark_missing"


def cluster(incidence: Incidence, settings: CorroborationSettings = DEFAULT) -> Clustering:
    """Cluster by corroboration on Spark; the very clusters that `corroboration.cluster` gives.

    Raises SparkMissing. The incidence itself is held by this process; links that it cannot hold are
    given to `detect.network.spark.rules.clusters` as a table.
    """
    from detect.network.spark.rules import clusters

    spark = session()
    found = clusters(links_of(spark, incidence), settings).toArrow()
    raw = np.full(len(incidence.merchants), NO_CLUSTER, np.int64)
    raw[found["merchant"].to_numpy()] = found["cluster"].to_numpy()
    return from_labels(incidence, raw, settings.min_members, settings.cap)


def session() -> SparkSession:
    """The running session, or a new one on the cluster that the environment names.

    Raises SparkMissing. Spark needs a Java of its own (17 or newer): the one that comes with the
    database has not the modules that Spark asks for.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise SparkMissing from None
    builder = SparkSession.builder.appName("suyuan").config("spark.ui.enabled", "false")
    builder = builder.config("spark.ui.showConsoleProgress", "false")
    if partitions := os.environ.get(PARTITIONS_VARIABLE):
        builder = builder.config("spark.sql.shuffle.partitions", partitions)
    return builder.master(os.environ.get(MASTER_VARIABLE, "local[*]")).getOrCreate()


def links_of(spark: SparkSession, incidence: Incidence) -> DataFrame:
    """The links as a table of numbers: `merchant`, `identifier`, `is_strong`."""
    import pyarrow as pa

    is_strong = np.array([kind.is_strong for kind in incidence.kinds], bool)
    return spark.createDataFrame(
        pa.table(
            {
                "merchant": incidence.merchant,
                "identifier": incidence.identifier,
                "is_strong": is_strong[incidence.kind],
            }
        )
    )
