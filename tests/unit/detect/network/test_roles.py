"""Roles by small rules; a member may have several, and an unknown one is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detect.network.roles import MemberFacts, Role, Sight, role_of, roles_of


@pytest.mark.parametrize(
    ("facts", "role"),
    [
        (MemberFacts(products_made=1, stores=3), Role.SOURCE),
        (MemberFacts(declared_role="manufacturer"), Role.SOURCE),
        (MemberFacts(certificates_held=1), Role.SOURCE),
        (MemberFacts(lab_licences=1), Role.LAB),
        (MemberFacts(live_rooms=1, stores=1), Role.STREAMER),
        (MemberFacts(stores=1, waybill_aggregates=9), Role.STORE),
        (MemberFacts(waybill_aggregates=1, payee_sharers=5), Role.PACKER),
        (MemberFacts(account_sharers=2), Role.FORWARDER),
        (MemberFacts(account_sharers=1), Role.MEMBER),
        (MemberFacts(account_sharers=9, products_made=1), Role.SOURCE),
        (MemberFacts(payee_sharers=1), Role.CONTROLLER),
        (MemberFacts(controlled=1), Role.CONTROLLER),
        (MemberFacts(declared_role="seller"), Role.MEMBER),
        (MemberFacts(), Role.MEMBER),
    ],
)
def test_the_most_telling_role(facts: MemberFacts, role: Role) -> None:
    assert role_of(facts) is role


def test_a_member_may_have_several_roles_each_with_what_it_was_seen_in() -> None:
    facts = MemberFacts(
        stores=2,
        controlled=3,
        waybill_aggregates=9,
        declared_role="manufacturer",
        seen={"stores": Sight(2, ("Store:a", "Store:b"), ("r1", "r2"))},
    )
    source, store, controller = roles_of(facts)
    assert (source.role, source.fact, source.records) == (Role.SOURCE, "declared_role", ())
    assert (store.role, store.count, store.records) == (Role.STORE, 2, ("r1", "r2"))
    assert (controller.role, controller.fact) == (Role.CONTROLLER, "controlled")


def test_who_sells_or_makes_is_no_packer_forwarder_or_payee_alone() -> None:
    busy = MemberFacts(stores=1, waybill_aggregates=5, payee_sharers=5, account_sharers=5)
    assert [each.role for each in roles_of(busy)] == [Role.STORE]


_COUNT = st.integers(0, 5)


@given(
    st.builds(
        MemberFacts,
        products_made=_COUNT,
        certificates_held=_COUNT,
        stores=_COUNT,
        live_rooms=_COUNT,
        waybill_aggregates=_COUNT,
        payee_sharers=_COUNT,
        account_sharers=_COUNT,
        controlled=_COUNT,
        lab_licences=_COUNT,
        declared_role=st.sampled_from(["", "seller", "manufacturer"]),
    )
)
def test_every_role_rests_on_a_fact_and_unknown_stands_alone(facts: MemberFacts) -> None:
    reasons = roles_of(facts)
    assert role_of(facts) is reasons[0].role
    unknown = [each for each in reasons if each.role is Role.MEMBER]
    assert bool(unknown) == (len(reasons) == 1 and not reasons[0].fact)
    order = list(Role)
    assert [order.index(each.role) for each in reasons] == sorted(
        order.index(each.role) for each in reasons
    )
    for each in reasons:
        assert each.role is Role.MEMBER or (each.count > 0 and hasattr(facts, each.fact))
