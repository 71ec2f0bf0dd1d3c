"""Our parser against werkzeug's, and what it refuses."""

import io
import json
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.formparser import parse_form_data

from webhooks import form
from webhooks.form import LARGEST, MOST_FIELDS, FormRefused, parse_form, read_form

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
NAME = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)


def environ(body, **more):
    return {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    } | more


def oracle(body):
    return list(parse_form_data(environ(body))[1].items(multi=True))


def by_name(pairs):
    return sorted(pairs, key=lambda pair: pair[0])  # werkzeug groups by name


@pytest.mark.shared
def test_real_bodies_are_read_as_werkzeug_reads_them(shared):
    shapes = json.loads((shared / "corpus/twilio-webhooks/vectors.json").read_text())["shapes"]
    for shape in shapes:
        body = (shape.get("body") or shape["query"]).encode()
        assert by_name(parse_form(body).pairs()) == by_name(oracle(body))


@given(st.lists(st.tuples(NAME, TEXT), min_size=1, max_size=20))
def test_any_form_is_read_as_it_was_written(pairs):
    body = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs).encode()
    form = parse_form(body)
    assert list(form.pairs()) == pairs
    assert by_name(form.pairs()) == by_name(oracle(body))
    assert all(form.get(name) == next(v for n, v in pairs if n == name) for name, _ in pairs)


@given(st.binary(max_size=60) | st.text("ab=&%+0C3A9", max_size=40).map(str.encode))
def test_whatever_we_read_werkzeug_reads_alike(body):
    try:
        pairs = parse_form(body).pairs()
    except FormRefused:
        return
    assert by_name(pairs) == by_name(oracle(body))


@pytest.mark.parametrize(
    "body",
    [
        b"a=%",
        b"a=%4",
        b"a=%zz",
        b"%zz=a",
        b"a=%C3",
        b"a=%ED%A0%80",
        "a=é".encode(),
        b"a=\xff",
        b"a" * 200 + b"=1",
        b"a=1&" * MOST_FIELDS + b"a=1",
    ],
)
def test_what_no_carrier_writes_is_refused(body):
    with pytest.raises(FormRefused):
        parse_form(body)


def test_a_field_without_a_value_is_kept_empty_and_the_first_of_two_counts():
    form = parse_form(b"A=&B&C=1&C=2")
    assert form.pairs() == (("A", ""), ("B", ""), ("C", "1"), ("C", "2"))
    assert form.get("C") == "1"
    assert form.get("missing") == ""


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"CONTENT_LENGTH": str(LARGEST + 1)}, "413"),
        ({"CONTENT_LENGTH": "9" * 11}, "413"),
        ({"CONTENT_LENGTH": "-1"}, "400"),
        ({"CONTENT_LENGTH": "٣"}, "400"),
        ({"CONTENT_LENGTH": "4"}, "400"),
        ({"HTTP_TRANSFER_ENCODING": "chunked"}, "400"),
        ({"CONTENT_TYPE": "application/json"}, "400"),
        ({"CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-16"}, "400"),
        ({"CONTENT_TYPE": ""}, "400"),
    ],
)
def test_a_body_that_is_no_form_is_refused_with_its_status(more, status):
    with pytest.raises(FormRefused) as refused:
        read_form(environ(b"a=1", **more))
    assert refused.value.status.startswith(status)


def test_a_form_that_names_its_charset_is_read():
    found = read_form(environ(b"a=%C3%A9", CONTENT_TYPE='application/x-www-form-urlencoded; charset="UTF-8"'))
    assert found.fields == {"a": "é"}
    assert read_form(environ(b"", CONTENT_LENGTH="")).fields == {}


def test_what_is_keyed_or_said_or_long_is_not_remembered_between_requests():
    form._STEADY.clear()
    body = f"From=%2B14155550123&Digits=4929123412341234&SpeechResult=my+pin&Caller={'x' * 200}".encode()
    assert parse_form(body) == parse_form(body)
    assert list(form._STEADY) == ["From=%2B14155550123"]


def test_what_is_remembered_is_bounded():
    form._STEADY.clear()
    for number in range(form._MOST_STEADY + 5):
        assert parse_form(f"From={number}".encode()).get("From") == str(number)
    assert len(form._STEADY) <= form._MOST_STEADY
