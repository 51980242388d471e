"""All that is known of one merchant, as shown."""

from __future__ import annotations

import strawberry

from api.bounds import Bound, shown_bounds
from api.cluster import Cluster
from api.context import Info
from api.entity import Entity, Relation, shown
from api.finding import Finding
from api.language import Lang, Language
from api.paging import Bounded, First
from api.record import Record
from api.resolved import resolved
from api.scalars import JSON, Date
from graph.model.texts import text
from queries import dossier
from queries.history import PropertyHistory, Saying
from queries.masking import mask_properties
from queries.pages import DEFAULT_FIRST, PageRequest
from queries.reading import Reading


@strawberry.type(description="某属性的一个值 / One value ever said of a property")
class SaidValue:
    """A value, and who says so."""

    said_by: strawberry.Private[tuple[str, ...]]
    value: JSON = strawberry.field(description="值 / The value")
    holds: bool = strawberry.field(
        description="是否当前采用 / Whether it is the one that holds, by the latest record"
    )

    @resolved("说出它的记录 / Records that say so, oldest first")
    async def records(self, info: Info, first: First = DEFAULT_FIRST) -> list[Record]:
        """The first records that say so."""
        request = PageRequest.of(first, None, ())
        found = await info.context.said(self.said_by)
        return [Record.of(record) for record in found[: request.first]]


@strawberry.type(
    description="一个标识属性及其历次所述 / An identifying property, all that was said of it"
)
class IdentifyingProperty:
    """A property with the value that holds and those it superseded."""

    name: str = strawberry.field(description="属性 / Property")
    values: list[SaidValue] = strawberry.field(
        description="历次所述，当前采用者在前 / Values, the one that holds first"
    )

    @classmethod
    def of(cls, history: PropertyHistory) -> IdentifyingProperty:
        """The history as shown."""
        values = []
        if history.holds is not None:
            behind = (history.holds.record, *history.confirmed)
            values.append(_said(history.name, history.holds, behind, holds=True))
        values += [
            _said(history.name, saying, (saying.record,), holds=False)
            for saying in history.superseded
        ]
        return cls(name=history.name, values=values)


def _said(name: str, saying: Saying, behind: tuple[str, ...], *, holds: bool) -> SaidValue:
    shown_value = mask_properties("Merchant", {name: saying.value})[name]
    return SaidValue(said_by=behind, value=JSON(shown_value), holds=holds)


@strawberry.type(description="控制关系上的一个主体 / One merchant up or down the control chain")
class ControlStep:
    """A declared parent or child."""

    depth: int = strawberry.field(description="相隔步数 1–3 / Steps away, 1..3")
    is_above: bool = strawberry.field(
        description="是否在上（总、控股、特许方） / Whether it is above: a parent, not a child"
    )
    relation: Relation = strawberry.field(
        description="最后一步的关系 / The relation of the last step"
    )
    node: Entity = strawberry.field(description="主体 / The merchant")


@strawberry.type(description="卷宗中的一条 / One row of a section")
class DossierRow:
    """A relation of the merchant and the thing at its other end."""

    relation: Relation = strawberry.field(description="关系 / The relation")
    node: Entity = strawberry.field(description="另一端 / The thing at its other end")
    state: Entity | None = strawberry.field(
        description="证书当日的状态 / State of a certificate on the day; null where none is recorded"
    )
    lab: Entity | None = strawberry.field(
        description="出具报告的机构 / Lab that issued a report; null where it is not visible"
    )
    flags: list[str] = strawberry.field(
        description="涉及它的未结检出规则（线索） / Detectors with an open finding about it: leads"
    )

    @classmethod
    def of(cls, row: dossier.DossierRow) -> DossierRow:
        """The row as shown."""
        return cls(
            relation=Relation.of(row.step.relation),
            node=shown(row.step.other),
            state=shown(row.state) if row.state else None,
            lab=shown(row.lab) if row.lab else None,
            flags=list(row.flags),
        )


@strawberry.type(description="卷宗的一部分 / One section of a dossier")
class DossierSection:
    """One kind of thing the merchant has."""

    name: str = strawberry.field(description="部分 / Which section")
    rows: list[DossierRow] = strawberry.field(
        description=f"前 {dossier.SECTION_LIMIT} 条 / The first {dossier.SECTION_LIMIT}"
    )
    count: int = strawberry.field(
        description="可见条数；truncated 且超过 1000 时为下限 / How many you may see; at least so "
        "many when truncated beyond 1000"
    )
    truncated: bool = strawberry.field(description="是否未全部列出 / Whether not all are listed")

    @classmethod
    def of(cls, section: dossier.Section) -> DossierSection:
        """The section as shown."""
        return cls(
            name=section.name,
            rows=[DossierRow.of(row) for row in section.rows],
            count=section.count,
            truncated=section.truncated,
        )


@strawberry.type(description="一个经营主体的卷宗 / All that is known of one merchant, at once")
class Dossier(Bounded):
    """A merchant with all its sections."""

    merchant: Entity = strawberry.field(description="经营主体 / The merchant")
    identifying: list[IdentifyingProperty] = strawberry.field(
        description="名称与代码及其历次所述 / Names and codes, with all that was said of them"
    )
    control: list[ControlStep] = strawberry.field(
        description="控股、总分支、特许关系，上下各三步 / Declared parents and children, three steps "
        "each way"
    )
    sections: list[DossierSection] = strawberry.field(
        description="网店、直播间、证书、报告、地址等各部分 / Stores, rooms, certificates, reports, …"
    )
    findings: list[Finding] = strawberry.field(
        description="未结检出（线索，不是证据） / Open findings: leads, never proof"
    )
    clusters: list[Cluster] = strawberry.field(
        description="所在群组（线索） / Clusters it is seen in: leads, never proof"
    )
    regions: list[str] = strawberry.field(
        description="提供记录的地区（可见者） / Regions whose records speak of it, those you may see"
    )
    bounds: list[Bound] = strawberry.field(description="所受上限 / Bounds it was held to")

    @resolved("告示 / What this is, and what it is not")
    def notice(self, lang: Lang = Language.ZH) -> str:
        """Findings are leads, never proof."""
        return text("api.notice", lang.value)

    @classmethod
    def of(cls, found: dossier.Dossier, reading: Reading) -> Dossier:
        """The dossier as shown."""
        return cls(
            merchant=shown(found.merchant),
            identifying=[IdentifyingProperty.of(each) for each in found.identifying],
            control=[
                ControlStep(
                    depth=each.depth,
                    is_above=each.is_above,
                    relation=Relation.of(each.relation),
                    node=shown(each.other),
                )
                for each in found.control
            ],
            sections=[DossierSection.of(section) for section in found.sections.values()],
            findings=[Finding.of(finding) for finding in found.findings],
            clusters=[Cluster.of(view, reading) for view in found.clusters],
            regions=list(found.merchant.regions),
            bounds=shown_bounds(found.bounds),
            truncated=found.truncated,
            withheld_count=found.withheld,
            as_of=Date(found.as_of),
        )
