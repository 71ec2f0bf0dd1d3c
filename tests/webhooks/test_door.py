"""The guard, and a status for everything that can go wrong behind it."""

import pytest

from ivr.errors import NothingPublished, StoreUnavailable, TokenRefused, UnknownCall, UnknownVersion
from tests.webhooks.signing import AUTH_TOKEN, PUBLIC_URL, post
from webhooks.door import Door, Refused, spoken
from webhooks.form import LARGEST, MOST_FIELDS
from webhooks.signature import Seal

FAILURES = {
    error.__name__: error
    for error in (StoreUnavailable, UnknownVersion, NothingPublished, TokenRefused, UnknownCall, ZeroDivisionError)
}


class Views:
    """Views of a door: one that says what it heard, one that fails as it is told."""

    def heard(self, hook):
        return spoken(repr(sorted(hook.form.fields.items())).encode())

    def failing(self, hook, name):
        if name == "Refused":
            raise Refused("400 Bad Request", "no CallSid")
        raise FAILURES[name]

    def step(self, hook, token):
        return spoken(token.encode())

    def health(self, hook):
        return spoken(b"well")


@pytest.fixture
def client():
    door = Door(Seal(PUBLIC_URL, AUTH_TOKEN))
    views = Views()
    door.lead("POST", "/voice", views.heard)
    door.lead("POST", "/voice/<name>", views.failing)
    door.lead("POST", "/voice/t/<token>/step", views.step)
    door.lead("GET", "/health", views.health)
    return door.test_client(use_cookies=False)


def test_a_signed_form_reaches_its_view_with_empty_values(client):
    answer = post(client, "/voice", {"Digits": "", "From": "+4512345678"})
    assert answer.status_code == 200
    assert answer.text == "[('Digits', ''), ('From', '+4512345678')]"
    assert answer.content_type == "text/xml; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_query_is_signed_as_it_was_sent(client):
    assert post(client, "/voice?b=%41&a=", {"Digits": "1"}).status_code == 200


@pytest.mark.parametrize("signature", [None, "", "wrong", "L/OH5YylLD5NRKLltdqwSvS0BnU=", "é"])
def test_a_request_without_the_carriers_signature_is_forbidden(client, signature):
    assert post(client, "/voice", {"A": "1"}, X_Twilio_Signature=signature).status_code == 403


def test_an_unsigned_body_is_not_even_read(client):
    answer = client.post("/voice", data=b"x" * (LARGEST + 1), content_type="application/json")
    assert answer.status_code == 403


def test_a_body_that_is_too_large_is_413_and_a_malformed_one_400(client):
    signed = {"X-Twilio-Signature": "anything"}
    form = "application/x-www-form-urlencoded"
    assert client.post("/voice", data=b"x" * (LARGEST + 1), headers=signed, content_type=form).status_code == 413
    assert client.post("/voice", data=b"a=%zz", headers=signed, content_type=form).status_code == 400
    assert client.post("/voice", data=b"a&" * (MOST_FIELDS + 1), headers=signed, content_type=form).status_code == 400
    assert client.post("/voice", data=b"{}", headers=signed, content_type="application/json").status_code == 400


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("Refused", 400),
        ("TokenRefused", 400),
        ("UnknownCall", 400),
        ("StoreUnavailable", 503),
        ("UnknownVersion", 503),
        ("NothingPublished", 503),
        ("ZeroDivisionError", 500),
    ],
)
def test_every_failure_has_a_status_and_says_nothing_of_its_cause(client, name, status):
    answer = post(client, f"/voice/{name}", {})
    assert answer.status_code == status
    assert name not in answer.text


@pytest.mark.parametrize(("method", "path"), [("GET", "/voice"), ("OPTIONS", "/voice"), ("POST", "/health")])
def test_another_method_is_405_and_says_which_are_allowed(client, method, path):
    answer = client.open(path, method=method)
    assert answer.status_code == 405
    assert answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/", "//voice", "/voice/", "/voice//", "/voice/a/", "/VOICE", "/voice/../health"])
def test_no_address_is_ever_redirected(client, path):
    assert client.post(path).status_code in {403, 404}


def test_a_light_needs_no_signature_and_head_has_no_body(client):
    assert client.get("/health").text == "well"
    answer = client.head("/health")
    assert (answer.status_code, answer.data) == (200, b"")


@pytest.mark.parametrize(
    "path", ["/voice/t//step", "/voice/t/a/b/step", "/voice/t/a/step/", "/t/a/step", "/voice/t/step"]
)
def test_a_path_that_is_nearly_a_turn_is_none(client, path):
    assert post(client, path, {"CallSid": "CA1"}).status_code == 404


def test_a_turn_needs_a_post_and_gets_its_token(client):
    assert client.get("/voice/t/abc/step").status_code == 405
    assert post(client, "/voice/t/abc/step", {"CallSid": "CA1"}).data == b"abc"
