"""The questions one may ask, put together."""

from __future__ import annotations

import strawberry

from api.generated.questions import EntityQuestions
from api.questions.budget import Budgets
from api.questions.finding_things import FindingThings
from api.questions.jobs import Jobs
from api.questions.over_time import OverTime
from api.questions.service import Service
from api.questions.suspicions import Suspicions
from api.questions.things import Things
from api.questions.walking import Walking
from api.questions.weekly import Weekly


@strawberry.type(
    description="溯源图谱。检出与群组都是线索，不是证据；个人信息默认遮盖；只回答您有权看到的内容。 / "
    "The Suyuan graph. Findings and clusters are leads, never proof; personal data is masked; answers "
    "hold only what you may see."
)
class Query(
    EntityQuestions,
    Things,
    FindingThings,
    Walking,
    OverTime,
    Suspicions,
    Service,
    Jobs,
    Budgets,
    Weekly,
):
    """The root of every question."""
