"""A digest as text: Markdown that also reads well as it is. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graph.model.judgements import day_of
from graph.model.texts import text
from graph.ontology import ontology

MOST_ENTRIES = 50
MOST_MERCHANTS = 8
MOST_LINKS = 6

Body = Mapping[str, Any]


def digest_text(body: Body, lang: str) -> str:
    """The digest in `lang` (zh or en), ending with a line break."""
    return "\n".join(_lines(body, lang)) + "\n"


def digest_title(body: Body, lang: str) -> str:
    """One line that says whose digest it is, of when, and how much it tells."""
    return text(
        "weekly.digest.title",
        lang,
        region=_region(body["region"], lang),
        as_of=body["as_of"],
        count=len(body["entries"]),
    )


def _lines(body: Body, lang: str) -> Iterator[str]:
    yield f"# {digest_title(body, lang)}"
    yield ""
    if body["edition"] > 1:
        yield text("weekly.digest.edition", lang, edition=body["edition"])
        yield ""
    for relation in body["incomplete"]:
        yield "> " + text("weekly.incomplete", lang, feed=relation_title(relation, lang))
        yield ""
    if not body["entries"]:
        yield text("weekly.digest.nothing", lang)
        yield ""
    for entry in body["entries"][:MOST_ENTRIES]:
        yield from _entry(entry, lang)
    if len(body["entries"]) > MOST_ENTRIES:
        yield text("weekly.digest.more", lang, count=len(body["entries"]) - MOST_ENTRIES)
        yield ""
    if body["withheld"]:
        yield text("weekly.digest.withheld", lang, count=body["withheld"])
        yield ""
    yield text("notice.leads", lang)


def _entry(entry: Body, lang: str) -> Iterator[str]:
    clusters = " + ".join(_cluster(cluster, lang) for cluster in entry["clusters"])
    kind = text(f"flag.kind.{entry['kind']}", lang)
    yield f"## {kind}" + (f" · {clusters}" if clusters else "")
    values = entry["values"]
    yield text(f"weekly.digest.kind.{entry['kind']}", lang)
    if values.get("oldest_record"):
        yield text("weekly.digest.oldest", lang, day=values["oldest_record"])
    names = {said["id"]: said["name"] for said in entry["merchants"]}
    shown = [_merchant(said["id"], names) for said in entry["merchants"][:MOST_MERCHANTS]]
    if shown:
        yield text(
            "weekly.digest.merchants",
            lang,
            count=len(entry["merchants"]),
            names=text("weekly.digest.comma", lang).join(shown),
        )
    links = values.get("links", ())
    yield from (_link(link, names, lang) for link in links[:MOST_LINKS])
    if len(links) > MOST_LINKS:
        yield "- " + text("weekly.digest.more_links", lang, count=len(links) - MOST_LINKS)
    for said in values.get("judgements", ()):
        yield "- " + judgement_text(said, lang)
    yield from _reason(values.get("explanation"), lang)
    if entry["withheld"]:
        yield text("weekly.digest.part", lang, count=entry["withheld"])
    yield ""


def judgement_text(said: Body, lang: str) -> str:
    """Who judged two names to be one, and when; and who took it back."""
    key = "weekly.judged.withdrawn" if said.get("withdrawn_at") else "weekly.judged"
    return text(
        key,
        lang,
        a=said["a"],
        b=said["b"],
        by=said["by"],
        at=day_of(said["at"]),
        withdrawn_by=said.get("withdrawn_by") or "",
        withdrawn_at=day_of(said["withdrawn_at"]) if said.get("withdrawn_at") else "",
    )


def relation_title(relation: str, lang: str) -> str:
    """What people call a relation."""
    known = ontology().relations.get(relation)
    return known.title[lang] if known else relation


def _reason(reason: Body | None, lang: str) -> Iterator[str]:
    if not reason or reason["label"] == "withheld":
        return
    if reason["label"] != "explained":
        yield text("weekly.digest.not_explained", lang)
        return
    cut = reason["cut"]["links"]
    yield text("weekly.digest.cut", lang, count=len(cut))


def _link(link: Body, names: Mapping[str, str], lang: str) -> str:
    said = text(
        f"weekly.digest.link.{link['change']}",
        lang,
        merchant=_merchant(link["merchant"], names),
        relation=relation_title(link["relation"], lang),
        identifier=link["identifier"],
        first_seen=link["first_seen"] or "?",
        noticed=link["noticed"],
        records=len(link["records"]),
    )
    return f"- {said}"


def _cluster(cluster: Body, lang: str) -> str:
    name = str(cluster["id"]).partition(":")[2]
    if cluster["label"] is None:
        return name
    label = text(f"weekly.label.{cluster['label']}", lang)
    return text("weekly.digest.cluster", lang, name=name, label=label, score=cluster["score"])


def _merchant(identifier: str, names: Mapping[str, str]) -> str:
    return names.get(identifier) or identifier.partition(":")[2]


def _region(code: str, lang: str) -> str:
    if code == "000000":
        return text("weekly.region.national", lang)
    return code
