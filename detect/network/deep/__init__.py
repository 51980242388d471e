"""The deep engine: for evidence too sparse for corroboration (see `search`)."""

from detect.network.deep.search import DEFAULT, DeepSettings, cluster

__all__ = ["DEFAULT", "DeepSettings", "cluster"]
