"""A page of text for a cluster: short sentences, each with the records it rests on.

Pure: a `ClusterPage` goes in, sentences come out, in the order of `SECTIONS`. Names are masked as
everywhere. A cluster is a lead: the page says what speaks against it as plainly as what speaks for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from graph.model.texts import catalogue, text
from graph.ontology import ontology
from queries.cluster_doubts import one_source_members, outside_holders, stale_identifiers
from queries.cluster_page import ClusterPage
from queries.cluster_view import LossView
from queries.masking import mask_properties

SECTIONS = (
    "what",
    "who",
    "joins",
    "since",
    "roles",
    "findings",
    "labs",
    "score",
    "holds",
    "doubts",
    "lawful",
    "regions",
)
NAMED = 20
"""Members, identifiers or losses named one by one; the rest is counted."""
CITED = 3
"""Records cited in the text after a sentence; `Sentence.records` has them all."""
_UNKNOWN_FACT = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a section, and the ids of the visible records it rests on, oldest first."""

    section: str
    text: str
    records: tuple[str, ...] = ()


def sentences(page: ClusterPage, lang: str) -> tuple[Sentence, ...]:
    """All sentences of a page in the order of `SECTIONS`; `lang` is zh or en."""
    teller = _Teller(page, lang)
    return tuple(sentence for section in SECTIONS for sentence in teller.section(section))


def page_text(page: ClusterPage, lang: str) -> str:
    """The page as plain text: a heading per section, a line per sentence with the records it cites."""
    lines: list[str] = []
    section = ""
    for sentence in sentences(page, lang):
        if sentence.section != section:
            section = sentence.section
            lines += ["", text(f"page.section.{section}", lang)]
        lines.append(f"  {sentence.text}{_cited(sentence.records, lang)}")
    return "\n".join([*lines[1:], "", text("api.notice", lang)])


def _cited(records: tuple[str, ...], lang: str) -> str:
    if not records:
        return ""
    named = text("page.and", lang).join(records[:CITED])
    key = "page.cites" if len(records) <= CITED else "page.cites_more"
    return text(key, lang, records=named, more=len(records) - CITED)


class _Teller:
    """Says one section after the other."""

    def __init__(self, page: ClusterPage, lang: str) -> None:
        self.page, self.view, self.lang = page, page.view, lang
        self.tied: defaultdict[str, list[str]] = defaultdict(list)
        self.held: dict[str, tuple[int, str]] = {}
        for member in self.view.members:
            for tie in member.ties:
                self.tied[tie.identifier] += tie.records
                best = (tie.holders_inside, tie.relation)
                self.held[tie.identifier] = max(best, self.held.get(tie.identifier, (0, "")))

    def section(self, name: str) -> Iterator[Sentence]:
        """The sentences of one section."""
        says: dict[str, Callable[[], Iterator[Sentence]]] = {
            "what": self._what, "who": self._who, "joins": self._joins, "since": self._since,
            "roles": self._roles, "findings": self._findings, "labs": self._labs,
            "score": self._score, "holds": self._holds, "doubts": self._doubts,
            "lawful": self._lawful, "regions": self._regions,
        }  # fmt: skip
        return says[name]()

    def _say(self, section: str, key: str, records: Iterable[str] = (), **params: Any) -> Sentence:
        visible = tuple(record.id for record in self.page.visible(records))
        return Sentence(section, text(f"page.{key}", self.lang, **params), visible)

    def _name(self, identifier: str) -> str:
        """What a thing is called, masked; its type where it has no name or is not visible."""
        view = self.page.things.get(identifier)
        type_name = identifier.partition(":")[0]
        entity = ontology().entities.get(type_name)
        title = entity.title[self.lang] if entity else type_name
        if view is None or entity is None:
            return title
        value = mask_properties(view.type, view.properties).get(entity.display)
        return title if value is None else str(value)

    def _names(self, identifiers: Iterable[str]) -> str:
        every = list(identifiers)
        named = text("page.and", self.lang).join(self._name(each) for each in every[:NAMED])
        if len(every) <= NAMED:
            return named
        return text("page.and_more", self.lang, named=named, more=len(every) - NAMED)

    def _all_tied(self) -> list[str]:
        return [record for records in self.tied.values() for record in records]

    def _what(self) -> Iterator[Sentence]:
        yield self._say(
            "what",
            "what",
            self._all_tied(),
            id=self.view.id,
            size=len(self.view.members),
            label=text(f"page.label.{self.view.label}", self.lang),
            score=self.view.score,
            as_of=self.view.as_of,
        )

    def _who(self) -> Iterator[Sentence]:
        for member in self.view.members[:NAMED]:
            thing = self.page.things.get(member.merchant)
            yield self._say(
                "who",
                "who",
                thing.records if thing else (),
                name=self._name(member.merchant),
                id=member.merchant,
                ties=len(member.ties),
            )
        if len(self.view.members) > NAMED:
            yield self._say("who", "who_more", more=len(self.view.members) - NAMED)

    def _joins(self) -> Iterator[Sentence]:
        widest = sorted(self.held.items(), key=lambda item: (-item[1][0], item[1][1], item[0]))
        for identifier, (holders, relation) in widest[:NAMED]:
            known = ontology().relations.get(relation)
            yield self._say(
                "joins",
                "joins",
                self.tied[identifier],
                holders=holders,
                size=len(self.view.members),
                relation=known.title[self.lang] if known else text("page.judged", self.lang),
                label=self._name(identifier),
                id=identifier,
            )
        if len(widest) > NAMED:
            yield self._say("joins", "joins_more", more=len(widest) - NAMED)

    def _since(self) -> Iterator[Sentence]:
        oldest = self.page.visible(self._all_tied())
        if oldest:
            first = oldest[0]
            day = first.retrieved_at[:10]
            yield self._say("since", "since", [first.id], day=day, source=first.source)
        if self.view.born_on:
            yield self._say("since", "born", day=self.view.born_on)

    def _roles(self) -> Iterator[Sentence]:
        if not self.view.is_whole:
            yield self._say("roles", "roles_withheld")
            return
        for member in self.view.members[:NAMED]:
            thing = self.page.things.get(member.merchant)
            for reason in member.roles:
                is_known = reason.fact != _UNKNOWN_FACT
                yield self._say(
                    "roles",
                    f"fact.{reason.fact}" if is_known else "role_unknown",
                    reason.records if is_known else (thing.records if thing else ()),
                    name=self._name(member.merchant),
                    role=text(f"page.role.{reason.role}", self.lang),
                    count=reason.count,
                )

    def _findings(self) -> Iterator[Sentence]:
        for said in self.page.findings:
            yield self._say(
                "findings",
                "finding" if said.is_violation else "finding_link",
                said.records,
                detector=said.detector,
                title=_detector_title(said.detector, self.lang),
                count=said.findings,
                members=len(said.members),
                names=self._names(said.members),
                basis=text("page.and", self.lang).join(said.legal_basis)
                or text("page.no_basis", self.lang),
            )
        if not self.page.findings:
            yield self._say("findings", "finding_none")

    def _labs(self) -> Iterator[Sentence]:
        for lab in self.page.labs:
            named = text("page.and", self.lang).join(
                f"{_detector_title(each, self.lang)} ({each})" for each in lab.detectors
            )
            yield self._say(
                "labs",
                "lab_suspected" if lab.detectors else "lab",
                lab.records,
                name=self._name(lab.lab),
                id=lab.lab,
                reports=lab.reports,
                members=lab.members,
                detectors=named,
            )

    def _score(self) -> Iterator[Sentence]:
        said = {each.detector: each for each in self.page.findings}
        parts = self.view.score_parts
        for part in parts:
            is_ties = part.name not in dict(self.view.violations)
            by = said.get(part.name)
            yield self._say(
                "score",
                "score_ties" if is_ties else "score_part",
                self._all_tied() if is_ties else (by.records if by else ()),
                points=part.points,
                maximum=part.maximum,
                measured=part.measured,
                detector=part.name,
                title="" if is_ties else _detector_title(part.name, self.lang),
                violating=self.view.violating,
                size=len(self.view.members),
            )
        yield self._say("score", "score_sum", sum=sum(p.points for p in parts))

    def _holds(self) -> Iterator[Sentence]:
        hangs = self.view.fragility
        if hangs is None or not hangs.is_verified:
            is_lawful = self.view.label == "lawful_group" and not (hangs and hangs.rule)
            key = "holds_lawful" if is_lawful else "holds_unverified"
            yield self._say("holds", key if self.view.is_whole else "holds_withheld")
            return
        if hangs.smallest:
            yield self._say(
                "holds",
                "smallest" if hangs.is_irreducible else "smallest_reducible",
                [record for each in hangs.smallest for record in self.tied[each]],
                count=len(hangs.smallest),
                identifiers=hangs.identifiers,
                names=self._names(hangs.smallest),
                rule=hangs.rule,
            )
        for loss in hangs.losses[:NAMED]:
            yield self._say(
                "holds",
                self._loss_key(loss),
                self.tied[loss.identifier],
                label=self._name(loss.identifier),
                id=loss.identifier,
                count=len(loss.dropped),
                names=self._names(loss.dropped),
            )
        key = "loss_rest" if hangs.losses else "loss_none"
        yield self._say(
            "holds",
            key,
            self._all_tied(),
            tried=hangs.tried,
            identifiers=hangs.identifiers,
            rest=hangs.tried - len(hangs.losses),
        )

    def _loss_key(self, loss: LossView) -> str:
        if len(loss.dropped) >= len(self.view.members):
            return "loss_all"
        return "loss_split" if loss.is_split else "loss"

    def _doubts(self) -> Iterator[Sentence]:
        at_all = False
        for identifier, outside in outside_holders(self.view)[:NAMED]:
            at_all = True
            label = self._name(identifier)
            yield self._say(
                "doubts",
                "outside",
                self.tied[identifier],
                label=label,
                id=identifier,
                count=outside,
            )
        for member, source in one_source_members(self.view)[:NAMED]:
            at_all = True
            tied = [record for tie in member.ties for record in tie.records]
            name = self._name(member.merchant)
            yield self._say(
                "doubts", "one_source", tied, name=name, source=source, count=len(member.ties)
            )
        before = (date.fromisoformat(self.view.as_of[:10]) - timedelta(days=365)).isoformat()
        for identifier, day in stale_identifiers(self.page, before)[:NAMED]:
            at_all = True
            label = self._name(identifier)
            yield self._say(
                "doubts", "stale", self.tied[identifier], label=label, id=identifier, day=day
            )
        if not at_all:
            yield self._say("doubts", "no_doubt")
        if not self.view.is_whole:
            yield self._say("doubts", "outside_unknown")

    def _lawful(self) -> Iterator[Sentence]:
        broken = [r for said in self.page.findings if said.is_violation for r in said.records]
        size, declared = len(self.view.members), self.page.declared
        yield self._say(
            "lawful",
            "violating",
            broken,
            violating=self.view.violating,
            size=size,
            rate=100 * self.view.base_rate,
            chance=self.view.chance,
        )
        yield self._say("lawful", "declared", declared, share=100 * self.view.declared_share)
        yield self._say("lawful", f"because.{self.view.label}", [*broken, *declared])

    def _regions(self) -> Iterator[Sentence]:
        regions = text("page.and", self.lang).join(self.view.regions)
        yield self._say("regions", "regions", count=len(self.view.regions), regions=regions)
        if self.view.is_whole:
            yield self._say("regions", "whole")
        elif self.page.withheld:
            yield self._say("regions", "withheld", count=self.page.withheld)
        else:
            yield self._say("regions", "partly")


def _detector_title(detector: str, lang: str) -> str:
    """The detector's title; its id for one that is not in the catalogue."""
    forms = catalogue().get(f"detector.{detector}.title")
    return forms[lang] if forms else detector
