"""What changes are given and what they answer: inputs, payloads, and errors that one can mend."""

from __future__ import annotations

import enum

import strawberry

from api.export_filter import ExportWhere
from api.export_job import ExportFormat, ExportJob, ExportKind
from api.generated.types import HubRegistration
from api.language import described
from api.scalars import Date, DateTime


@strawberry.enum(description="错误代码 / Code of an error that you can mend")
class UserErrorCode(enum.Enum):
    """Codes of `UserError`."""

    BAD_USER_INPUT = described("BAD_USER_INPUT", "输入有误 / Something given is not acceptable")
    CONFLICT = described(
        "CONFLICT", "idempotencyKey 已用于另一请求 / The key was used for another request"
    )
    FORBIDDEN = described("FORBIDDEN", "令牌的角色不可修改 / The role of your token may not change")
    LIMIT_EXCEEDED = described("LIMIT_EXCEEDED", "超出上限 / More than is allowed")
    NOT_FOUND = described("NOT_FOUND", "不存在或不可见 / Absent, or not visible to you")


@strawberry.type(
    description="可由使用者改正的错误；未作任何修改 / An error you can mend; nothing was changed"
)
class UserError:
    """Why a change was not made."""

    code: UserErrorCode = strawberry.field(description="代码 / Code")
    reason: str | None = strawberry.field(
        description="具体原因代码，如 action.key / Stable code of the reason, such as action.key"
    )
    message: str = strawberry.field(description="说明 / For people")
    path: list[str] = strawberry.field(description="有关的参数 / Argument concerned")


_KEY = "幂等键，8–128 个可见 ASCII 字符；同键同参只执行一次，7 天内有效 / "
_KEY += "Idempotency key, 8 to 128 visible ASCII characters; the same key and arguments act once, "
_KEY += "remembered for 7 days"
_CASE = "案号，记入审计日志 / Case number, kept in the audit log"
_REGION = "您以哪个地区的身份判断，仅有一个地区时可省 / Region you judge for; needed when you have several"


@strawberry.input(description="导出什么、什么格式 / What to export, and how")
class StartExportInput:
    """Arguments of `startExport`."""

    idempotency_key: str = strawberry.field(description=_KEY)
    format: ExportFormat = strawberry.field(description="格式 / Format")
    kind: ExportKind = strawberry.field(description="导出内容 / What to export")
    query: str | None = strawberry.field(
        default=None, description="查找内容（SEARCH） / What to look for, for SEARCH"
    )
    types: list[str] | None = strawberry.field(
        default=None, description="实体类型（SEARCH、THINGS） / Entity types, for SEARCH and THINGS"
    )
    where: ExportWhere | None = strawberry.field(
        default=None,
        description="各类实体的条件（THINGS），同列表的 where；未给 types 时为此处各类型 / Which things, "
        "for THINGS, as `where` of their lists; without `types`, of the types that stand here",
    )
    ids: list[strawberry.ID] | None = strawberry.field(
        default=None,
        description="编号（CLUSTER、NEIGHBOURHOOD） / Ids, for CLUSTER and NEIGHBOURHOOD, at most 100",
    )
    depth: int = strawberry.field(
        default=1, description="步数 1–3（NEIGHBOURHOOD） / Steps 1..3, for NEIGHBOURHOOD"
    )
    relations: list[str] | None = strawberry.field(
        default=None,
        description="关系类型，默认全部（NEIGHBOURHOOD） / Relation types, all by default",
    )
    as_of: Date | None = strawberry.field(
        default=None, description="截至日期，默认今天 / As of a date, today by default"
    )
    case: str | None = strawberry.field(default=None, description=_CASE)


@strawberry.input(description="取消哪个任务 / Which job to cancel")
class CancelJobInput:
    """Arguments of `cancelJob`."""

    idempotency_key: str = strawberry.field(description=_KEY)
    id: strawberry.ID = strawberry.field(description="任务编号 / Id of the job")
    case: str | None = strawberry.field(default=None, description=_CASE)


@strawberry.enum(description="对两者是否同一的判断 / Whether two are one")
class IdentityJudgement(enum.Enum):
    """What a person says of two subjects."""

    SAME = described("SAME", "同一主体 / They are one")
    DIFFERENT = described("DIFFERENT", "不同主体 / They are two")
    UNSURE = described("UNSURE", "不能确定 / It cannot be told")


@strawberry.input(description="判断两个主体是否同一 / A judgement on two subjects")
class JudgeIdentityInput:
    """Arguments of `judgeIdentity`."""

    idempotency_key: str = strawberry.field(description=_KEY)
    left: strawberry.ID = strawberry.field(
        description="一个主体、机构或地址 / A merchant, a lab or an address"
    )
    right: strawberry.ID = strawberry.field(description="同类的另一个 / Another of the same type")
    judgement: IdentityJudgement = strawberry.field(description="判断 / The judgement")
    reason: str = strawberry.field(description="理由，至多 2000 字 / Why, at most 2000 characters")
    region: str | None = strawberry.field(default=None, description=_REGION)
    case: str | None = strawberry.field(default=None, description=_CASE)


@strawberry.input(description="撤回哪个判断 / Which judgement to withdraw")
class WithdrawJudgementInput:
    """Arguments of `withdrawJudgement`."""

    idempotency_key: str = strawberry.field(description=_KEY)
    id: strawberry.ID = strawberry.field(description="判断编号 / Id of the judgement")
    reason: str = strawberry.field(description="理由，至多 2000 字 / Why, at most 2000 characters")
    region: str | None = strawberry.field(default=None, description=_REGION)
    case: str | None = strawberry.field(default=None, description=_CASE)


@strawberry.input(description="确认哪条提示 / Which flag to acknowledge")
class AcknowledgeFlagInput:
    """Arguments of `acknowledgeFlag`."""

    idempotency_key: str = strawberry.field(description=_KEY)
    id: strawberry.ID = strawberry.field(description="提示编号 / Id of the flag")
    note: str = strawberry.field(
        default="", description="备注，至多 2000 字 / A note, at most 2000 characters"
    )
    case: str | None = strawberry.field(default=None, description=_CASE)


@strawberry.enum(description="为何可以共用 / Why many may share an identifier")
class HubReason(enum.Enum):
    """Reasons of the register of legitimate hubs, as its property `reason` has them."""

    COURIER_OUTLET = described("courier_outlet", "快递网点 / A courier outlet")
    CLUSTER_REGISTRATION = described(
        "cluster_registration", "集群登记地址 / An address where many are registered by right"
    )
    CLOUD_WAREHOUSE = described("cloud_warehouse", "云仓 / A warehouse that serves many")
    MARKET_BUILDING = described("market_building", "市场、商厦 / A market or trade building")
    RETURN_CENTRE = described("return_centre", "退货中心 / A return centre")
    ESCROW = described("escrow", "存管、支付机构账户 / An escrow or payment institution's account")
    AGENCY = described("agency", "代理记账、代办机构 / An agency that acts for many")
    MCN = described("mcn", "MCN 机构 / An agency of streamers")


_HUB_REGION = _REGION.replace("判断", "登记").replace("judge", "register")


@strawberry.input(description="登记什么为合法枢纽 / What to register as a legitimate hub")
class RegisterHubInput:
    """Arguments of `registerHub`."""

    idempotency_key: str = strawberry.field(description=_KEY)
    id: strawberry.ID = strawberry.field(
        description="共用的地址、电话、账户等；须能看到 / The address, phone, account or such that is "
        "shared; you must see it"
    )
    reason: HubReason = strawberry.field(description="为何可以共用 / Why it may be shared")
    expires_on: Date = strawberry.field(
        description="失效日期，明日起五年内；当日起不再有效 / Day from which it holds no more: from "
        "tomorrow, at most five years ahead"
    )
    why: str = strawberry.field(
        description="核实经过，至多 2000 字，记入审计日志 / How it was confirmed, at most 2000 characters; "
        "kept in the audit log"
    )
    region: str | None = strawberry.field(default=None, description=_HUB_REGION)
    case: str | None = strawberry.field(default=None, description=_CASE)


@strawberry.input(description="终止哪项枢纽登记 / Which registration to end")
class ExpireHubInput:
    """Arguments of `expireHub`."""

    idempotency_key: str = strawberry.field(description=_KEY)
    id: strawberry.ID = strawberry.field(
        description="枢纽登记的编号，如 HubRegistration:… / Id of the registration"
    )
    why: str = strawberry.field(
        description="理由，至多 2000 字，记入审计日志 / Why, at most 2000 characters; kept in the audit log"
    )
    region: str | None = strawberry.field(default=None, description=_HUB_REGION)
    case: str | None = strawberry.field(default=None, description=_CASE)


_ERRORS = "错误；有错误时未作任何修改 / Errors; with one nothing was changed"


@strawberry.type(description="导出任务，或不能进行的原因 / A job, or why there is none")
class JobPayload:
    """Answer to `startExport` and `cancelJob`."""

    job: ExportJob | None = strawberry.field(description="任务 / The job")
    errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.type(description="判断，或未作判断的原因 / A judgement, or why there is none")
class JudgementPayload:
    """Answer to `judgeIdentity` and `withdrawJudgement`."""

    judgement_id: strawberry.ID | None = strawberry.field(
        description="判断编号 / Id of the judgement"
    )
    errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.type(description="确认，或未确认的原因 / An acknowledgement, or why there is none")
class AcknowledgeFlagPayload:
    """Answer to `acknowledgeFlag`."""

    flag_id: strawberry.ID | None = strawberry.field(description="提示编号 / Id of the flag")
    acknowledged_at: DateTime | None = strawberry.field(
        description="首次确认时间 / When you first acknowledged it"
    )
    errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.type(
    description="枢纽登记，或未登记的原因 / A registration, or why nothing was changed"
)
class HubPayload:
    """Answer to `registerHub` and `expireHub`."""

    hub: HubRegistration | None = strawberry.field(
        description="登记现状；路径与扩展随即依此，群组自下次每周运行起依此 / The registration as it is; "
        "paths and expansion follow it at once, clusters from the next weekly run"
    )
    errors: list[UserError] = strawberry.field(description=_ERRORS)
