"""Digests reach their receivers, each once, over real sockets; what fails is told and gone on with."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import trustme

from detect.weekly.digest import digest_id
from graph.store.session import Store
from graph.store.statement import Statement
from suyuan.delivery import channels, outbox
from suyuan.delivery.outbox import Clock, deliver
from suyuan.delivery.settings import DeliveryRefused, Folder, Mail, Secret, Webhook
from tests.integration.delivery.receivers import Hook, Mailbox, http_receiver, mail_receiver

DAY = date(2025, 10, 8)
KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()
_PUT = Statement("test_put_digest", "CREATE (d:WeeklyDigest) SET d = $properties")
_ALL = Statement(
    "test_deliveries",
    "MATCH (d:Delivery) RETURN properties(d) AS delivery ORDER BY d.id",
)


@dataclass(slots=True)
class Waits:
    """A clock that notes how long it was to sleep, and does not."""

    slept: list[float] = field(default_factory=list)

    @property
    def clock(self) -> Clock:
        return Clock(self.slept.append, lambda: 1_760_000_000.0)


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hook]:
    monkeypatch.setenv("TEST_HOOK_SECRET", SECRET)
    with http_receiver() as receiver:
        yield receiver


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_receiver() as receiver:
        yield receiver


def put(store: Store, region: str, *, day: date = DAY, kinds: tuple[str, ...] = ("wider",)) -> None:
    entries = [
        {
            "flag": f"Flag:{kind}",
            "kind": kind,
            "clusters": [],
            "merchants": [{"id": "Merchant:M1", "name": "老王 13812345678"}],
            "values": {"links": []},
            "withheld": 3,
        }
        for kind in kinds
    ]
    body = {
        "id": digest_id(day, 1, region),
        "as_of": day.isoformat(),
        "edition": 1,
        "region": region,
        "counts": {},
        "incomplete": [],
        "withheld": 2,
        "entries": entries,
    }
    kept = {name: body[name] for name in ("id", "as_of", "edition", "region")}
    said = json.dumps(body, ensure_ascii=False)
    store.write(_PUT, properties={**kept, "is_news": bool(entries), "body": said})


def webhook(hook: Hook, *regions: str) -> Webhook:
    return Webhook(
        name="hook",
        regions=regions or ("330000",),
        url=f"{hook.url}/in?from=suyuan",
        secret=Secret("TEST_HOOK_SECRET"),
    )


def mail(box: Mailbox) -> Mail:
    return Mail(
        name="mail",
        regions=("330000",),
        language="en",
        host="127.0.0.1",
        port=box.port,
        starttls=False,
        sender="suyuan@bureau.example",
        recipients=("a@bureau.example", "b@bureau.example"),
    )


def secret_mail(box: Mailbox) -> Mail:
    return replace(mail(box), starttls=True, user="suyuan", password=Secret("TEST_MAIL_PASSWORD"))


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """Whom this machine trusts, and nobody else."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    monkeypatch.setenv("TEST_MAIL_PASSWORD", "of the mailbox")
    return authority


def known_by(authority: trustme.CA, name: str) -> ssl.SSLContext:
    """What a server of that name shows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def deliveries(store: Store) -> list[dict[str, Any]]:
    return [row["delivery"] for row in store.read(_ALL)]


def test_a_webhook_is_signed_and_called_once(clean_store: Store, hook: Hook) -> None:
    put(clean_store, "330000")
    put(clean_store, "310000")
    report = deliver(clean_store, [webhook(hook)], DAY, Waits().clock)
    assert (report.sent, report.before, report.failures) == (1, 0, ())
    ((path, headers, body),) = hook.seen
    assert path == "/in?from=suyuan"
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-timestamp"] == "1760000000"
    said = json.loads(body)
    assert (said["type"], said["data"]["region"]) == ("suyuan.weekly_digest", "330000")
    assert "13812345678" not in body.decode(), "personal data is masked"
    assert "138****5678" in body.decode()
    again = deliver(clean_store, [webhook(hook)], DAY, Waits().clock)
    assert (again.sent, again.before, len(hook.seen)) == (0, 1, 1)
    kept = json.dumps(deliveries(clean_store))
    assert SECRET not in kept
    assert "whsec" not in kept


def test_a_failing_receiver_is_tried_again_and_then_left_to_the_next_call(
    clean_store: Store, hook: Hook, tmp_path: Path
) -> None:
    put(clean_store, "330000")
    folder = Folder(name="folder", regions=("330000",), folder=str(tmp_path))
    waits = Waits()
    hook.answers = [503, 503, 503, 503]
    report = deliver(clean_store, [webhook(hook), folder], DAY, waits.clock)
    assert [failure.to_dict() for failure in report.failures] == [
        {"channel": "hook", "digest": digest_id(DAY, 1, "330000"), "reason": "HTTP 503"}
    ]
    assert report.sent == 1, "the others do not wait for it"
    assert waits.slept == list(outbox.BACKOFF_S)
    later = deliver(clean_store, [webhook(hook), folder], date(2025, 10, 15), waits.clock)
    assert (later.sent, later.failures) == (1, ()), "another week's call goes on with it"
    assert len({headers["webhook-id"] for _, headers, _ in hook.seen}) == 1
    assert len({body for _, _, body in hook.seen}) == 1
    (done,) = [each for each in deliveries(clean_store) if each["channel"] == "hook"]
    assert (done["status"], done["attempts"]) == ("sent", 5)


@pytest.mark.parametrize("status", [301, 400, 410])
def test_a_refusal_is_not_repeated_and_no_redirect_followed(
    clean_store: Store, hook: Hook, status: int
) -> None:
    put(clean_store, "330000")
    waits = Waits()
    hook.answers = [status]
    report = deliver(clean_store, [webhook(hook)], DAY, waits.clock)
    assert [failure.reason for failure in report.failures] == [f"HTTP {status}"]
    assert (len(hook.seen), waits.slept) == (1, [])


def test_a_crash_before_the_receipt_repeats_with_the_same_id(
    clean_store: Store, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(clean_store, "330000")

    def sent_and_gone(*given: Any) -> str:
        channels.send(*given)
        raise KeyboardInterrupt

    monkeypatch.setattr(outbox, "send", sent_and_gone)
    with pytest.raises(KeyboardInterrupt):
        deliver(clean_store, [webhook(hook)], DAY, Waits().clock)
    monkeypatch.setattr(outbox, "send", channels.send)
    assert deliver(clean_store, [webhook(hook)], DAY, Waits().clock).sent == 1
    assert deliver(clean_store, [webhook(hook)], DAY, Waits().clock).sent == 0
    assert len(hook.seen) == 2
    assert len({headers["webhook-id"] for _, headers, _ in hook.seen}) == 1


def test_mail_is_readable_and_sent_once(clean_store: Store, box: Mailbox) -> None:
    put(clean_store, "330000")
    box.is_closed = True
    waits = Waits()
    report = deliver(clean_store, [mail(box)], DAY, waits.clock)
    assert [failure.reason for failure in report.failures] == ["SMTP 451"]
    assert len(waits.slept) == len(outbox.BACKOFF_S)
    box.is_closed = False
    box.refused = {"b@bureau.example"}
    assert deliver(clean_store, [mail(box)], DAY, waits.clock).sent == 1
    assert deliver(clean_store, [mail(box)], DAY, waits.clock).sent == 0
    ((recipients, letter),) = box.mail
    assert recipients == ["a@bureau.example"]
    assert "2025-10-08" in letter["Subject"]
    assert letter["Message-ID"].startswith("<msg_")
    text = letter.get_body(("plain",))
    assert text is not None
    assert "part of a wider change" in text.get_content()
    (attached,) = letter.iter_attachments()
    assert json.loads(attached.get_content())["data"]["region"] == "330000"
    (done,) = deliveries(clean_store)
    assert done["note"] == "1 recipients refused"


def test_files_appear_whole_and_the_same(clean_store: Store, tmp_path: Path) -> None:
    put(clean_store, "330000")
    put(clean_store, "310000", kinds=())
    folder = Folder(name="f", regions=("330000", "310000"), folder=str(tmp_path / "digests"))
    assert deliver(clean_store, [folder], DAY).sent == 1, "a quiet week is not told unless wanted"
    names = sorted(path.name for path in (tmp_path / "digests").iterdir())
    assert names == ["2025-10-08.1-330000.json", "2025-10-08.1-330000.md"]
    always = replace(folder, name="always", is_quiet_told=True, folder=str(tmp_path / "all"))
    assert deliver(clean_store, [always], DAY).sent == 2
    blind = replace(folder, name="blind", is_withheld_told=False, folder=str(tmp_path / "blind"))
    assert deliver(clean_store, [blind], DAY).sent == 1
    said = json.loads((tmp_path / "blind" / names[0]).read_text(encoding="utf-8"))
    assert (said["withheld"], said["entries"]) == (None, []), "nothing hints at what is hidden"


def test_a_secret_that_is_missing_is_told_and_nothing_is_lost(
    clean_store: Store, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(clean_store, "330000")
    monkeypatch.delenv("TEST_HOOK_SECRET")
    with pytest.raises(DeliveryRefused):
        deliver(clean_store, [webhook(hook)], DAY)
    monkeypatch.setenv("TEST_HOOK_SECRET", SECRET)
    assert deliver(clean_store, [webhook(hook)], DAY).sent == 1


def test_mail_and_its_password_go_by_an_encrypted_line(
    clean_store: Store, box: Mailbox, authority: trustme.CA
) -> None:
    box.secret = known_by(authority, "127.0.0.1")
    put(clean_store, "330000")
    report = deliver(clean_store, [secret_mail(box)], DAY, Waits().clock)
    assert (report.sent, report.failures) == (1, ())
    assert box.signed_in == ["suyuan:of the mailbox"]
    assert (len(box.mail), box.in_the_clear) == (1, [])


@pytest.mark.parametrize("wrong", ["nobody trusts it", "another name", "no encryption"])
def test_a_server_that_cannot_show_who_it_is_gets_no_password(
    clean_store: Store, box: Mailbox, authority: trustme.CA, wrong: str
) -> None:
    if wrong == "nobody trusts it":
        box.secret = known_by(trustme.CA(), "127.0.0.1")
    elif wrong == "another name":
        box.secret = known_by(authority, "mail.bureau.example")
    put(clean_store, "330000")
    report = deliver(clean_store, [secret_mail(box)], DAY, Waits().clock)
    assert (report.sent, len(report.failures)) == (0, 1)
    assert (box.mail, box.signed_in, box.in_the_clear) == ([], [], [])
