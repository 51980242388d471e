"""What the service says of itself: who is asking, and what there is to ask for."""

from __future__ import annotations

import strawberry

from api.language import Lang, Language
from api.resolved import resolved
from api.scalars import DateTime
from graph.ontology import EntityType, Property, RelationType, ontology


@strawberry.type(description="提问者 / Who is asking")
class Viewer:
    """The reader behind the token."""

    name: str = strawberry.field(description="名称 / Name")
    regions: list[str] = strawberry.field(
        description="可见地区，含全国 000000 / Regions you may see, national data 000000 included"
    )
    expires_at: DateTime = strawberry.field(description="令牌失效时间 / When the token ends")
    role: str = strawberry.field(
        description="令牌角色：reader 只可查询，investigator 亦可修改 / "
        "Role of the token: a reader asks, an investigator also changes things"
    )


@strawberry.type(description="一个属性 / One property")
class PropertyInfo:
    """One property of a type."""

    prop: strawberry.Private[Property]
    name: str = strawberry.field(description="名称 / Name")
    kind: str = strawberry.field(description="值的种类 / Kind of value")
    unit: str | None = strawberry.field(description="单位 / Unit")
    is_required: bool = strawberry.field(description="是否必填 / Whether it is required")
    is_personal: bool = strawberry.field(
        description="是否个人信息（默认遮盖） / Whether it is personal, and masked"
    )

    @resolved("含义 / What it means")
    def title(self, lang: Lang = Language.ZH) -> str:
        """What the property means."""
        return self.prop.zh if lang is Language.ZH else self.prop.en

    @classmethod
    def of(cls, prop: Property) -> PropertyInfo:
        """The property as shown."""
        return cls(
            prop=prop,
            name=prop.name,
            kind=prop.kind,
            unit=prop.unit,
            is_required=prop.required,
            is_personal=prop.personal,
        )


@strawberry.type(description="一种实体 / One type of thing")
class EntityTypeInfo:
    """One entity type of the ontology."""

    entity: strawberry.Private[EntityType]
    name: str = strawberry.field(description="类型 / Type")
    key: list[str] = strawberry.field(description="主键属性 / Key properties")
    properties: list[PropertyInfo] = strawberry.field(description="属性 / Properties")

    @resolved("名称 / What it is called")
    def title(self, lang: Lang = Language.ZH) -> str:
        """The title of the type."""
        return self.entity.title[lang.value]

    @resolved("说明 / What it is")
    def doc(self, lang: Lang = Language.ZH) -> str:
        """The meaning of the type."""
        return self.entity.doc[lang.value]


@strawberry.type(description="一种关系 / One type of relation")
class RelationTypeInfo:
    """One relation of the ontology."""

    relation: strawberry.Private[RelationType]
    name: str = strawberry.field(description="类型 / Type")
    start: str = strawberry.field(description="起点类型 / Type of its start")
    end: str = strawberry.field(description="终点类型 / Type of its end")
    properties: list[PropertyInfo] = strawberry.field(description="属性 / Properties")
    is_link: bool = strawberry.field(
        description="是否可作关联依据 / Whether sharing its end may tie merchants"
    )

    @resolved("名称 / What it is called")
    def title(self, lang: Lang = Language.ZH) -> str:
        """The title of the relation."""
        return self.relation.title[lang.value]


@strawberry.type(description="图谱里有什么 / What there is in the graph")
class OntologyInfo:
    """The ontology, in the order of names."""

    entities: list[EntityTypeInfo] = strawberry.field(description="实体类型 / Entity types")
    relations: list[RelationTypeInfo] = strawberry.field(description="关系类型 / Relation types")


def ontology_info() -> OntologyInfo:
    """The ontology as shown."""
    known = ontology()
    return OntologyInfo(
        entities=[
            EntityTypeInfo(
                entity=entity,
                name=name,
                key=list(entity.key),
                properties=[PropertyInfo.of(prop) for prop in entity.properties],
            )
            for name, entity in sorted(known.entities.items())
        ],
        relations=[
            RelationTypeInfo(
                relation=relation,
                name=name,
                start=relation.start,
                end=relation.end,
                properties=[PropertyInfo.of(prop) for prop in relation.properties],
                is_link=relation.link is not None,
            )
            for name, relation in sorted(known.relations.items())
        ],
    )
