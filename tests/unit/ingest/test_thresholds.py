from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import ThresholdExceeded
from ingest.thresholds import CANONICAL, Threshold


def test_the_error_says_which_source_and_both_figures() -> None:
    with pytest.raises(ThresholdExceeded) as caught:
        Threshold(0.05, 2, "因", "why").check("merchant", read=100, refused=6)
    assert caught.value.params["table"] == "merchant"
    assert (caught.value.params["read"], caught.value.params["refused"]) == (100, 6)
    assert "nothing was written" in str(caught.value)


def test_a_short_file_may_have_a_few_wrong_rows() -> None:
    assert CANONICAL.allows(read=6, refused=5)
    assert not CANONICAL.allows(read=6, refused=6)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 50))
def test_one_refusal_more_never_turns_a_stop_into_a_pass(
    read: int, refused: int, rows: int
) -> None:
    threshold = Threshold(0.1, rows, "因", "why")
    if not threshold.allows(read, refused):
        assert not threshold.allows(read, refused + 1)


@pytest.mark.parametrize(("share", "rows"), [(1.0, 0), (-0.1, 0), (0.5, -1)])
def test_a_threshold_that_would_let_everything_through_is_refused(share: float, rows: int) -> None:
    with pytest.raises(ValueError, match="share"):
        Threshold(share, rows, "因", "why")
