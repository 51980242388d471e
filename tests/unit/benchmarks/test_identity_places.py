"""The benchmarks of addresses and labs: their truth, and that a copy never changes its door."""

from __future__ import annotations

from pathlib import Path

from benchmarks import identity_labs
from benchmarks.identity_places import Maker, Segments, names_a_door, read, written
from tests.unit.benchmarks.test_identity import rows

ROWS: list[Segments] = [
    (
        ("prov", "浙江省"), ("city", "杭州市"), ("district", district), ("town", "北山街道"),
        ("road", f"{road}路"), ("roadno", f"{number}号"), ("houseno", f"{number % 7 + 1}幢"),
        ("roomno", "1402室"),
    )
    for road in ("文三", "教工", "体育场")
    for number in range(11, 31)
    for district in ("西湖区", "拱墅区")
]  # fmt: skip


def test_labelled_characters_become_segments_each_text_once(tmp_path: Path) -> None:
    said = "杭B-city 州I-city 市I-city 文B-road 三I-road 路I-road _B-redundant 7B-roadno 号I-roadno"
    block = "\n".join(f"{each[0]} {each[1:]}" for each in said.split())
    path = tmp_path / "labelled.txt"
    path.write_text(f"{block}\n\n{block}\n", encoding="utf-8")
    (found,) = read(path)
    assert written(found) == "杭州市文三路7号"
    assert names_a_door(found)
    assert not names_a_door(found[:-1]), "a road is no door"


def test_copies_keep_their_door_and_near_misses_are_other_places() -> None:
    world = Maker(ROWS, 1).make()
    assert world.texts == Maker(ROWS, 1).make().texts
    assert world.texts != Maker(ROWS, 2).make().texts
    kinds = set(world.kind)
    assert {"real", "copy", "says_less", "other_district", "no_place"} <= kinds
    real = {place for place, kind in zip(world.place, world.kind, strict=True) if kind == "real"}
    for text, place, kind in zip(world.texts, world.place, world.kind, strict=True):
        assert (place in real) == (kind in {"real", "copy"})
        assert kind != "copy" or "1402" in text or "１４０２" in text


def test_labs_have_numbers_of_their_own() -> None:
    world = identity_labs.Maker(rows(), 1).make()
    held: dict[tuple[str, str], int] = {}
    for subject, lab, kind in zip(world.subjects, world.lab, world.kind, strict=True):
        for number in subject.codes if kind != "copy" else ():
            assert held.setdefault(number, lab) == lab
