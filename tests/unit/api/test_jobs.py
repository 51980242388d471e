"""Files and receipts of jobs, without a service."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.actions.receipts import Request
from api.jobs.files import JobFiles
from api.jobs.store import Job, stamp

ID = "0123456789abcdef" * 2
FIRST = f"{ID}-1"


def test_no_name_leads_out_of_the_folder_of_a_job(tmp_path: Path) -> None:
    (tmp_path / "tokens.json").write_text("secret")
    files = JobFiles(tmp_path / "exports")
    made = files.start(FIRST)
    (made / "draft").write_bytes(b"done")
    assert files.keep(made / "draft", "a.csv.zip")[0] == 4
    assert files.path(FIRST, "a.csv.zip") == made / "a.csv.zip"
    for attempt, name in [
        (FIRST, "../../tokens.json"),
        (FIRST, ".."),
        (FIRST, "draft"),
        (FIRST, "A.csv"),
        ("..", "tokens.json"),
        ("", "tokens.json"),
        (ID, "a.csv.zip"),
        (FIRST + "/..", "a.csv.zip"),
    ]:
        assert files.path(attempt, name) is None
    with pytest.raises(ValueError, match="not an attempt"):
        files.remove("..")
    files.forget("..")
    other = files.start(f"{ID}-2")
    files.remove(f"{ID}-2")
    assert not other.exists()
    assert made.exists()
    files.forget(ID)
    assert files.path(FIRST, "a.csv.zip") is None
    assert (tmp_path / "tokens.json").exists()


def test_a_job_is_read_back_as_it_was_kept() -> None:
    at = stamp(datetime(2026, 1, 15, 12, tzinfo=UTC))
    job = Job(ID, "a", "CSV", {"kind": "THINGS", "ids": ["x"]}, ("330000",), at, at, at)
    assert Job.of(job.stored()) == job
    assert not job.is_over


@given(st.integers(946_684_800_000, 4_102_444_800_000), st.integers(-12, 12))
def test_stamps_order_as_their_times_do(milliseconds: int, hours: int) -> None:
    zone = timezone(timedelta(hours=hours))
    at = datetime.fromtimestamp(milliseconds / 1000, zone)
    assert stamp(at) < stamp(at + timedelta(milliseconds=1))
    assert stamp(at) == stamp(at.astimezone(UTC))


def test_requests_are_equal_when_action_arguments_and_case_are() -> None:
    one = Request("judge", "k" * 8, {"a": 1, "b": [2]}, "c")
    assert one.fingerprint == Request("judge", "other-key", {"b": [2], "a": 1}, "c").fingerprint
    for other in (
        Request("withdraw", "k" * 8, {"a": 1, "b": [2]}, "c"),
        Request("judge", "k" * 8, {"a": 2, "b": [2]}, "c"),
        Request("judge", "k" * 8, {"a": 1, "b": [2]}),
    ):
        assert other.fingerprint != one.fingerprint
