"""Questions over HTTP, each answered within seconds or told why not."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException
from urllib.parse import urlencode

from ivr.errors import IvrError

PATIENCE = 5.0  # seconds
MOST = 64 * 1024  # bytes of an answer that are read


class Unreachable(IvrError):
    """Nobody answered at this address."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back."""

    status: int
    headers: Message
    body: bytes


class _Stays(urllib.request.HTTPRedirectHandler):
    """Follows nothing: the carrier would take a redirect for a mistake of ours, and so do we."""

    def redirect_request(self, *args: object) -> None:
        """Stay here."""


_OPENER = urllib.request.build_opener(_Stays())


def ask(url: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None) -> Answered:
    """GET an address, or POST a form to it; Unreachable where nobody answers."""
    body = urlencode(form).encode() if form is not None else None
    request = urllib.request.Request(url, body, dict(headers or {}))  # noqa: S310 -- of the settings, read as http(s)
    try:
        with _OPENER.open(request, timeout=PATIENCE) as answer:
            return Answered(answer.status, answer.headers, answer.read(MOST))
    except urllib.error.HTTPError as error:
        with error:
            return Answered(error.code, error.headers, error.read(MOST))
    except (urllib.error.URLError, HTTPException, OSError) as error:
        raise Unreachable(f"{url} does not answer: {getattr(error, 'reason', error)}") from error
