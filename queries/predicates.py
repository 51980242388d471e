"""Cypher predicates put together, with what is always true or always false left out.

Not for looks: of `a OR (true AND b)`, where `a` and `b` hold subqueries, the planner of Neo4j 5.26.30 makes
an error of its own ("There should be at least one subquery expression"); of `a OR b` it makes a plan.
"""

from __future__ import annotations

ALWAYS, NEVER = "true", "false"


def every(*said: str) -> str:
    """Cypher: all of the predicates hold; `true` for none."""
    return _joined("AND", said, ALWAYS, NEVER)


def either(*said: str) -> str:
    """Cypher: one of the predicates holds; `false` for none."""
    return _joined("OR", said, NEVER, ALWAYS)


def negated(said: str) -> str:
    """Cypher: the predicate does not hold."""
    return {ALWAYS: NEVER, NEVER: ALWAYS}.get(said, f"NOT ({said})")


def _joined(word: str, said: tuple[str, ...], idle: str, deciding: str) -> str:
    if deciding in said:
        return deciding
    telling = [one for one in said if one != idle]
    if len(telling) < 2:
        return telling[0] if telling else idle
    return f"({f' {word} '.join(telling)})"
