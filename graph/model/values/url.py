"""Web addresses in one spelling."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from graph.errors import ValueRefused
from graph.model.values import characters, host
from graph.model.values.base import ValueKind

MAX_CHARS = 2048
_SCHEME = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:(?=//)|(?:mailto|javascript|data|tel):", re.IGNORECASE
)
_TRACKING = re.compile(
    r"(?:utm_[a-z]+|spm|scm|pvid|fbclid|gclid|share_token|ali_trackid)$", re.IGNORECASE
)
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")
_SAFE = "!$&'()*+,;=:@/-._~%"
_DEFAULT_PORTS = {"http": 80, "https": 443}


def clean(raw: str) -> str:
    """Scheme and host in lower case, host by IDNA, no default port, fragment or tracking parameters.

    Without a scheme https is assumed. Path and the order of parameters stay: servers may care.
    Refused: `url.scheme` (only http and https), `url.user` (a name before @ hides the host),
    `url.format`, `url.too_long`, and what `host` refuses.
    """
    text = characters.fold(raw).replace(" ", "%20")
    if not _SCHEME.match(text):
        text = f"https://{text.removeprefix('//')}"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueRefused("url.format") from None
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS:
        raise ValueRefused("url.scheme")
    if "@" in parts.netloc:
        raise ValueRefused("url.user")
    where = host.clean(parts.hostname or "")
    if port is not None and port != _DEFAULT_PORTS[scheme]:
        where = f"{where}:{port}"
    query = "&".join(
        pair
        for pair in parts.query.split("&")
        if pair and not _TRACKING.match(pair.partition("=")[0])
    )
    shown = f"{scheme}://{where}{_escaped(parts.path) or '/'}" + (
        f"?{_escaped(query)}" if query else ""
    )
    if len(shown) > MAX_CHARS:
        raise ValueRefused("url.too_long")
    return shown


def _escaped(part: str) -> str:
    return _ESCAPE.sub(lambda found: found[0].upper(), quote(part, safe=_SAFE + "?"))


KIND = ValueKind(
    name="url",
    python_type=str,
    clean=clean,
    title_zh="网址",
    title_en="Web address",
    doc="RFC 3986 §6.2 normalisation of case, port and escapes; tracking parameters of shops are dropped.",
    examples=("https://item.jd.com/100012345678.html?utm_source=a#top", "live.douyin.com/123456"),
)
