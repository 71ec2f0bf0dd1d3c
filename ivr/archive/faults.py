"""What went wrong at the carrier, in words.

Source: https://www.twilio.com/docs/api/errors
"""

from __future__ import annotations

WHERE = "https://www.twilio.com/docs/api/errors"
FAULTS = {
    "11200": "it could not fetch our answer",
    "11201": "it waited for our answer too long",
    "11202": "our server refused it",
    "11203": "it waited for our answer too long",
    "11205": "it could not connect to our server",
    "11206": "our server broke the rules of HTTP",
    "11210": "it did not find our server's name",
    "11215": "our server sent it elsewhere too often",
    "11220": "it could not agree with our server on encryption",
    "11235": "our server's certificate is not good",
    "11236": "our server's certificate is not good",
    "11237": "our server's certificate is not good",
    "11750": "our answer was longer than it takes",
    "11770": "our answer was empty",
    "12100": "it could not read our answer",
    "12101": "it could not read our answer",
    "12102": "it could not read our answer",
    "12200": "our answer had something in it that it does not know",
    "12300": "our answer was of a kind that it does not know",
    "12400": "it had a fault of its own",
    "13214": "the number to be shown was not allowed",
    "13223": "the number to be rung is not one",
    "13224": "the number to be rung cannot be reached through it",
    "13225": "the number to be rung is blocked there",
    "13227": "the account may not ring numbers of this country",
}


def fault(code: str) -> str:
    """Say an error code in words, with the code; of one that we do not know, where it can be looked up."""
    return f"{FAULTS[code]} (error {code})" if code in FAULTS else f"error {code} ({WHERE}/{code})"
