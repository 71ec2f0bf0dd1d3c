from __future__ import annotations

import io
import json
import logging

import pytest
import structlog

from ivr.logs import concerning, configure_logs, mask


@pytest.fixture
def lines():
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers, root.level
    configure_logs(stream)
    with concerning(""):  # a test before this one may have been at a call
        yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers, root.level = before, level


def test_a_line_is_an_action_and_its_facts(lines):
    structlog.get_logger().info("key_rejected", call="CA" + "12" * 16)
    (line,) = lines()
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "key_rejected", "call": "CA" + "12" * 16, "level": "info"}


def test_numbers_of_people_leave_in_no_line_of_ours_or_of_a_library(lines):
    structlog.get_logger().info("odd", number="+15005550101", deep={"cards": ["4111 1111 1111 1111"]})
    logging.getLogger("library").warning("body was From=%s", "+15005550101")
    assert "5550101" not in json.dumps(lines())
    assert "1111" not in json.dumps(lines())


@pytest.mark.parametrize(
    "address", ["?To=%2B4512345678&x", "?To=%2b4512345678", "sip%3A4512345678%40host", "/4512345678"]
)
def test_numbers_within_an_address_are_masked(address):
    assert "456" not in mask(f"http://host/Calls.json{address}")


def test_an_exception_is_one_line(lines):
    try:
        int("account 12345678")
    except ValueError:
        structlog.get_logger().exception("turn_failed")
    (line,) = lines()
    assert "ValueError" in line["exception"]
    assert "12345678" not in line["exception"]


@pytest.mark.parametrize("text", ["CA0123456789", "2026-11-24", "port 8000", "12345", "3.1415926535"])
def test_what_is_no_number_of_a_person_is_left_alone(text):
    assert mask(text) == text
