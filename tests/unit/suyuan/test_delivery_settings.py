"""The delivery file is read strictly: what it does not mean is refused, and no secret stands in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from suyuan.delivery.channels import signature
from suyuan.delivery.settings import DeliveryRefused, Folder, Webhook, read_settings

HOOK = {
    "name": "hook",
    "kind": "webhook",
    "regions": ["330000"],
    "url": "https://bureau.example/in",
    "secret_env": "SECRET",
}
MAIL = {
    "name": "mail",
    "kind": "email",
    "regions": ["330000"],
    "host": "smtp.example",
    "sender": "a@b.example",
    "recipients": ["c@d.example"],
}


def read(tmp_path: Path, *channels: Any) -> tuple[Any, ...]:
    path = tmp_path / "deliver.yaml"
    path.write_text(yaml.safe_dump({"channels": list(channels)}), encoding="utf-8")
    return read_settings(path)


def test_channels_are_read(tmp_path: Path) -> None:
    folder = {"name": "f", "kind": "file", "regions": ["330000"], "folder": "/x", "quiet": True}
    hook, mail, file = read(tmp_path, HOOK, MAIL, folder)
    assert isinstance(hook, Webhook)
    assert hook.secret.variable == "SECRET"
    assert mail.starttls
    assert isinstance(file, Folder)
    assert file.is_quiet_told


@pytest.mark.parametrize(
    "change",
    [
        {"url": "http://bureau.example/in"},
        {"url": "https://user@bureau.example/in"},
        {"url": "file:///etc/passwd"},
        {"secret": "whsec_in_the_file"},
        {"regions": []},
        {"regions": ["33"]},
        {"name": "No Name"},
        {"language": "fr"},
        {"kind": "pigeon"},
        {"surprise": 1},
    ],
    ids=str,
)
def test_what_cannot_be_done_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    with pytest.raises(DeliveryRefused):
        read(tmp_path, {**HOOK, **change})


@pytest.mark.parametrize(
    "change",
    [
        {"recipients": []},
        {"sender": "a@b.example\nbcc: x@y.example"},
        {"user": "u", "password_env": "P", "starttls": False},
    ],
    ids=str,
)
def test_mail_that_cannot_be_sent_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    with pytest.raises(DeliveryRefused):
        read(tmp_path, {**MAIL, **change})


def test_two_channels_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefused):
        read(tmp_path, HOOK, HOOK)


def test_the_signature_is_that_of_the_convention() -> None:
    """The example of the Standard Webhooks libraries."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    payload = b'{"test": 2432232314}'
    said = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, payload)
    assert said == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("secret", ["short", "whsec_AAAA", "whsec_***"])
def test_a_secret_that_is_none_is_refused(secret: str) -> None:
    with pytest.raises(DeliveryRefused):
        signature(secret, "msg_1", 1, b"")
