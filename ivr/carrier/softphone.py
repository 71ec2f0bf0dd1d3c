"""Words of admission for the phone in a browser: signed by us, read by the carrier, for one person and an hour."""

from __future__ import annotations

import re
from dataclasses import dataclass

from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

from ivr.settings import Settings

LASTS = 3600  # seconds
CLIENT = "client:"
IDENTITY = re.compile(r"[A-Za-z0-9_]{1,121}", re.ASCII)  # what the carrier takes in browsers and in apps


@dataclass(frozen=True, slots=True)
class Admission:
    """What a browser needs to be somebody's phone."""

    identity: str
    token: str
    seconds: int = LASTS


def identity_of(phone: str) -> str:
    """Name the browser phone of an address; "" where it is none, or one whose name the carrier refuses."""
    name = phone.removeprefix(CLIENT)
    return name if phone.startswith(CLIENT) and IDENTITY.fullmatch(name) else ""


def admit(settings: Settings, identity: str) -> Admission | None:
    """Let a browser be this phone: it may be called, and calls nobody. None where the account's key is not set."""
    if not settings.api_key or not identity:
        return None
    name, secret = settings.api_key
    token = AccessToken(settings.account_sid, name, secret, identity=identity, ttl=LASTS)
    outgoing = settings.twiml_app or None
    token.add_grant(VoiceGrant(incoming_allow=True, outgoing_application_sid=outgoing))
    return Admission(identity, str(token.to_jwt()))
