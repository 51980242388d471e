"""The formats an export can have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from queries.export.about import About
from queries.export.drawings import write_gexf, write_graphml
from queries.export.followthemoney import write_ftm
from queries.export.spool import Spool
from queries.export.stix import write_stix
from queries.export.tables import write_csv, write_xlsx


@dataclass(frozen=True, slots=True)
class Format:
    """How to write it, the ending of its file, and its media type."""

    write: Callable[[Spool, About, Path], None]
    ending: str
    media_type: str


FORMATS: Mapping[str, Format] = {
    "CSV": Format(write_csv, "csv.zip", "application/zip"),
    "XLSX": Format(
        write_xlsx, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    ),
    "GEXF": Format(write_gexf, "gexf", "application/gexf+xml"),
    "GRAPHML": Format(write_graphml, "graphml", "application/graphml+xml"),
    "FTM": Format(write_ftm, "ftm.json", "application/x-ndjson"),
    "STIX": Format(write_stix, "stix.json", "application/stix+json;version=2.1"),
}
