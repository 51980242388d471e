"""The demonstration: a small world of several regions and weeks, found out step by step."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from api.auth import TokenFile
from detect.weekly.run import run_weekly
from graph.model.texts import text
from graph.store.session import Store
from graph.store.statement import Statement
from ingest.pipeline import LoadOptions
from suyuan.commands.load import load_into, loaded_store
from suyuan.commands.token import TOKEN_FILE
from suyuan.terminal import Terminal
from suyuan.world import read_world
from synth.mistakes import write_mistakes
from synth.settings import WorldSettings
from synth.world import generate

WORLD = WorldSettings(merchants=1_000, weeks=4, seed=11, level="medium")
TOKEN_NAME = "demo"  # noqa: S105 (a name, not a secret)
QUESTION = Path(__file__).parent.parent / "docs" / "guides" / "first_question.graphql"

_NETWORKS = Statement.load(__file__, "demo_networks.cypher")
_LABS = Statement.load(__file__, "demo_labs.cypher")
_REGIONS = Statement.load(__file__, "demo_regions.cypher")
_STORY = "story.json"
_STEPS = ("read", "cluster", "detect", "describe", "publish")


def is_ready(folder: Path) -> bool:
    """Whether the demonstration in this folder is complete and of this very world."""
    story = folder / _STORY
    return story.exists() and json.loads(story.read_text("utf-8"))["world"] == asdict(WORLD)


def build(folder: Path, terminal: Terminal) -> None:
    """Make the world, load it week by week, run the weekly job, and write the story down."""
    shutil.rmtree(folder, ignore_errors=True)
    world = folder / "world"
    generate(WORLD, world)
    _, weeks = read_world(world)
    options = LoadOptions(refused_path=folder / "refused.csv")
    first = loaded_store(str(folder), weeks[0][1], LoadOptions(), terminal)
    with first as (store, report):
        reports = [report]
        reports.append(load_into(store, (write_mistakes(folder / "sheet"),), options, terminal))
        result = run_weekly(store, weeks[0][0], progress=terminal.step)
        for as_of, tables in weeks[1:]:
            if tables:
                reports.append(load_into(store, tables, LoadOptions(), terminal))
            result = run_weekly(store, as_of, progress=terminal.step)
        story = {
            "world": asdict(WORLD),
            "weeks": len(weeks),
            "loaded": sum(report.loaded for report in reports),
            "refused": sum(report.refused for report in reports),
            "refusals": [refusal.as_json() for report in reports for refusal in report.examples],
            "result": result.to_dict(),
            **_found(store),
        }
    (folder / _STORY).write_text(json.dumps(story, ensure_ascii=False, indent=1), "utf-8")


def tell(folder: Path, terminal: Terminal) -> dict[str, Any]:
    """Tell the story in the terminal; returns it."""
    story: dict[str, Any] = json.loads((folder / _STORY).read_text("utf-8"))
    lang = terminal.language
    terminal.say("demo.title")
    terminal.say(
        "demo.story.loaded",
        regions=len(story["regions"]),
        weeks=story["weeks"],
        loaded=story["loaded"],
        refused=story["refused"],
    )
    for refusal in story["refusals"]:
        terminal.say(
            "demo.story.refused",
            file=refusal["file"],
            line=refusal["line"],
            field=refusal["field"],
            reason=refusal[f"reason_{lang}"],
        )
    terminal.say("demo.story.networks", count=len(story["networks"]))
    for network in story["networks"][:3]:
        ties = "、".join(_relation(name, lang) for name in network["relations"])
        terminal.say("demo.story.network", **{**network, "ties": ties})
    labels = story["result"]["counts"]["labels"]
    terminal.say(
        "demo.story.lawful",
        lawful=labels.get("lawful_group", 0),
        unlabelled=labels.get("unlabelled", 0),
    )
    terminal.say("demo.story.labs", count=len(story["labs"]))
    for lab in story["labs"]:
        reasons = "；".join(text(f"detector.{name}.title", lang) for name in lab["reasons"])
        terminal.say("demo.story.lab", id=lab["id"], name=lab["name"], reasons=reasons)
    flags = story["result"]["flags"]
    terminal.say("demo.story.weekly", as_of=story["result"]["as_of"], count=len(flags))
    for flag in flags:
        terminal.say(
            "weekly.flag",
            kind=text(f"flag.kind.{flag['kind']}", lang),
            clusters=" + ".join(flag["cluster_ids"]),
            members=len(flag["member_ids"]),
            links=len(flag["values"]["links"]),
        )
        for link in flag["values"]["links"][:3]:
            terminal.line(
                f"     {link['merchant']} –{_relation(link['relation'], lang)}→"
                f" {link['identifier']} ({link['first_seen']}; {', '.join(link['records'][:1])})"
            )
    terminal.say("notice.leads")
    return story


def fresh_token(folder: Path, regions: list[str]) -> str:
    """A new token for the demonstration that may see every region in it, for a day."""
    tokens = TokenFile(folder / TOKEN_FILE)
    tokens.revoke(TOKEN_NAME)
    return tokens.create(TOKEN_NAME, regions, timedelta(days=1), datetime.now(UTC))


def _found(store: Store) -> dict[str, Any]:
    labs = store.read(_LABS)
    return {
        "networks": store.read(_NETWORKS),
        "labs": [
            {**lab, "reasons": json.loads(lab["values"])["reasons"].split("、")} for lab in labs
        ],
        "regions": store.read(_REGIONS)[0]["regions"],
    }


def _relation(name: str, lang: str) -> str:
    from graph.ontology import ontology

    return ontology().relations[name].title[lang]
