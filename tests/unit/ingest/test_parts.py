"""How a load is divided, and that a second process changes nothing but the time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import SourceError
from ingest.parts import cut, halves
from ingest.pipeline import LoadOptions, load
from ingest.second_process import SecondProcess
from ingest.sink import Collect
from synth.settings import WorldSettings
from synth.world import generate

sizes = st.lists(st.integers(0, 1000), max_size=12)


@given(sizes)
def test_a_cut_leaves_no_better_cut(parts: list[int]) -> None:
    def imbalance(at: int) -> int:
        return abs(sum(parts[:at]) - sum(parts[at:]))

    assert imbalance(cut(parts)) == min(imbalance(at) for at in range(len(parts) + 1))


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(1, 1000)))
def test_halves_hold_every_name_once_and_differ_by_one_name_at_most(
    weights: dict[str, int],
) -> None:
    first, second = halves(weights)
    assert sorted([*first, *second]) == sorted(weights)
    difference = abs(sum(weights[n] for n in first) - sum(weights[n] for n in second))
    assert difference <= max(weights.values(), default=0)


@dataclass(frozen=True)
class Doubled:
    """A part that can be done anywhere."""

    number: int

    def run(self) -> int:
        return 2 * self.number


@dataclass(frozen=True)
class OnlyHere:
    """A part that fails in any process but the one that made it."""

    pid: int

    def run(self) -> str:
        import os

        if os.getpid() != self.pid:
            raise RuntimeError("not here")
        return "done here"


def test_a_second_process_does_parts_one_after_the_other() -> None:
    with SecondProcess() as helper:
        assert [helper.start(Doubled(n)).result() for n in (1, 2, 3)] == [2, 4, 6]


def test_a_part_that_fails_there_is_done_here() -> None:
    import os

    with SecondProcess() as helper:
        assert helper.start(OnlyHere(os.getpid())).result() == "done here"
        assert helper.start(Doubled(4)).result() == 8


def test_a_part_is_done_here_when_the_second_process_is_gone() -> None:
    with SecondProcess() as helper:
        helper._process.kill()
        helper._process.wait()
        assert helper.start(Doubled(5)).result() == 10


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    generate(WorldSettings(merchants=300, weeks=2, seed=5, level="medium"), folder)
    ragged = folder / "tables" / "week_01" / "phone.csv"
    with ragged.open("a", encoding="utf-8") as file:
        file.write("not a phone,,,,\n")
    return folder / "tables"


def test_shared_reading_gives_what_reading_alone_gives(world: Path, tmp_path: Path) -> None:
    outcomes = []
    for is_shared in (False, True):
        sink, refused = Collect(), tmp_path / f"refused-{is_shared}.csv"
        report = load([world], sink, LoadOptions(refused_path=refused, is_shared=is_shared))
        outcomes.append(
            (sink.as_json(), report.as_json() | {"refused_file": ""}, refused.read_text())
        )
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][1]["refused"] == 1


def test_an_error_in_the_part_of_the_second_process_is_the_same_error(tmp_path: Path) -> None:
    (tmp_path / "week_1").mkdir()
    (tmp_path / "week_1" / "store.csv").write_text("colour,source\nred,x\n", encoding="utf-8")
    messages = []
    for is_shared in (False, True):
        with pytest.raises(SourceError) as refused:
            load([tmp_path / "week_1"], Collect(), LoadOptions(is_shared=is_shared))
        messages.append(str(refused.value))
    assert "colour" in messages[0]
    assert messages[0] == messages[1]
