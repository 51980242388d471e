"""Where digests go: a YAML file that the operator writes. Secrets are never in it.

channels:
  - name: bureau-hook
    kind: webhook
    regions: ["330000"]
    url: https://bureau.example/hooks/suyuan
    secret_env: SUYUAN_HOOK_SECRET
  - name: bureau-mail
    kind: email
    regions: ["330000", "310000"]
    host: smtp.example
    starttls: true
    user: suyuan
    password_file: /etc/suyuan/smtp
    sender: suyuan@bureau.example
    recipients: [desk@bureau.example]
  - name: folder
    kind: file
    regions: ["330000"]
    folder: /srv/suyuan/digests
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlsplit

import yaml

from graph.errors import SourceError

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_REGION = re.compile(r"\d{6}")


class DeliveryRefused(SourceError):
    """The delivery file says something that cannot be done; `detail` says where and what."""

    code: ClassVar[str] = "delivery.settings"


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a secret is; its value is read when it is needed and kept nowhere."""

    variable: str = ""
    path: str = ""

    def read(self) -> str:
        """The value without surrounding blanks. Raises DeliveryRefused when it is not there."""
        if self.variable:
            value = os.environ.get(self.variable, "")
        else:
            try:
                value = Path(self.path).read_text(encoding="utf-8")
            except OSError as error:
                raise DeliveryRefused(detail=f"{self.path}: {error.strerror}") from error
        if not value.strip():
            raise DeliveryRefused(detail=f"{self.variable or self.path} is empty")
        return value.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """What all channels have. `is_quiet_told`: a week without news is delivered too."""

    name: str
    regions: tuple[str, ...]
    language: str = "zh"
    is_quiet_told: bool = False
    is_withheld_told: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook(Channel):
    """HTTPS POST of JSON, signed as in Standard Webhooks 1.0 (symmetric, `v1`)."""

    kind: ClassVar[str] = "webhook"
    url: str
    secret: Secret
    timeout_s: float = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail(Channel):
    """A message with the digest as text, and as JSON beside it."""

    kind: ClassVar[str] = "email"
    host: str
    sender: str
    recipients: tuple[str, ...]
    port: int = 587
    starttls: bool = True
    user: str = ""
    password: Secret = field(default_factory=Secret)
    timeout_s: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder(Channel):
    """Two files, JSON and Markdown, that appear whole."""

    kind: ClassVar[str] = "file"
    folder: str


AnyChannel = Webhook | Mail | Folder
C = TypeVar("C", Webhook, Mail, Folder)
_KINDS: Mapping[str, type[AnyChannel]] = {kind.kind: kind for kind in (Webhook, Mail, Folder)}
#: What is written in the file under another name than the field has.
_WRITTEN = {"quiet": "is_quiet_told", "tell_withheld": "is_withheld_told"}


def read_settings(path: Path) -> tuple[AnyChannel, ...]:
    """The channels of a delivery file.

    Raises DeliveryRefused for a file that cannot be read, an unknown or missing entry, a channel
    name used twice, or an address that is not HTTPS (a loopback address may be HTTP).
    """
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DeliveryRefused(detail=f"{path}: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise DeliveryRefused(detail=f"{path}: no YAML") from error
    if not isinstance(said, dict) or set(said) != {"channels"}:
        raise DeliveryRefused(detail=f"{path}: one entry, channels")
    channels = tuple(_channel(entry, at) for at, entry in enumerate(said["channels"] or (), 1))
    names = [channel.name for channel in channels]
    if len(set(names)) < len(names):
        raise DeliveryRefused(detail="two channels have one name")
    return channels


def _channel(entry: Any, at: int) -> AnyChannel:
    if not isinstance(entry, dict) or entry.get("kind") not in _KINDS:
        raise DeliveryRefused(detail=f"channel {at}: kind must be one of {sorted(_KINDS)}")
    kind = _KINDS[entry["kind"]]
    if written := sorted({"secret", "password"} & entry.keys()):
        raise DeliveryRefused(detail=f"channel {at}: {written} belong into a variable or a file")
    given: dict[str, Any] = {
        _WRITTEN.get(name, str(name)): value for name, value in entry.items() if name != "kind"
    }
    for name in ("secret", "password"):
        where = {key: given.pop(f"{name}_{key}", "") for key in ("env", "file")}
        if any(where.values()):
            given[name] = Secret(str(where["env"]), str(where["file"]))
    known = {each.name for each in fields(kind)}
    if unknown := sorted(given.keys() - known):
        raise DeliveryRefused(detail=f"channel {at}: unknown {unknown}")
    for name in ("regions", "recipients"):
        if name in given:
            given[name] = tuple(map(str, given[name]))
    try:
        channel = kind(**given)
    except TypeError as error:
        raise DeliveryRefused(detail=f"channel {at}: {error}") from error
    _check(channel, at)
    return channel


def _check(channel: AnyChannel, at: int) -> None:
    wrong = ""
    if not _NAME.fullmatch(channel.name):
        wrong = "name must be lower-case letters, digits, - and _"
    elif not channel.regions or not all(map(_REGION.fullmatch, channel.regions)):
        wrong = "regions must be codes of six digits, quoted"
    elif channel.language not in {"zh", "en"}:
        wrong = "language must be zh or en"
    elif isinstance(channel, Webhook):
        parts = urlsplit(channel.url)
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        if not is_safe or not parts.hostname or parts.username:
            wrong = "url must be https, without a user name"
    elif isinstance(channel, Mail):
        lines = (channel.sender, *channel.recipients)
        if not channel.recipients or any("\n" in line or "@" not in line for line in lines):
            wrong = "sender and recipients must be addresses"
        elif channel.user and not channel.starttls and channel.host not in LOOPBACK:
            wrong = "a password needs starttls"
    if wrong:
        raise DeliveryRefused(detail=f"channel {at}: {wrong}")
