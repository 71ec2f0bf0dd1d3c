"""The account and its phone numbers by REST: shown, listed, and told where calls and messages go."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ivr.simulator.carrier import Carrier
from ivr.simulator.replies import Reply, as_json, date, error, page

_ACCOUNT = r"/2010-04-01/Accounts/(AC[0-9a-f]{32})"
ACCOUNT = re.compile(rf"{_ACCOUNT}\.json", re.ASCII)
NUMBERS = re.compile(rf"{_ACCOUNT}/IncomingPhoneNumbers\.json", re.ASCII)
NUMBER = re.compile(rf"{_ACCOUNT}/IncomingPhoneNumbers/(PN[0-9a-f]{{32}})\.json", re.ASCII)
TOLD = (
    *("VoiceUrl", "VoiceMethod", "VoiceFallbackUrl", "VoiceFallbackMethod", "StatusCallback", "StatusCallbackMethod"),
    *("SmsUrl", "SmsMethod", "SmsFallbackUrl", "SmsFallbackMethod"),
)


def show_account(carrier: Carrier, match: re.Match[str], query: Mapping[str, str]) -> Reply:
    """Show how the account stands."""
    del query
    return as_json(
        {
            "sid": carrier.account, "owner_account_sid": carrier.account, "friendly_name": "Aurora Energy",
            "status": carrier.ledger.standing, "type": carrier.ledger.paid, "auth_token": carrier.token,
            "date_created": date(0), "date_updated": date(0), "uri": match[0], "subresource_uris": {},
        }
    )  # fmt: skip


def list_numbers(carrier: Carrier, match: re.Match[str], query: Mapping[str, str]) -> Reply:
    """List the account's numbers."""
    return page("incoming_phone_numbers", list(carrier.ledger.numbers.values()), match[0], query)


def own_number(carrier: Carrier, number: str, *, sms: bool = True) -> dict[str, object]:
    """Buy a number: nobody has said yet where its calls go."""
    sid = f"PN{len(carrier.ledger.numbers) + 1:032x}"
    entry: dict[str, object] = {
        "sid": sid, "account_sid": carrier.account, "phone_number": number, "friendly_name": number,
        "capabilities": {"voice": True, "sms": sms, "mms": False, "fax": False}, "beta": False, "status": "in-use",
        "api_version": "2010-04-01", "origin": "twilio", "type": None, "voice_receive_mode": "voice",
        "address_requirements": "none", "address_sid": None, "identity_sid": None, "bundle_sid": None,
        "emergency_status": "Inactive", "emergency_address_sid": None, "emergency_address_status": "unregistered",
        "voice_caller_id_lookup": False, "trunk_sid": None, "voice_application_sid": None,
        "sms_application_sid": None, "date_created": date(0), "date_updated": date(0),
        "uri": f"/2010-04-01/Accounts/{carrier.account}/IncomingPhoneNumbers/{sid}.json",
        **{_written(name): None for name in TOLD},
    }  # fmt: skip
    carrier.ledger.numbers[sid] = entry
    return entry


def change_number(carrier: Carrier, path: str, given: Mapping[str, str]) -> Reply | None:
    """Tell a number where its calls and messages go; None where the path is of something else."""
    match = NUMBER.fullmatch(path)
    if match is None:
        return None
    entry = carrier.ledger.numbers.get(match[2])
    if entry is None:
        return error(404, 20404, f"The number {match[2]} was not found")
    if set(given) - set(TOLD):
        return error(400, 20001, "this double changes addresses and methods of numbers, and nothing else of them")
    entry.update({_written(name): value for name, value in given.items()})
    return as_json(entry)


def _written(name: str) -> str:
    """Write a form's name as it stands in JSON."""
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()
