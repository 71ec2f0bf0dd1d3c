"""Why a text message was not sent or did not arrive: the carrier's codes, in words.

Source: https://www.twilio.com/docs/api/errors
"""

from __future__ import annotations

STOPPED = "21610"  # whoever owns the number has answered STOP

CODES = {
    "20003": "the carrier does not accept our account or its token",
    "21211": "this is no phone number that can be written to",
    "21212": "our own number is not written as the carrier wants it",
    "21265": "a short code cannot be written to",
    "21266": "the message would go to the very number that sends it",
    "21408": "the account may not write to numbers of this country",
    "21421": "this is no phone number",
    "21602": "the message has no words",
    "21603": "no number of ours was named to send from",
    "21604": "no number was named to send to",
    "21606": "our number cannot send text messages, or not to this one",
    "21608": "a trial account writes to numbers that were verified alone",
    "21609": "the carrier cannot reach our address for reports; PUBLIC_URL must be public",
    "21610": "the owner of this number has answered STOP and wants no messages",
    "21611": "too many messages wait at the carrier",
    "21612": "the carrier has no way from our number to this one",
    "21614": "this number is no mobile phone and cannot read text messages",
    "21617": "the message is longer than 1600 characters",
    "21619": "the message has no words",
    "21659": "the number that is to send is not one of the account's",
    "21703": "the messaging service has no number that could send",
    "21705": "the messaging service named in SMS_FROM does not exist",
    "30001": "too many messages wait at the carrier",
    "30002": "the account is suspended",
    "30003": "the phone is switched off or out of reach",
    "30004": "the phone or its network blocks our messages",
    "30005": "this number is not in use",
    "30006": "this is a landline, or its network cannot be reached",
    "30007": "a network filtered the message out as unwanted",
    "30008": "the network gave no reason",
    "30022": "our number has sent as much as its registration allows",
    "30023": "our number has sent as much as its registration allows in a day",
    "30024": "the number is not registered with the network",
    "30032": "our toll-free number must be verified before it may send",
    "30034": "our number is not registered for sending (A2P 10DLC)",
    "30410": "the network gave no answer in time",
    "30485": "the network could not be reached",
    "30883": "the network filtered the message out for its content",
}
LATER = frozenset({"20003", "21611", "30001"})  # refusals that pass


def in_words(code: str) -> str:
    """Say a code in words; one that we do not know stands with a place to look it up."""
    if not code or code == "0":
        return "the carrier gave no reason"
    return CODES.get(code) or f"the carrier's code {code} (https://www.twilio.com/docs/api/errors/{code})"
