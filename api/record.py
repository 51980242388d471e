"""One statement of one source, as shown."""

from __future__ import annotations

import strawberry

from api.scalars import JSON, DateTime
from queries.masking import mask_payload
from queries.provenance import RecordView


@strawberry.type(description="一条来源记录 / One statement of one source")
class Record:
    """Who says what, read where and when. Personal properties are masked."""

    id: strawberry.ID = strawberry.field(description="记录编号 / Id of the record")
    source: str = strawberry.field(description="来源 / Who says so")
    locator: str = strawberry.field(
        description="出处（文件与行） / Where it was read (file and line)"
    )
    retrieved_at: DateTime = strawberry.field(description="取得时间 / When it was read")
    region: str = strawberry.field(description="归属地区 / Region that owns it")
    asserts: str = strawberry.field(description="所述对象 / What it speaks of")
    payload: JSON = strawberry.field(description="所述属性 / What it says")

    @classmethod
    def of(cls, view: RecordView) -> Record:
        """The record as shown."""
        return cls(
            id=strawberry.ID(view.id),
            source=view.source,
            locator=view.locator,
            retrieved_at=DateTime(view.retrieved_at),
            region=view.region,
            asserts=view.asserts,
            payload=JSON(mask_payload(view.asserts, view.payload)),
        )
