"""How well addresses are parsed: against labelled delivery addresses, and on real registrations.

Reads beside the checkout only; nothing of it is kept. Labels: Li et al. 2019 (research set).
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from graph.model.divisions import Division
from graph.model.values import address_parse, characters
from graph.model.values.address import Address, key, may_link, parse
from graph.model.values.address_divisions import short

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
LABELLED = SHARED / "addresses" / "dev.txt"
COMPANIES = SHARED / "companies" / "companies_2019.csv.gz"

Segments = list[tuple[str, str]]


def _division(found: Division | None) -> str:
    return short(found.name) if found else ""


def _plain(text: str) -> str:
    return address_parse.fold_address(characters.fold(text)).strip("-#_")


def _number(text: str) -> str:
    plain = _plain(text)
    for word in ("号院", "号", "室", "房", "铺", "户", "F"):
        plain = plain.removesuffix(word)
    return plain.strip("-#")


# label of the set → (what we read, how the label is brought to the same form)
_FIELDS: dict[str, tuple[Callable[[Address], str], Callable[[str], str]]] = {
    "prov": (lambda a: _division(a.province), short),
    "city": (lambda a: _division(a.city), short),
    "district": (lambda a: _division(a.district), short),
    "road": (lambda a: a.road or "", _plain),
    "roadno": (lambda a: a.road_no or "", _number),
    "roomno": (lambda a: a.room or "", _number),
}


def labelled(path: Path) -> Iterator[Segments]:
    """Addresses of a file in BIO lines, as (text, label) segments in order."""
    for block in path.read_text(encoding="utf-8").strip().split("\n\n"):
        segments: Segments = []
        for line in block.splitlines():
            text, _, tag = line.rpartition(" ")
            begin, _, label = tag.partition("-")
            if begin == "B" or not segments:
                segments.append((text, label))
            else:
                segments[-1] = (segments[-1][0] + text, segments[-1][1])
        yield segments


def run(path: Path = LABELLED, *, odd_only: bool = False) -> dict[str, Any]:
    """Share of labelled segments read exactly, per label, with counts; `odd_only` skips every other.

    An address in which a label occurs twice counts once per occurrence, right if any matches.
    """
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for index, segments in enumerate(labelled(path)):
        if odd_only and index % 2 == 0:
            continue
        address = parse("".join(text for text, _ in segments))
        for text, label in segments:
            if label in _FIELDS:
                read, form = _FIELDS[label]
                total[label] += 1
                right[label] += read(address) == form(text)
    return {
        label: {
            "right": right[label],
            "of": total[label],
            "share": round(right[label] / total[label], 4),
        }
        for label in _FIELDS
    }


def groups(path: Path = COMPANIES) -> dict[str, Any]:
    """Groups of companies at one address, how many may not link, and addresses parsed per second."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as handle:
        rows = [row["address"] for row in csv.DictReader(handle)]
    parse(rows[0])  # builds the name table
    started = time.process_time()
    for text in rows:
        parse(text)
    elapsed_s = time.process_time() - started
    parsed = [parse(text) for text in rows]
    by_key: defaultdict[str, int] = defaultdict(int)
    by_text: defaultdict[str, int] = defaultdict(int)
    for address in parsed:
        by_text[characters.fold(address.raw)] += 1
        if may_link(address):
            by_key[key(address)] += 1
    shared = [count for count in by_key.values() if count > 1]
    return {
        "addresses": len(rows),
        "addresses_per_s": round(len(rows) / elapsed_s),
        "may_link": sum(by_key.values()),
        "groups": len(shared),
        "companies_in_groups": sum(shared),
        "largest_groups": sorted(shared, reverse=True)[:10],
        "groups_of_any_level": sum(count > 1 for count in Counter(map(key, parsed)).values()),
        "groups_by_equal_text": sum(count > 1 for count in by_text.values()),
        "levels": dict(Counter(address.level for address in parsed).most_common()),
        "province_read": round(sum(a.province is not None for a in parsed) / len(rows), 4),
        "district_read": round(sum(a.district is not None for a in parsed) / len(rows), 4),
    }


if __name__ == "__main__":
    json.dump({"labelled": run(), "groups": groups()}, sys.stdout, ensure_ascii=False, indent=2)
