"""Who may ask which documents, and how much of them in a while."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from api.auth import ROLES
from api.turns import half_of_cores


@dataclass(frozen=True, slots=True)
class TrustedSettings:
    """Where the trusted documents are, and what each role may ask besides.

    `source` is a folder of `.graphql` files, or a JSON file of SHA-256 → text. Roles in
    `strict_roles` may run trusted documents only; those not in `introspecting_roles` may not ask
    `__schema` and `__type`, and are given no suggestions of names.
    """

    source: Path | None = None
    strict_roles: frozenset[str] = frozenset()
    introspecting_roles: frozenset[str] = frozenset(ROLES)


@dataclass(frozen=True, slots=True)
class RateSettings:
    """Units that a reader may have saved up, and how many he gets back each second.

    A unit is the price of one plain field (see `api.limits`). The defaults give one reader a hundred
    of the largest lists at once, and after that twenty searches and paths of each kind a second.
    """

    capacity: int = 6_000_000
    per_s: float = 100_000.0


@dataclass(frozen=True, slots=True)
class GateSettings:
    """Of trusted documents, of the rate limit, and how many large operations may run at once."""

    trusted: TrustedSettings = field(default_factory=TrustedSettings)
    rate: RateSettings = field(default_factory=RateSettings)
    large_at_once: int = field(default_factory=half_of_cores)
