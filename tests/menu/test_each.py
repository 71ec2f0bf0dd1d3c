"""Lists of a look-up offered as choices, and spoken one after the other."""

import pytest
from engine.aurora import Phone
from menu.hotlines import CONFIG, compiled, good, only

from ivr.coverage import Coverage
from ivr.engine.conditions import holds
from ivr.engine.moment import Moment, draft_of
from ivr.token.longest import longest

CRM = CONFIG + "hosts: [crm.example.org]\n"
MENU = """\
main:
  look_up: https://crm.example.org/places
  gives:
    places: list of {id digits up to 4, street text up to 20, floor digits up to 2 or nothing}
  most: 3
  nothing: over
  then: which

which:
  menu: Which place is it?
  each: place in places
  most: 3
  keys:
    8: all of them -> read
    each: "{place.street} -> chosen"
    9: none of these -> over

chosen:
  hang_up: You chose {place.id}, {place.street}, floor {place.floor or "unknown"}.

read:
  say: "{place.street}."
  each: place in places
  words: "Your {places.count} places:"
  skip: no
  then: over
"""
TWO = {
    "places.count": 2,
    "places.1.id": "11",
    "places.1.street": "Main Street",
    "places.2.id": "22",
    "places.2.street": "Harbour",
}
FLOOR = {"places.2.floor": "3"}


def phone(**values):
    return Phone(good(MENU, config=CRM).tree).found(**(TWO | values))


def test_items_are_numbered_as_they_come_beside_the_fixed_keys_in_the_order_written():
    assert phone().heard == [
        "Which place is it?",
        "For all of them, press 8.",
        "For Main Street, press 1.",
        "For Harbour, press 2.",
        "For none of these, press 9.",
    ]


def test_the_chosen_item_is_read_by_its_name():
    assert phone().press("1").heard == ["You chose 1 1, Main Street, floor unknown."]
    assert phone(**FLOOR).press("2").heard == ["You chose 2 2, Harbour, floor 3."]


def test_a_second_choice_leaves_nothing_of_the_first():
    again = MENU.replace(
        'chosen:\n  hang_up: You chose {place.id}, {place.street}, floor {place.floor or "unknown"}.',
        'chosen:\n  menu: You chose {place.street}, floor {place.floor or "unknown"}.\n  keys: {1: another -> which}',
    )
    call = Phone(good(again, config=CRM).tree).found(**(TWO | FLOOR)).press("2")
    assert call.heard[0] == "You chose Harbour, floor 3."
    assert call.press("1").press("1").heard[0] == "You chose Main Street, floor unknown."


def test_a_number_beyond_the_list_is_a_wrong_key():
    call = phone().press("3")
    assert call.place == "main.which"
    assert call.heard[0] == "I am sorry, that was not valid."


def test_the_items_of_a_list_are_spoken_one_after_the_other():
    assert phone().press("8").heard[:3] == ["Your 2 places:", "Main Street.", "Harbour."]


def test_a_list_that_may_be_empty_offers_the_fixed_keys_alone():
    empty = MENU.replace("or nothing}", "or nothing} or nothing")
    call = Phone(good(empty, config=CRM).tree).found(**{"places.count": 0})
    assert call.heard == ["Which place is it?", "For all of them, press 8.", "For none of these, press 9."]
    assert call.press("8").heard[:1] == ["Your 0 places:"]


def test_what_was_chosen_stands_in_conditions_with_its_type():
    text = (
        MENU.replace("-> chosen", "-> sort")
        + 'sort:\n  decide:\n    - {if: place.id == "11", then: over}\n  else: chosen\n'
    )
    tree = good(text, config=CRM).tree
    call = Phone(tree).found(**TWO).press("2")
    assert call.place == "main.chosen"
    moment = Moment(tree, draft_of(call.state), 0.0, {})
    assert holds('place.id == "22"', moment.know)
    only("bad-condition", text.replace('"11"', "11"), config=CRM)


def test_every_item_that_can_be_offered_is_a_way_to_walk():
    tree = good(MENU, config=CRM).tree
    assert {f"main.which key {key}" for key in "12389"} <= Coverage.of(tree).all


def test_a_longer_list_makes_a_longer_token():
    lengths = [longest(good(MENU.replace("most: 3", f"most: {most}"), config=CRM)) for most in (1, 3, 5)]
    assert lengths[1] - lengths[0] > 2 * 30
    assert lengths[2] - lengths[1] > 2 * 30


SLIPS = [
    ("each: place in places", "each: place of places", "bad-name"),
    ("each: place in places", "each: call in places", "bad-name"),
    ("each: place in places", "each: place in placs", "unknown-name"),
    ("  each: place in places\n  most: 3\n  keys", "  keys", "missing-key"),
    ('    each: "{place.street} -> chosen"\n', "", "missing-key"),
    ("9: none of these", "3: none of these", "duplicate-key"),
    ("{place.id}", "{place.ident}", "unknown-name"),
    ("{place.floor or", "{place.flor or", "unknown-name"),
    ('{place.floor or "unknown"}', "{place.floor}", "unset-value"),
    ("nothing: over", "nothing: which", "unset-value"),
    ("8: all of them -> read", "8: all of them -> chosen", "unset-value"),
    ('each: "{place.street} -> chosen"', 'each: {for: "{place.street}", value: x, then: chosen}', "unknown-key"),
]


@pytest.mark.parametrize(("right", "wrong", "code"), SLIPS)
def test_each_slip_has_its_problem(right, wrong, code):
    assert right in MENU
    found = compiled(MENU.replace(right, wrong, 1), config=CRM)
    assert code in {problem.code for problem in found.problems}, "\n".join(map(str, found.problems))
    assert found.content is None


def test_most_says_nothing_where_no_list_is_offered():
    only(
        "no-effect",
        MENU.replace('  words: "Your', '  most: 2\n  words: "Your').replace(
            "  each: place in places\n  most: 2", "  most: 2"
        ),
        config=CRM,
    )


def test_a_translation_is_filled_in_for_every_item():
    locale = 'main.which:\n  menu: Hvilket sted?\n  keys: {8: alle, each: "{place.street}", 9: ingen}\n'
    danish = good(
        "main:\n  set: {language: da-DK}\n  then: find\n\n" + MENU.replace("main:", "find:", 1),
        config=CRM,
        **{"menus/locales/da-DK.yaml": locale},
    )
    assert Phone(danish.tree).found(**TWO).heard[:3] == [
        "Hvilket sted?",
        "For alle, tryk 8.",
        "For Main Street, tryk 1.",
    ]
