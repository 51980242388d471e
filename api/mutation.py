"""What readers may change. Each change has an idempotency key, and errors that a program can tell apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, cast

import strawberry

from api.actions import changes, hubs
from api.actions.receipts import Answer, Conflict, Effect, Request
from api.context import Info
from api.entity import shown
from api.errors import message, shown_as
from api.export_filter import conditions_of
from api.export_job import ExportJob, job_id
from api.generated.types import HubRegistration
from api.mutation_types import (
    AcknowledgeFlagInput,
    AcknowledgeFlagPayload,
    CancelJobInput,
    ExpireHubInput,
    HubPayload,
    JobPayload,
    JudgeIdentityInput,
    JudgementPayload,
    RegisterHubInput,
    StartExportInput,
    UserError,
    UserErrorCode,
    WithdrawJudgementInput,
)
from api.questions.jobs import desk_of
from api.resolved import resolved
from api.scalars import DateTime
from graph.errors import QueryError, ValueRefused
from queries.lookup import nodes

_INPUT = "input"


@strawberry.type(
    description="修改。须用角色为 investigator 的令牌；同一 idempotencyKey 与参数只执行一次，"
    "每次修改记入审计日志。 / "
    "Changes. They need a token of the role investigator; the same idempotency key and arguments act "
    "once, and every change leaves a line in the audit log."
)
class Mutation:
    """The root of every change."""

    @resolved("开始一次导出 / Start an export")
    async def start_export(
        self,
        info: Info,
        input: Annotated[  # noqa: A002 - Relay names it so
            StartExportInput, strawberry.argument(description="参数 / What to export")
        ],
    ) -> JobPayload:
        """Queue an export."""
        try:
            where = conditions_of(input.where)
        except (QueryError, ValueRefused) as refused:
            return JobPayload(job=None, errors=[_mended(info, refused, "where")])
        asked = {
            "kind": input.kind.value,
            "as_of": input.as_of or info.context.reading.as_of,
            "query": input.query or "",
            "types": sorted(set(input.types or where)),
            "where": where,
            "ids": sorted({str(name) for name in input.ids or ()}),
            "depth": input.depth,
            "relations": sorted(set(input.relations or ())),
        }
        arguments = {**asked, "format": input.format.value}
        if input.as_of is None:
            arguments["as_of"] = None  # asked again tomorrow it is the same request
        request = Request("startExport", input.idempotency_key, arguments, input.case)
        answer, errors = await _perform(
            info,
            request,
            lambda actor: changes.start_export(
                actor, input.format.value, asked, desk_of(info).settings.jobs
            ),
        )
        desk_of(info).runner.wake()
        return await _job_payload(info, answer, errors)

    @resolved("取消自己的任务；已结束者不变 / Cancel a job of yours; one that ended stays as it is")
    async def cancel_job(
        self,
        info: Info,
        input: Annotated[  # noqa: A002
            CancelJobInput, strawberry.argument(description="参数 / Which job")
        ],
    ) -> JobPayload:
        """Cancel a job."""
        identifier = job_id(input.id)
        request = Request("cancelJob", input.idempotency_key, {"id": identifier}, input.case)
        answer, errors = await _perform(
            info, request, lambda actor: changes.cancel_job(actor, identifier)
        )
        return await _job_payload(info, answer, errors)

    @resolved(
        "判断两者是否同一；须能看到两者 / Judge whether two are one; you must see at least a record of both"
    )
    async def judge_identity(
        self,
        info: Info,
        input: Annotated[  # noqa: A002
            JudgeIdentityInput, strawberry.argument(description="参数 / The judgement")
        ],
    ) -> JudgementPayload:
        """Judge two subjects."""
        pair = (str(input.left), str(input.right))
        arguments = {
            "left": pair[0],
            "right": pair[1],
            "judgement": input.judgement.value,
            "reason": input.reason,
            "region": input.region,
        }
        request = Request("judgeIdentity", input.idempotency_key, arguments, input.case)
        answer, errors = await _perform(
            info,
            request,
            lambda actor: changes.judge_identity(
                actor, pair, str(input.judgement.value), input.reason, input.region
            ),
        )
        return _judgement_payload(answer, errors)

    @resolved(
        "撤回一个判断；须能看到其两端 / Withdraw a judgement; you must see at least a record of both ends"
    )
    async def withdraw_judgement(
        self,
        info: Info,
        input: Annotated[  # noqa: A002
            WithdrawJudgementInput, strawberry.argument(description="参数 / Which judgement")
        ],
    ) -> JudgementPayload:
        """Withdraw a judgement."""
        identifier = str(input.id)
        arguments = {"id": identifier, "reason": input.reason, "region": input.region}
        request = Request("withdrawJudgement", input.idempotency_key, arguments, input.case)
        answer, errors = await _perform(
            info,
            request,
            lambda actor: changes.withdraw_judgement(actor, identifier, input.reason, input.region),
        )
        return _judgement_payload(answer, errors)

    @resolved("确认已阅一条每周提示 / Acknowledge a weekly flag that you are shown")
    async def acknowledge_flag(
        self,
        info: Info,
        input: Annotated[  # noqa: A002
            AcknowledgeFlagInput, strawberry.argument(description="参数 / Which flag")
        ],
    ) -> AcknowledgeFlagPayload:
        """Acknowledge a flag."""
        flag = str(input.id)
        request = Request(
            "acknowledgeFlag",
            input.idempotency_key,
            {"id": flag, "note": input.note},
            input.case,
        )
        answer, errors = await _perform(
            info, request, lambda actor: changes.acknowledge_flag(actor, flag, input.note)
        )
        return AcknowledgeFlagPayload(
            flag_id=strawberry.ID(answer["flag"]) if answer else None,
            acknowledged_at=DateTime(answer["at"]) if answer else None,
            errors=errors,
        )

    @resolved(
        "登记合法枢纽，有效期内不作为关联依据 / Register a legitimate hub: while it holds it links none"
    )
    async def register_hub(
        self,
        info: Info,
        input: Annotated[  # noqa: A002
            RegisterHubInput, strawberry.argument(description="参数 / What to register")
        ],
    ) -> HubPayload:
        """Register a hub."""
        asked = {
            "id": str(input.id),
            "reason": str(input.reason.value),
            "expires_on": str(input.expires_on),
        }
        arguments = {**asked, "why": input.why, "region": input.region}
        request = Request("registerHub", input.idempotency_key, arguments, input.case)
        return await _hub_payload(
            info,
            request,
            lambda actor: hubs.register_hub(
                actor, info.context.reading, asked, input.why, input.region
            ),
        )

    @resolved("终止枢纽登记，自今日起 / End the registration of a hub, from today on")
    async def expire_hub(
        self,
        info: Info,
        input: Annotated[  # noqa: A002
            ExpireHubInput, strawberry.argument(description="参数 / Which registration")
        ],
    ) -> HubPayload:
        """End a registration."""
        name = str(input.id)
        arguments = {"id": name, "why": input.why, "region": input.region}
        request = Request("expireHub", input.idempotency_key, arguments, input.case)
        return await _hub_payload(
            info,
            request,
            lambda actor: hubs.expire_hub(
                actor, info.context.reading, name, input.why, input.region
            ),
        )


async def _hub_payload(
    info: Info, request: Request, effect_of: Callable[[changes.Actor], Effect]
) -> HubPayload:
    answer, errors = await _perform(info, request, effect_of)
    if answer is None:
        return HubPayload(hub=None, errors=errors)
    # It may have been looked at before it was changed.
    found = await nodes(info.context.reading, [answer["hub"]])
    views = list(found.values())
    hub = cast("HubRegistration", shown(views[0])) if views else None
    return HubPayload(hub=hub, errors=errors)


async def _perform(
    info: Info, request: Request, effect_of: Callable[[changes.Actor], Effect]
) -> tuple[Answer | None, list[UserError]]:
    """The answer of a change, or the errors that kept it from being made."""
    context, desk = info.context, desk_of(info)
    if context.token is None or not context.token.may_write:
        return None, [_error(info, UserErrorCode.FORBIDDEN, "action.forbidden", None, (), {})]
    actor = changes.Actor(context.reading.reader, desk.settings.now())
    try:
        effect = effect_of(actor)
        answer = await desk.receipts.perform(request, actor.reader.name, actor.now, effect)
    except Conflict:
        path = (_INPUT, "idempotencyKey")
        return None, [_error(info, UserErrorCode.CONFLICT, "action.conflict", None, path, {})]
    except (QueryError, ValueRefused) as refused:
        return None, [_mended(info, refused)]
    return answer, []


def _mended(info: Info, refused: QueryError | ValueRefused, argument: str = "") -> UserError:
    """The error as shown; `argument` is the one that is to blame, else its reason tells."""
    shown, params = shown_as(refused)
    code = UserErrorCode(shown.code)
    blamed = (_INPUT, argument) if argument else (_INPUT,)
    if not isinstance(refused, ValueRefused):
        return _error(info, code, shown.text, refused.code, blamed, params)
    path = blamed if argument else (_INPUT, *_ARGUMENTS.get(refused.reason, ()))
    params |= {"reason": refused.reason}
    return _error(info, code, shown.text, refused.reason, path, params)


#: Which argument a reason speaks of.
_ARGUMENTS = {
    "action.key": ("idempotencyKey",),
    "action.case": ("case",),
    "action.reason": ("reason",),
    "action.why": ("why",),
    "action.region": ("region",),
    "export.types": ("types",),
    "export.where": ("where",),
    "entity.type": ("types",),
    "export.ids": ("ids",),
    "export.depth": ("depth",),
    "relation.type": ("relations",),
    "search.query": ("query",),
    "hub.expiry": ("expiresOn",),
    "hub.type": ("id",),
    "judgement.why": ("reason",),
    "judgement.one_subject": ("right",),
    "judgement.types": ("right",),
}


def _error(
    info: Info,
    code: UserErrorCode,
    key: str,
    reason: str | None,
    path: tuple[str, ...],
    params: Mapping[str, object],
) -> UserError:
    said = message(key, info.context.language, params)
    return UserError(code=code, reason=reason, message=said, path=list(path))


async def _job_payload(info: Info, answer: Answer | None, errors: list[UserError]) -> JobPayload:
    if answer is None:
        return JobPayload(job=None, errors=errors)
    job = await desk_of(info).jobs.get(info.context.reading.reader.name, answer["job"])
    return JobPayload(job=ExportJob.of(job) if job else None, errors=errors)


def _judgement_payload(answer: Answer | None, errors: list[UserError]) -> JudgementPayload:
    return JudgementPayload(
        judgement_id=strawberry.ID(answer["judgement"]) if answer else None, errors=errors
    )
