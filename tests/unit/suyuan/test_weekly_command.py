"""What `suyuan weekly` prints for people."""

from __future__ import annotations

import io
from datetime import date

import pytest
from click.testing import CliRunner
from rich.console import Console

from detect.weekly.run import RunResult
from suyuan.cli import suyuan
from suyuan.commands.weekly import show_flags
from suyuan.terminal import Terminal

FLAG = {
    "id": "Flag:2025-10-08-1",
    "kind": "merged",
    "cluster_ids": ["Cluster:C-1", "Cluster:C-2"],
    "member_ids": ["Merchant:a"],
    "values": {
        "links": [],
        "judgements": [
            {
                "id": "J-1",
                "a": "Merchant:a",
                "b": "Merchant:b",
                "by": "王",
                "at": "2025-10-06T04:00:00+00:00",
                "withdrawn_at": "2025-10-07T04:00:00+00:00",
                "withdrawn_by": "李",
            }
        ],
    },
}


def printed(lang: str) -> str:
    kept = io.StringIO()
    terminal = Terminal(language=lang, out=Console(file=kept, width=200))
    told = RunResult(date(2025, 10, 8), "fast", {}, [FLAG], incomplete=("USES_PHONE",))
    show_flags(terminal, told)
    return kept.getvalue()


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ["王 judged Merchant:a and Merchant:b", "2025-10-06", "李 withdrew", "incomplete"]),
        ("zh", ["王 于 2025-10-06 认定", "李 于 2025-10-07 撤回", "不完整"]),
    ],
)
def test_judgements_and_failed_feeds_are_printed(lang: str, words: list[str]) -> None:
    said = printed(lang)
    assert all(word in said for word in words), said


def test_a_replay_delivers_nothing() -> None:
    done = CliRunner().invoke(suyuan, ["weekly", "--replay", "--deliver", "x.yaml"])
    assert done.exit_code == 2
    assert "--replay" in done.output
