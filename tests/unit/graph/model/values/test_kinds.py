"""What holds for every kind alike."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from graph.model.values import KINDS, ValueKind
from tests.unit.graph.model.values.refusal import reason

CHECKOUT = Path(__file__).resolve().parents[5]
TEXTS = CHECKOUT / "graph" / "model" / "texts" / "refusals.yaml"
KIND_LIST = sorted(KINDS.values(), key=lambda kind: kind.name)

# Text that comes near what the kinds read: letters and signs they know, and any others in between.
_NEAR = st.text(
    alphabet=st.one_of(
        st.sampled_from(
            "0123456789-/.:,;%+*# ()（）年月日时分元万SFXKLIBCNASht上中号编批\u200b\u3000"
        ),
        st.characters(),
    ),
    min_size=1,
    max_size=40,
)


def reasons_in_code() -> set[str]:
    """Every reason the model raises ValueRefused with; each must be a literal to be found."""
    found = set()
    for path in (CHECKOUT / "graph" / "model").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ValueRefused":
                first = node.args[0]
                assert isinstance(first, ast.Constant), f"{path.name}:{node.lineno}: not a literal"
                found.add(str(first.value))
    return found


REASONS = reasons_in_code()


def test_every_reason_has_its_texts_and_no_text_is_left_over() -> None:
    texts = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))
    assert set(texts) == {f"refusal.{each}" for each in REASONS}
    assert all(set(forms) == {"zh", "en"} and all(forms.values()) for forms in texts.values())


@pytest.mark.parametrize("kind", KIND_LIST, ids=lambda kind: kind.name)
def test_examples_are_accepted_and_stay(kind: ValueKind) -> None:
    assert kind.examples
    for raw in kind.examples:
        value = kind.clean(raw)
        assert isinstance(value, kind.python_type)
        assert kind.clean(str(value)) == value


@pytest.mark.parametrize("kind", KIND_LIST, ids=lambda kind: kind.name)
@given(raw=_NEAR)
@example(raw="e\u200b\u0301")
@example(raw="\u3000")
@example(raw="\ud800")
@example(raw="１，２３４")
@example(raw="A\u00a0（B")
def test_cleaning_refuses_or_settles(kind: ValueKind, raw: str) -> None:
    refused = reason(kind.clean, raw)
    if refused is not None:
        assert refused in REASONS
        return
    value = kind.clean(raw)
    assert isinstance(value, kind.python_type)
    assert kind.clean(str(value)) == value
