"""Arguments that several questions take."""

from __future__ import annotations

from typing import Annotated

import strawberry

Id = Annotated[strawberry.ID, strawberry.argument(description="全局编号 / Global id")]
