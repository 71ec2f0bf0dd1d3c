"""The carrier's own validator is the oracle."""

import copy
import json
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from webhooks.form import Form, parse_form
from webhooks.signature import Claim, Seal

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
PAIRS = st.lists(st.tuples(st.text("aAbBcC_É9", min_size=1, max_size=3), TEXT), max_size=8)


class Several(dict):
    """What the oracle needs of a form in which a name comes twice."""

    def getall(self, name):
        return self[name]


def vectors(shared):
    return json.loads((shared / "corpus/twilio-webhooks/vectors.json").read_text())


def accepts(vector, signature=None):
    parts = urlsplit(vector["url"])
    seal = Seal(f"{parts.scheme}://{parts.netloc}", vector["auth_token"])
    target = vector["url"].removeprefix(f"{parts.scheme}://{parts.netloc}")
    claim = Claim(vector["signature"] if signature is None else signature)
    if "body" in vector:
        return seal.signed_body(target, vector["body"].encode(), claim)
    return seal.signed(target, form_of(vector.get("params_list") or list(vector["params"].items())), claim)


def form_of(pairs):
    return parse_form(urlencode([tuple(pair) for pair in pairs]).encode())


def oracle_form(pairs):
    several = Several()
    for name, value in pairs:
        several.setdefault(name, []).append(value)
    return several


@pytest.mark.shared
def test_every_vector_of_the_corpus_is_accepted(shared):
    found = vectors(shared)["signature_vectors"]
    assert len(found) == 7
    assert [vector["name"] for vector in found if not accepts(vector)] == []


@pytest.mark.shared
def test_every_altered_vector_of_the_corpus_is_refused(shared):
    corpus = vectors(shared)
    for altered in corpus["must_be_rejected"]:
        vector = copy.deepcopy(corpus["signature_vectors"][altered["based_on"]])
        for path, value in altered["change"].items():
            place = vector
            *way, last = path.split(".")
            for name in way:
                place = place[name]
            place[last] = value
        assert not accepts(vector), altered["name"]


@pytest.mark.shared
def test_every_vector_with_one_character_altered_anywhere_is_refused(shared):
    for vector in vectors(shared)["signature_vectors"]:
        path = vector["url"].index("/", len("https://"))  # before it stands our own PUBLIC_URL
        for field, first in {"signature": 0, "auth_token": 0, "url": path + 1, "body": 0}.items():
            text = vector.get(field, "")
            for place in range(first, len(text)):
                altered = dict(vector) | {field: f"{text[:place]}~{text[place + 1 :]}"}
                assert not accepts(altered), (vector["name"], field, place)


@pytest.mark.shared
def test_shapes_of_real_requests_signed_by_the_oracle_are_accepted(shared):
    url = "https://ivr.example.com/voice"
    for shape in vectors(shared)["shapes"]:
        if shape["method"] == "POST":
            fields = dict(parse_qsl(shape["body"], keep_blank_values=True))
            signature = RequestValidator("12345").compute_signature(url, fields)
            form = parse_form(shape["body"].encode())
            assert Seal("https://ivr.example.com", "12345").signed("/voice", form, Claim(signature)), shape["name"]
            dropped = Form({name: value for name, value in form.fields.items() if value})
            assert dropped.fields == form.fields or not Seal("https://ivr.example.com", "12345").signed(
                "/voice", dropped, Claim(signature)
            )


@given(
    pairs=PAIRS,
    scheme=st.sampled_from(["http", "https"]),
    port=st.sampled_from(["", ":80", ":443", ":8443"]),
    signed_port=st.sampled_from(["", ":80", ":443", ":8443"]),
    query=st.sampled_from(["", "?a=1", "?b=2&a=1", "?a=%20%C3%A9&z="]),
    settings=st.sampled_from(["", "key=k1,algorithm=HMAC_SHA256", "algorithm=hmac_sha256", "key=k1", "algorithm=MD5"]),
)
def test_we_accept_exactly_what_the_oracle_accepts(pairs, scheme, port, signed_port, query, settings):
    target = f"/voice/t/abc-_9/step{query}"
    algorithm = "HMAC_SHA256" if "256" in settings else "HMAC_SHA1"
    validator = RequestValidator("12345")
    signed_url = f"{scheme}://ivr.example.com{signed_port}{target}"
    signature = validator.compute_signature(signed_url, oracle_form(pairs), algorithm)
    url = f"{scheme}://ivr.example.com{port}{target}"
    named = algorithm if "MD5" not in settings else "MD5"
    theirs = validator.validate(url, oracle_form(pairs), signature, named)
    seal = Seal(f"{scheme}://ivr.example.com{port}", "12345")
    assert seal.signed(target, form_of(pairs), Claim(signature, settings)) == theirs


def test_the_published_example_of_the_carrier_has_the_published_signatures():
    body = "Digits=1234&To=%2B18005551212&From=%2B14158675310&Caller=%2B14158675310&CallSid=CA1234567890ABCDE"
    form = parse_form(body.encode())
    seal = Seal("https://example.com", "12345")
    target = "/myapp.php?foo=1&bar=2"
    assert seal.signed(target, form, Claim("L/OH5YylLD5NRKLltdqwSvS0BnU="))
    mode = "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"
    assert seal.signed(target, form, Claim("qMztBq0IANMH/q0K9sCfKQJLylezvRdRzRS647SAVow=", mode))
    assert not seal.signed(target, form, Claim("qMztBq0IANMH/q0K9sCfKQJLylezvRdRzRS647SAVow="))
    assert not seal.signed(target, form, Claim("L/OH5YylLD5NRKLltdqwSvS0BnU=", mode))


def test_a_shared_key_signs_instead_of_the_auth_token_where_we_know_it():
    seal = Seal("https://example.com", "12345", {"k1": "other"})
    signature = RequestValidator("other").compute_signature("https://example.com/voice", {"A": "1"}, "HMAC_SHA256")
    assert seal.signed("/voice", Form({"A": "1"}), Claim(signature, "key=k1,algorithm=HMAC_SHA256"))
    assert not seal.signed("/voice", Form({"A": "1"}), Claim(signature, "key=k2,algorithm=HMAC_SHA256"))


def test_a_query_that_the_carrier_sorted_after_signing_is_accepted():
    signature = RequestValidator("12345").compute_signature("https://example.com/voice?z=1&b=2&a=3", {})
    seal = Seal("https://example.com", "12345")
    assert seal.signed("/voice?a=3&b=2&z=1", Form({}), Claim(signature))
    assert not seal.signed("/voice?a=3&b=2&z=2", Form({}), Claim(signature))


def test_user_and_password_of_the_address_are_never_signed():
    signature = RequestValidator("12345").compute_signature("https://example.com/voice", {})
    assert Seal("https://me:secret@example.com", "12345").signed("/voice", Form({}), Claim(signature))


@pytest.mark.parametrize("signature", ["", " ", "é", "x" * 5000, "L/OH5YylLD5NRKLltdqwSvS0BnU"])
def test_a_signature_that_is_none_is_refused(signature):
    assert not Seal("https://example.com", "12345").signed("/voice", Form({}), Claim(signature))
