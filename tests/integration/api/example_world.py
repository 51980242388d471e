"""A world in which the examples of the reference find what they ask for, whole and named as there."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from api.jobs.store import Job
from detect.weekly.digest import ToldWeek, regional
from graph.model.judgements import Judgement
from graph.ontology import ontology
from graph.store.statement import Statement
from ingest.resolve import review
from tests.integration.queries.world import HERE, LATER, START, World

EXAMPLES = Path(__file__).parents[3] / "docs" / "reference" / "examples"
OWNER = "writer"
CODE = "91350100M000100Y43"
CLUSTER = "Cluster:C-000001"

_DIGEST = Statement("test_digest", "CREATE (d:WeeklyDigest) SET d = $properties")
_JOB = Statement("test_job", "CREATE (j:ExportJob) SET j = $properties")


def documents() -> list[Path]:
    """Every example, by its path."""
    return sorted(EXAMPLES.glob("*/*.graphql"))


def variables(document: Path) -> dict[str, Any]:
    """The variables that stand beside a document."""
    return dict(json.loads(document.with_suffix(".json").read_text(encoding="utf-8")))


def example_world(world: World) -> World:
    """Everything that the examples name."""
    ids = _one_of_each(world)
    first, store, lab = ids["Merchant"], ids["Store"], ids["TestLab"]
    second = world.thing("Merchant", ("taobao/1001",), name="乙商行")
    for merchant in (first, second):
        world.link("SHIPS_FROM", merchant, ids["Address"])
        world.link("USES_PHONE", merchant, ids["Phone"], role="contact")
    world.link("OPERATES", first, store)
    world.link("LISTS", store, ids["Listing"])
    world.link("SHOWS_REPORT", ids["Listing"], ids["TestReport"])
    world.link("COMMISSIONED_BY", ids["TestReport"], first)
    world.link("REPORT_FROM", ids["TestReport"], lab)
    world.link("PARENT_OF", second, first)
    world.thing("Merchant", (CODE,), name="甲商贸有限公司", at=LATER)
    world.link("RETURNS_TO", first, ids["Address"], at=LATER)
    world.crowd(500)
    world.cluster(CLUSTER, [HERE])
    third = world.thing("Merchant", ("taobao/1003",), name="丙商行", at=LATER)
    world.link("USES_PHONE", third, ids["Phone"], role="contact", at=LATER)
    for merchant in (first, second, third):
        world.member_by_relation(CLUSTER, merchant, ids["Phone"])
    gone = world.thing("Merchant", ("taobao/1004",), name="丁商行")
    world.link("USES_PHONE", gone, ids["Phone"], role="contact")
    world.link("USES_PHONE", gone, ids["Phone"], role="contact", at=LATER, valid_to="2025-10-01")
    lost = {"values": json.dumps({"lost": [gone]}), "cluster_ids": [CLUSTER]}
    world.flag(2, [HERE], kind="shrank", member_ids=[gone], **lost)
    records = [row["id"] for row in world.store.read(_RECORDS)]
    for number, subject in enumerate((first, second)):
        world.finding(
            number,
            [subject],
            [HERE],
            input_records=records[:1],
            legal_basis=["电子商务法 第十五条"],
        )
    world.flag(1, [HERE], member_ids=[first, second], cluster_ids=[CLUSTER])
    _judgement(world, first, second)
    body = regional(ToldWeek(date(2025, 10, 6), 1, ()), HERE)
    stored = {"id": body["id"], "region": HERE, "as_of": "2025-10-06", "edition": 1}
    world.store.write(_DIGEST, properties={**stored, "body": json.dumps(body)})
    for number in (1, 2):
        world.store.write(_JOB, properties=_job(number).stored())
    return world.settle()


_RECORDS = Statement(
    "test_records", "MATCH (r:Record) WHERE r.region = '330000' RETURN r.id AS id LIMIT 1"
)


def _one_of_each(world: World) -> dict[str, str]:
    """A thing of each type, with the key that its example asks for."""
    found = {}
    for entity in ontology().entities.values():
        table = entity.table
        head, *rest = table.split("_")
        name = head + "".join(part.capitalize() for part in rest)
        key = list(variables(EXAMPLES / "query" / f"{name}.graphql").values())
        if entity.name == "Phone":
            key = [f"+86{key[0]}"]
        said = {"name": "甲商贸", "uscc": CODE} if entity.name == "Merchant" else {}
        found[entity.name] = world.thing(entity.name, key, at=START, **said)
    return found


def _judgement(world: World, first: str, second: str) -> None:
    id_ = variables(EXAMPLES / "mutation" / "withdrawJudgement.graphql")["input"]["id"]
    a, b = sorted((first, second))
    made = Judgement(id_, a, b, "different", OWNER, START, "两人同名", region=HERE)
    review.prepare(world.store)
    world.store.write_together([review.write_step(made)])


def _job(number: int) -> Job:
    question = {"kind": "NEIGHBOURHOOD", "as_of": "2026-01-15", "ids": [f"Merchant:{CODE}"]}
    return Job(
        f"{number:032d}",
        OWNER,
        "XLSX",
        question,
        (HERE,),
        "2026-01-14T04:00:00.000+00:00",
        "2026-01-21T04:00:00.000+00:00",
        "2026-01-14T04:00:00.000+00:00",
        state="done",
        progress=1.0,
        file_name="suyuan-neighbourhood-2026-01-15.xlsx",
        size_bytes=1,
        sha256="0" * 64,
    )
