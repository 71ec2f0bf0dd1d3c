import json

import pytest

from ivr.engine.tree import Given
from ivr.engine.typed import LARGEST, NotOfType, from_json, from_text, size

# kind, what a system may answer, what is kept; None where it is refused
ANSWERS = [
    ("text", "Main Street 4", "Main Street 4"),
    ("text", '  a "quoted"\n text\x00 ', "a 'quoted' text"),
    ("text", 5, None),
    ("text", "", None),
    ("digits", "0042", "0042"),
    ("digits", 42, None),
    ("digits", "4 2", None),
    ("digits", "١٢", None),
    ("reference", "C-104273", "C-104273"),
    ("reference", "<b>", None),
    ("phone", "+15005550006", "+15005550006"),
    ("phone", "client:anna", None),
    ("number", 5, 5),
    ("number", 5.0, 5),
    ("number", "5", None),
    ("number", True, None),
    ("number", float("nan"), None),
    ("number", 1e300, None),
    ("amount", 12.5, 12.5),
    ("date", "2026-11-24", "2026-11-24"),
    ("date", "2026-11-31", None),
    ("date", "20261124", None),
    ("date", "24.11.2026", None),
    ("month", "2026-11", "2026-11"),
    ("month", "2026-13", None),
    ("yes_no", False, False),
    ("yes_no", "yes", None),
    ("yes_no", 1, None),
    ("text", ["a"], None),
    ("text", {"a": 1}, None),
    ("text", None, None),
]


@pytest.mark.parametrize(("kind", "value", "kept"), ANSWERS)
def test_a_value_is_what_the_menu_says_or_no_value(kind, value, kept):
    if kept is None:
        with pytest.raises(NotOfType):
            from_json(Given(kind), value)
    else:
        assert from_json(Given(kind), value) == kept
        assert len(json.dumps(kept, ensure_ascii=False).encode()) <= LARGEST[kind] + 2


@pytest.mark.parametrize("value", [None, "", " \t"])
def test_a_value_may_be_missing_where_the_menu_says_so(value):
    assert from_json(Given("text", needed=False), value) is None
    with pytest.raises(NotOfType):
        from_json(Given("text"), value)


def test_a_long_text_is_cut_at_a_word_that_fits():
    given = Given("text", size=12)
    assert from_json(given, "Lærkevej 12, 9000 Aalborg") == "Lærkevej"
    assert from_json(given, "æ" * 40) == "æ" * 6
    assert size(given) == 12


@pytest.mark.parametrize(("text", "kept"), [("1234", "1234"), ("12345", None)])
def test_digits_that_are_longer_than_the_menu_says_are_refused(text, kept):
    if kept is None:
        with pytest.raises(NotOfType):
            from_json(Given("digits", size=4), text)
    else:
        assert from_json(Given("digits", size=4), text) == kept


TABLE = [("number", "12.5", 12.5), ("yes_no", "no", False), ("digits", "0042", "0042"), ("amount", "1e9", None)]


@pytest.mark.parametrize(("kind", "written", "kept"), [*TABLE, ("yes_no", "true", None), ("text", " ", None)])
def test_a_table_is_read_as_strictly(kind, written, kept):
    if kept is None:
        with pytest.raises(NotOfType):
            from_text(Given(kind), written)
    else:
        assert from_text(Given(kind), written) == kept


def test_an_empty_field_of_a_table_is_a_missing_value():
    assert from_text(Given("amount", needed=False), "") is None
