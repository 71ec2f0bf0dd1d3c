"""Recordings at the carrier: fetched over HTTP with the account's credentials.

The form's address is used for its path alone; the host is the one we were told (``TWILIO_API_URL``), so that nobody can
point us elsewhere. Source: https://www.twilio.com/docs/voice/api/recording#fetch-a-recordings-media
"""

from __future__ import annotations

import base64
import http.client
import re
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from ivr.carrier.counting import AWAY, count
from ivr.errors import IvrError
from ivr.settings import Settings

PATIENCE = 30  # seconds without a byte
LARGEST = 512 * 1024 * 1024  # bytes; an hour of two channels is 115 MB
PATH = re.compile(r"(?:/[A-Za-z0-9_.-]{1,100}){1,12}", re.ASCII)
SID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


class CarrierAway(IvrError):
    """The carrier did not give what we asked for; it may later."""


def media_address(settings: Settings, sid: str, url: str) -> str:
    """Say where a recording's WAV is, given the address in the carrier's form ("" where there was none)."""
    path = urlsplit(url).path.removesuffix(".wav").removesuffix(".json").removesuffix(".mp3")
    if not PATH.fullmatch(path):  # "@elsewhere/" behind our host would be another host
        path = f"/2010-04-01/Accounts/{settings.account_sid}/Recordings/{sid}"
    return f"{settings.api_url}{path}.wav"


def copied(answer: IO[bytes], file: IO[bytes]) -> None:
    """Copy what comes; CarrierAway where it has no end: not every answer says how long it will be."""
    left = LARGEST
    while piece := answer.read(1 << 20):
        left -= len(piece)
        if left < 0:
            raise CarrierAway(f"what comes is longer than {LARGEST} bytes")
        file.write(piece)


def _web() -> urllib.request.OpenerDirector:
    """Follow redirects over HTTP(S) alone: the library's own opener would go on to ftp: too."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPRedirectHandler,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.HTTPErrorProcessor,
        urllib.request.UnknownHandler,
    ):
        opener.add_handler(handler())
    return opener


def download(settings: Settings, address: str, target: Path) -> None:
    """Write the file at this address to `target`; CarrierAway with the reason when that is not possible now."""
    request = urllib.request.Request(address)  # noqa: S310 - the host is TWILIO_API_URL, read as http(s) at start
    word = base64.b64encode(f"{settings.account_sid}:{settings.auth_token}".encode()).decode()
    # Unredirected: the media may lie at another host, which must not learn our password.
    request.add_unredirected_header("Authorization", f"Basic {word}")
    try:
        with _web().open(request, timeout=PATIENCE) as answer, target.open("wb") as file:
            count(answer.status)
            size = int(answer.headers.get("Content-Length") or 0)
            if size > LARGEST:
                raise CarrierAway(f"the recording has {size} bytes, more than {LARGEST}")
            copied(answer, file)
    except urllib.error.HTTPError as error:
        error.close()
        count(error.code)
        raise CarrierAway(f"the carrier answered {error.code} {error.reason}") from error
    except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as error:
        count(AWAY)
        raise CarrierAway(f"the carrier did not answer: {error}") from error
    if size and target.stat().st_size != size:
        raise CarrierAway(f"{target.stat().st_size} of {size} bytes came")
