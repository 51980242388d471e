"""What speaks against a cluster, and findings put together by detector."""

from __future__ import annotations

from queries.cluster_doubts import one_source_members, outside_holders
from queries.cluster_page import by_detector
from queries.cluster_view import ClusterView, Member, Tie


def view(*members: Member) -> ClusterView:
    return ClusterView("c", "2025-10-08", members, (), (), 0, True, None, None)


def member(name: str, *ties: Tie) -> Member:
    return Member(name, None, 0.5, ties)


def test_outside_holders_are_counted_where_they_are_known() -> None:
    held = Tie("Phone:1", "USES_PHONE", (), 2, 7)
    inside = Tie("Phone:2", "USES_PHONE", (), 2, 2)
    unknown = Tie("Phone:3", "USES_PHONE", (), 2, None)
    assert outside_holders(view(member("a", held, inside, unknown))) == [("Phone:1", 5)]


def test_one_source_is_one_hand_however_many_ties() -> None:
    phone, device = Tie("Phone:1", "USES_PHONE", ()), Tie("Device:1", "USES_DEVICE", ())
    payee = Tie("PayeeAccount:1", "PAID_TO", ())
    judged = Tie("Merchant:b", "JUDGED", ())
    one, two = member("a", phone, device), member("b", phone, payee)
    said = one_source_members(view(one, two, member("c", phone, judged), member("d")))
    assert said == [(one, "platform")]


def test_findings_are_put_together_worst_violations_first() -> None:
    def row(detector: str, severity: int, *subjects: str, bad: bool = True) -> dict[str, object]:
        return {
            "detector": detector, "severity": severity, "is_violation": bad,
            "subjects": list(subjects), "legal_basis": [f"of {detector}"], "records": ["r1", "r2"],
        }  # fmt: skip

    said = by_detector(
        [
            row("D4", 5, "a", bad=False),
            row("D21", 3, "a", "x"),
            row("D20", 4, "b"),
            row("D21", 3, "b"),
        ],
        ["a", "b"],
    )
    assert [each.detector for each in said] == ["D20", "D21", "D4"]
    assert (said[1].findings, said[1].members, said[1].records) == (2, ("a", "b"), ("r1", "r2"))
