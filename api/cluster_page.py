"""Why one should believe a cluster, and why not: its page of text, score, roles and what it hangs on."""

from __future__ import annotations

from functools import cached_property

import strawberry

from api.context import Info
from api.entity import Entity, shown
from api.language import Lang, Language
from api.paging import First
from api.record import Record
from api.resolved import resolved
from detect.detectors import DETECTORS
from queries import cluster_page as pages
from queries.cluster_sentences import Sentence, page_text, sentences
from queries.cluster_view import ClusterView, FragilityView, LossView, RoleView
from queries.pages import DEFAULT_FIRST, MAX_FIRST, PageRequest

_BASIS = {detector.id: detector.legal_basis for detector in DETECTORS}


async def _records(info: Info, ids: tuple[str, ...], first: int) -> list[Record]:
    request = PageRequest.of(first, None, ())
    found = await info.context.said(ids)
    return [Record.of(record) for record in found[: request.first]]


async def _entities(info: Info, ids: tuple[str, ...], first: int) -> list[Entity]:
    request = PageRequest.of(first, None, ())
    return [shown(view) for view in await info.context.seen(ids[: request.first])]


@strawberry.type(description="成员的一种角色 / One role of a member")
class ClusterRole:
    """One role, and what shows it."""

    view: strawberry.Private[RoleView]
    role: str = strawberry.field(
        description="source、lab、streamer、store、packer、forwarder、controller；不详为 member / "
        "source, lab, streamer, store, packer, forwarder, controller; member where it is not known"
    )
    fact: str = strawberry.field(description="据以认定的事实 / The fact that gives it")
    count: int = strawberry.field(description="该事实的数量 / How often the fact was seen")

    @resolved("可见的来源记录 / Visible records that show the fact")
    async def records(self, info: Info, first: First = DEFAULT_FIRST) -> list[Record]:
        """The first records behind the role."""
        return await _records(info, self.view.records, first)

    @classmethod
    def of(cls, view: RoleView) -> ClusterRole:
        """The role as shown."""
        return cls(view=view, role=view.role, fact=view.fact, count=view.count)


@strawberry.type(description="分数的一个组成部分 / One named part of the score")
class ClusterScorePart:
    """One part; the points of all parts are the score."""

    name: str = strawberry.field(
        description="检出规则编号，或 ties（关联） / A detector, such as D20, or ties"
    )
    points: int = strawberry.field(description="得分 / Points")
    maximum: int = strawberry.field(
        description="该类至多得分（权重） / The most that this kind of part can earn: its weight"
    )
    measured: float = strawberry.field(
        description="在成员上检出的次数，或平均相连强度 0–1 / How often it was seen on members, or the "
        "mean tie strength 0..1"
    )
    legal_basis: list[str] = strawberry.field(
        description="规则的依据条款 / Clauses the detector rests on"
    )


@strawberry.type(description="缺少一个标识的后果 / What the cluster loses without one identifier")
class ClusterLoss:
    """The identifier and who would drop out."""

    view: strawberry.Private[LossView]
    dropped_count: int = strawberry.field(description="脱离的成员数 / Members that drop out")
    is_split: bool = strawberry.field(
        description="脱离者是否自成群组 / Whether some of them still form a cluster of their own"
    )

    @resolved("标识 / The identifier")
    async def identifier(self, info: Info) -> Entity | None:
        """The identifier as a thing of the graph."""
        found = await _entities(info, (self.view.identifier,), 1)
        return found[0] if found else None

    @resolved("脱离的成员 / Who drops out")
    async def dropped(self, info: Info, first: First = DEFAULT_FIRST) -> list[Entity]:
        """The first of them."""
        return await _entities(info, self.view.dropped, first)


@strawberry.type(
    description="群组靠什么维系：去掉标识后重新运行所得 / "
    "What the cluster hangs on, as the engine said when it was run again without it"
)
class ClusterFragility:
    """What falls apart without which identifier, and which few are enough."""

    view: strawberry.Private[FragilityView]
    is_verified: bool = strawberry.field(
        description="局部重新运行能否得出同一群组；否则不作断言 / Whether a run of its surroundings gave "
        "the same cluster; if not, nothing is claimed"
    )
    rule: str = strawberry.field(description="重新运行的规则 / The rule that was run again")
    identifiers: int = strawberry.field(
        description="共有标识的数量 / How many identifiers are shared"
    )
    tried: int = strawberry.field(
        description="其中逐一试去的数量 / How many of them were taken away one by one"
    )
    is_irreducible: bool = strawberry.field(
        description="最小说明是否缺一不可 / Whether each identifier of the smallest explanation is needed"
    )

    @resolved(
        "最小说明：仅凭它们就能使全部成员相连 / Identifiers that alone hold all members together"
    )
    async def smallest(self, info: Info, first: First = DEFAULT_FIRST) -> list[Entity]:
        """The smallest explanation that was found."""
        return await _entities(info, self.view.smallest, first)

    @resolved("缺之则有成员脱离的标识 / Identifiers without which members drop out")
    def losses(self, first: First = DEFAULT_FIRST) -> list[ClusterLoss]:
        """The first losses, by the most widely held identifier first."""
        request = PageRequest.of(first, None, ())
        return [
            ClusterLoss(view=loss, dropped_count=len(loss.dropped), is_split=loss.is_split)
            for loss in self.view.losses[: request.first]
        ]


@strawberry.type(description="一句话及其依据 / One sentence and the records it rests on")
class ClusterSentence:
    """One sentence of the page."""

    sentence: strawberry.Private[Sentence]
    section: str = strawberry.field(description="所属部分 / Section of the page it belongs to")
    text: str = strawberry.field(description="内容 / What it says")

    @resolved("可见的来源记录，由旧到新 / Visible records it rests on, oldest first")
    async def records(self, info: Info, first: First = DEFAULT_FIRST) -> list[Record]:
        """The first records behind the sentence."""
        return await _records(info, self.sentence.records, first)


@strawberry.type(
    description="说明一个群组的一页文字。是线索，不是证据 / A page of text on one cluster. A lead, "
    "never proof"
)
class ClusterPage:
    """The page in one language."""

    page: strawberry.Private[pages.ClusterPage]
    lang: strawberry.Private[str]

    @cached_property
    def _said(self) -> tuple[Sentence, ...]:
        return sentences(self.page, self.lang)

    @resolved("全文，附记录编号 / The whole page, with ids of records")
    def text(self) -> str:
        """The page as plain text."""
        return page_text(self.page, self.lang)

    @resolved("逐句，每句附来源记录 / Sentence by sentence, each with its records")
    def sentences(self, first: First = MAX_FIRST) -> list[ClusterSentence]:
        """The first sentences."""
        request = PageRequest.of(first, None, ())
        return [
            ClusterSentence(sentence=each, section=each.section, text=each.text)
            for each in self._said[: request.first]
        ]


@strawberry.type
class ClusterReasons:
    """The part of a cluster that says why it should be believed, and why not."""

    view: strawberry.Private[ClusterView]

    @resolved("一页说明：谁、因何、自何时、何处存疑 / A page of text: who, why, since when, doubts")
    async def page(self, info: Info, lang: Lang = Language.ZH) -> ClusterPage:
        """The page in a language."""
        read = await pages.page_of_view(info.context.reading, self.view)
        return ClusterPage(page=read, lang=lang.value)

    @resolved("分数的组成，相加即为分数 / What the score is made of; the parts add up to it")
    def score_parts(self) -> list[ClusterScorePart]:
        """The parts, most points first."""
        return [
            ClusterScorePart(
                name=part.name,
                points=part.points,
                maximum=part.maximum,
                measured=part.measured,
                legal_basis=list(_BASIS.get(part.name, ())),
            )
            for part in self.view.score_parts
        ]

    @resolved(
        "靠什么维系；有隐藏部分或未研究时为空 / What it hangs on; null where part of it is hidden, or "
        "where that was not looked into"
    )
    def fragility(self) -> ClusterFragility | None:
        """What falls apart without what."""
        view = self.view.fragility
        if view is None:
            return None
        return ClusterFragility(
            view=view,
            is_verified=view.is_verified,
            rule=view.rule,
            identifiers=view.identifiers,
            tried=view.tried,
            is_irreducible=view.is_irreducible,
        )
