from __future__ import annotations

from hypothesis import settings

# The machine may be busy: how long an example takes is no property of the engines.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
