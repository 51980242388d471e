"""How one digest goes out by one channel, once. Whoever calls keeps the receipts and tries again."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import http.client
import json
import os
import smtplib
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from detect.weekly.digest_text import digest_text, digest_title
from suyuan.delivery.settings import AnyChannel, DeliveryRefused, Folder, Mail, Webhook

EVENT_TYPE = "suyuan.weekly_digest"
_SECRET_PREFIX = "whsec_"  # noqa: S105 - what such secrets begin with
_LEAST_SECRET_BYTES = 24


class NotDelivered(Exception):
    """It did not arrive; `reason` is short and holds no secret. `is_passing`: worth another try."""

    def __init__(self, reason: str, *, is_passing: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_passing = is_passing


@dataclass(frozen=True, slots=True)
class Message:
    """One digest for one channel. `id` is the same at every try, so that a repeat can be dropped."""

    id: str
    body: Mapping[str, Any]

    @property
    def payload(self) -> bytes:
        """The JSON that a webhook carries: the same bytes at every try."""
        said = {"type": EVENT_TYPE, "timestamp": self.body["as_of"], "data": self.body}
        return json.dumps(said, ensure_ascii=False, sort_keys=True).encode()


def send(channel: AnyChannel, message: Message, now_s: Callable[[], float] = time.time) -> str:
    """Send the message; what is to be noted with the receipt, mostly nothing.

    Raises NotDelivered, or DeliveryRefused for a secret that is not there.
    """
    if isinstance(channel, Webhook):
        _post(channel, message, int(now_s()))
    elif isinstance(channel, Mail):
        return _mail(channel, message)
    else:
        _write(channel, message)
    return ""


def signature(secret: str, message_id: str, timestamp: int, payload: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.payload` (Standard Webhooks 1.0).

    `secret` is `whsec_` and base64 of 24 bytes or more. Raises DeliveryRefused for any other.
    """
    try:
        key = base64.b64decode(secret.removeprefix(_SECRET_PREFIX), validate=True)
    except binascii.Error as error:
        raise DeliveryRefused(detail="a webhook secret is whsec_ and base64") from error
    if len(key) < _LEAST_SECRET_BYTES:
        raise DeliveryRefused(detail=f"a webhook secret has {_LEAST_SECRET_BYTES} bytes or more")
    signed = f"{message_id}.{timestamp}.".encode() + payload
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _post(channel: Webhook, message: Message, timestamp: int) -> None:
    headers = {
        "content-type": "application/json",
        "webhook-id": message.id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(
            channel.secret.read(), message.id, timestamp, message.payload
        ),
    }
    parts = urlsplit(channel.url)
    path = parts.path or "/"
    connection = _connection(parts.scheme, str(parts.hostname), parts.port, channel.timeout_s)
    try:
        # http.client follows no redirect: only the address that the operator wrote is spoken to.
        connection.request(
            "POST", f"{path}?{parts.query}" if parts.query else path, message.payload, headers
        )
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise NotDelivered(type(error).__name__, is_passing=True) from error
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise NotDelivered(f"HTTP {status}", is_passing=status in {408, 425, 429} or status >= 500)


def _connection(
    scheme: str, host: str, port: int | None, timeout_s: float
) -> http.client.HTTPConnection:
    if scheme == "http":  # a loopback address, see settings
        return http.client.HTTPConnection(host, port, timeout=timeout_s)
    context = ssl.create_default_context()
    return http.client.HTTPSConnection(host, port, timeout=timeout_s, context=context)


def _mail(channel: Mail, message: Message) -> str:
    letter = EmailMessage()
    letter["Subject"] = digest_title(message.body, channel.language)
    letter["From"] = channel.sender
    letter["To"] = ", ".join(channel.recipients)
    letter["Message-ID"] = f"<{message.id}@{channel.sender.rpartition('@')[2]}>"
    letter.set_content(digest_text(message.body, channel.language))
    letter.add_attachment(
        message.payload, maintype="application", subtype="json", filename="digest.json"
    )
    password = channel.password.read() if channel.user else ""
    try:
        with smtplib.SMTP(channel.host, channel.port, timeout=channel.timeout_s) as server:
            if channel.starttls:
                server.starttls(context=ssl.create_default_context())
            if channel.user:
                server.login(channel.user, password)
            refused = server.send_message(letter)
    except smtplib.SMTPResponseException as error:
        is_passing = 400 <= error.smtp_code < 500
        raise NotDelivered(f"SMTP {error.smtp_code}", is_passing=is_passing) from error
    except (OSError, smtplib.SMTPException) as error:
        raise NotDelivered(type(error).__name__, is_passing=True) from error
    # Those who were not refused have it: another try would tell them twice.
    return f"{len(refused)} recipients refused" if refused else ""


def _write(channel: Folder, message: Message) -> None:
    body = message.body
    folder = Path(channel.folder)
    stem = f"{body['as_of']}.{body['edition']}-{body['region']}"
    said = json.dumps(body, ensure_ascii=False, sort_keys=True, indent=1)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _appear(folder / f"{stem}.md", digest_text(body, channel.language))
        _appear(folder / f"{stem}.json", said + "\n")
    except OSError as error:
        raise NotDelivered(type(error).__name__, is_passing=False) from error


def _appear(path: Path, content: str) -> None:
    """The file is there whole, or not at all; the same again changes nothing."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
