"""Requests as the carrier signs them, by its own library."""

from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

PUBLIC_URL = "https://ivr.example.com"
AUTH_TOKEN = "0123456789abcdef0123456789abcdef"


def signature(path, fields, token=AUTH_TOKEN, public_url=PUBLIC_URL):
    return RequestValidator(token).compute_signature(public_url + path, fields)


def post(client, path, fields, **headers):
    """Post a signed form with a client of werkzeug's; headers given here win."""
    signed = {"X-Twilio-Signature": signature(path, fields)} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return client.post(
        path,
        data=urlencode(fields),
        headers={name: value for name, value in signed.items() if value is not None},
        content_type="application/x-www-form-urlencoded",
    )
