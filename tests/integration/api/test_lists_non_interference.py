"""What another region loads changes no list, count, order, cursor, group or relation that one may see."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, given, settings

from graph.store.session import Store
from tests.integration.api.service import Service
from tests.integration.api.test_non_interference import hidden_facts, what_is_hidden_tells_nothing

QUESTION = """{
  merchants(first: 10, orderBy: [{field: NAME}], where: {or: [{name: {contains: "电子"}},
      {usesPhone: {some: {linkClass: {isNull: true}}}}]}) {
    totalCount totalIsExact truncated withheldCount pageInfo { hasNextPage endCursor }
    edges { cursor node { id name firstSeen regions usesPhone(first: 1) { truncated withheldCount
      pageInfo { hasNextPage } edges { cursor relation { validTo endSeen } node { id linkClass } } } } }
  }
  reached: phones(first: 10, where: {usedBy: {none: {name: {eq: "乙"}}}}) {
    totalCount withheldCount nodes { id linkClass usedBy { withheldCount nodes { id label } } }
  }
  one: merchants(first: 2, where: {not: {name: {eq: "X"}}, usesPhone: {all: {usedBy: {some: {}}}}}) {
    totalCount truncated withheldCount pageInfo { hasNextPage endCursor } nodes { id }
  }
  merchantsAggregate(groupBy: [REGIONS, FIRST_SEEN_MONTH], where: {name: {startsWith: "商"}}) {
    count groupCount truncated withheldCount groups { count keys { value } measures {
      registeredOn { count min } } }
  }
  merchant(merchantId: "M3") { id name }
  phone(number: "13800138003") { id }
}"""


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(facts=hidden_facts)
def test_hidden_data_changes_only_what_is_withheld(
    service: Service, clean_store: Store, facts: list[tuple[str, str, str]]
) -> None:
    what_is_hidden_tells_nothing(clean_store, facts, lambda: answer(service))


def answer(service: Service) -> str:
    """The whole answer to a reader of HERE, without the counts of what is withheld."""
    service.deadline_s = 300.0
    response = service.post(QUESTION)
    assert "errors" not in response.json(), response.text
    return re.sub(r'"withheldCount":\d+', "", response.text)
