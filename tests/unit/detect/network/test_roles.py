"""One role each, the most telling first."""

from __future__ import annotations

import pytest

from detect.network.roles import MemberFacts, Role, role_of


@pytest.mark.parametrize(
    ("facts", "role"),
    [
        (MemberFacts(products_made=1, stores=3), Role.SOURCE),
        (MemberFacts(declared_role="manufacturer"), Role.SOURCE),
        (MemberFacts(certificates_held=1), Role.SOURCE),
        (MemberFacts(live_rooms=1, stores=1), Role.STREAMER),
        (MemberFacts(stores=1, waybill_aggregates=9), Role.STORE),
        (MemberFacts(waybill_aggregates=1, payee_sharers=5), Role.PACKER),
        (MemberFacts(payee_sharers=1), Role.CONTROLLER),
        (MemberFacts(), Role.MEMBER),
    ],
)
def test_role(facts: MemberFacts, role: Role) -> None:
    assert role_of(facts) is role
