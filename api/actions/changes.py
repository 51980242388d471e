"""The changes themselves: what each checks, and what it does within its transaction.

Who may change what: a token of the role `investigator`, on things it sees. Two subjects may be judged,
and a judgement on them withdrawn, by whoever sees at least one record of each of them; what else is
hidden must not decide, or the refusal would tell of it. A flag is acknowledged by whoever is shown it.
Jobs are their owner's alone.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.actions.receipts import Answer, Effect
from api.jobs.settings import JobSettings
from api.jobs.store import Job, JobStore, stamp
from graph.errors import LimitExceeded, NotFound, ValueRefused
from graph.model.judgements import Verdict
from graph.store.async_session import Run
from graph.store.session import Step
from graph.store.statement import Statement
from ingest.resolve import review
from queries.export.formats import FORMATS
from queries.export.question import Question
from queries.reading import Reader

_ACKNOWLEDGE = Statement.load(__file__, "acknowledge_flag.cypher")
MAX_REASON_CHARS = 2_000
_VERDICTS: Mapping[str, Verdict] = {"SAME": "same", "DIFFERENT": "different", "UNSURE": "unsure"}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes something, and when."""

    reader: Reader
    now: datetime

    def speaker(self, region: str | None) -> review.Speaker:
        """As a judge: the region whose officer he is must be told where he has several."""
        regions = self.reader.regions
        if region is None and len(regions) != 1:
            raise ValueRefused("action.region")
        if region is not None and region not in regions:
            raise ValueRefused("action.region")
        said = region or next(iter(regions))
        return review.Speaker(self.reader.name, said, frozenset(self.reader.visible))


def start_export(
    actor: Actor, form: str, asked: Mapping[str, Any], settings: JobSettings
) -> Effect:
    """Queue an export. Raises ValueRefused for a question that cannot be asked; the effect raises
    LimitExceeded when the reader has too many jobs open."""
    question = Question.of(asked)
    if form not in FORMATS:
        raise ValueRefused("export.format")
    at = stamp(actor.now)
    job = Job(
        secrets.token_hex(16),
        actor.reader.name,
        form,
        question.as_dict(),
        tuple(sorted(actor.reader.regions)),
        at,
        stamp(actor.now + settings.keep),
        at,
    )

    async def effect(run: Run) -> Answer:
        if not await JobStore.add(run, job, settings.open_per_owner):
            raise LimitExceeded("too many jobs", limit=f"jobs {settings.open_per_owner}")
        return {"job": job.id}

    return effect


def cancel_job(actor: Actor, identifier: str) -> Effect:
    """Cancel a job; the effect raises NotFound for one that is absent or another's."""

    async def effect(run: Run) -> Answer:
        job = await JobStore.cancel(run, actor.reader.name, identifier, actor.now)
        if job is None:
            raise NotFound("no such job")
        return {"job": job.id}

    return effect


def judge_identity(
    actor: Actor,
    pair: tuple[str, str],
    judgement: str,
    reason: str,
    region: str | None,
) -> Effect:
    """Keep a judgement on two subjects: SAME, DIFFERENT or UNSURE.

    Raises ValueRefused for subjects of two types, one subject twice, or no reason; the effect raises
    NotFound for subjects the judge does not see."""
    speaker = actor.speaker(region)
    made = review.judging(
        pair, _VERDICTS[judgement], by=speaker, why=checked_reason(reason), now=actor.now
    )

    async def effect(run: Run) -> Answer:
        seen = await _run(run, review.names_step(pair, speaker.sees))
        if {row["id"] for row in seen} != set(pair):
            raise NotFound("no such subject")
        await _run(run, review.write_step(made))
        return {"judgement": made.id}

    return effect


def withdraw_judgement(actor: Actor, identifier: str, reason: str, region: str | None) -> Effect:
    """Withdraw a standing judgement; the effect raises NotFound for one that is absent, withdrawn, or on
    subjects that are not both seen."""
    step = review.withdraw_step(
        identifier, by=actor.speaker(region), why=checked_reason(reason), now=actor.now
    )

    async def effect(run: Run) -> Answer:
        if not await _run(run, step):
            raise NotFound("no such judgement")
        return {"judgement": identifier}

    return effect


def acknowledge_flag(actor: Actor, flag: str, note: str) -> Effect:
    """Note that a flag was seen; the effect raises NotFound for one that is absent or not visible."""
    if len(note) > MAX_REASON_CHARS:
        raise ValueRefused("action.reason", most=MAX_REASON_CHARS)
    who = actor.reader.name
    properties = {"flag": flag, "by": who, "at": stamp(actor.now), "note": note.strip()}

    async def effect(run: Run) -> Answer:
        rows = await run(
            _ACKNOWLEDGE,
            id=hashlib.sha256(f"{flag}\x00{who}".encode()).hexdigest(),
            flag=flag,
            properties=properties,
            regions=actor.reader.visible,
        )
        if not rows:
            raise NotFound("no such flag")
        return {"flag": flag, "at": rows[0]["at"]}

    return effect


async def _run(run: Run, step: Step) -> list[dict[str, Any]]:
    return await run(step.statement, **step.params)


def checked_reason(text: str, name: str = "reason") -> str:
    """The reason for a change as it is; ValueRefused (`action.<name>`) for none, or one too long."""
    if not 1 <= len(text.strip()) <= MAX_REASON_CHARS:
        raise ValueRefused(f"action.{name}", most=MAX_REASON_CHARS)
    return text
