"""What every operation passes before it runs, whatever way it came: trusted documents, budgets, turns."""

from __future__ import annotations

from api.gate_settings import GateSettings
from api.rate import Buckets
from api.trusted import TrustedDocuments
from api.turns import Turns


class Gate:
    """One for each service."""

    def __init__(self, settings: GateSettings) -> None:
        self.trusted = TrustedDocuments(settings.trusted)
        self.buckets = Buckets(settings.rate)
        self.turns = Turns(settings.large_at_once)
