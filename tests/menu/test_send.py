"""`send` and `confirm` as they are written in menus."""

from menu.hotlines import CONFIG, compiled, good, only

from ivr.engine.tree import Slot

TEAMS = CONFIG.replace(
    'desk: {ring: ["+15005550101"],', 'desk: {ring: ["+15005550101"], sms: "+15005550151", email: desk@example.org,'
)


def sent(rest: str, **files):
    return good(f"main:\n  send: Hello.\n  then: over\n{rest}", config=TEAMS, **files).tree.steps["main.main"]


def test_a_message_goes_to_the_caller_a_team_an_address_or_a_number_that_was_asked():
    assert sent("  sms: caller\n").to == (Slot("caller.number"),)
    assert sent("  email: caller\n").to == (Slot("caller.email"),)
    assert (sent("  email: team desk\n").to, sent("  email: team desk\n").team) == (("desk@example.org",), "desk")
    assert sent("  sms: team desk\n").to == ("+15005550151",)
    assert sent('  sms: "+15005550160"\n').to == ("+15005550160",)
    assert sent("  email: help@example.org\n").to == ("help@example.org",)
    asked = '  sms: "{phone}"\n\nnumber:\n  ask: Which?\n  as: phone\n  kind: phone\n  then: main\n'
    assert sent(asked).to == (Slot("phone"),)


def test_what_the_caller_reads_is_frozen_with_what_is_known_of_them():
    assert good("main:\n  send: Hello.\n  email: caller\n  then: over\n").tree.caller_facts == ("caller.email",)


def test_a_message_needs_one_way_and_somebody_who_reads_it():
    assert "nobody is named" in only("missing-key", "main:\n  send: Hello.\n  then: over\n").text
    both = "main:\n  send: Hello.\n  sms: caller\n  email: caller\n  then: over\n"
    assert "one way" in only("missing-key", both).text


def test_a_team_without_an_address_cannot_be_written_to():
    found = only("no-address", "main:\n  send: Hello.\n  email: team repairs\n  then: over\n", config=TEAMS)
    assert "'repairs' has no address for 'email'" in found.text
    misspelt = "main:\n  send: Hello.\n  email: team deks\n  then: over\n"
    assert "did you mean 'team desk'" in only("unknown-team", misspelt).hint


def test_an_sms_carries_no_recording_and_the_fix_takes_it_out():
    spoken = "\nmain_two:\n  record: Speak.\n  as: words\n  silence: main\n  then: main\n"
    found = only("no-effect", f"main:\n  send: Hello.\n  sms: caller\n  attach: words\n  then: over\n{spoken}")
    assert found.fix is not None


def test_what_is_no_address_is_named():
    only("bad-address", "main:\n  send: Hello.\n  email: nobody\n  then: over\n")
    only("unknown-name", 'main:\n  send: Hello.\n  sms: "{phone}"\n  then: over\n')


def test_only_what_the_caller_reads_wants_a_translation_and_none_wants_a_recording():
    menu = "main:\n  send: Hello.\n  {}: {}\n  then: over\n"
    assert "send" in next(
        one.text for one in compiled(menu.format("sms", "caller")).problems if one.code == "untranslated"
    )
    told = compiled(menu.format("email", "team desk"), config=TEAMS).problems
    assert all(one.path != "menus/main.yaml" for one in told)
    danish = {"menus/locales/da-DK.yaml": "main.main:\n  send: Hej.\n"}
    step = good(menu.format("sms", "caller"), **danish).tree.steps["main.main"]
    assert step.text.texts["da-DK"] == ("Hej.",)


def test_a_case_is_confirmed_by_the_ways_that_are_listed():
    menu = "main:\n  case: complaint\n  confirm: [sms, email]\n  then: over\n"
    assert good(menu).tree.steps["main.main"].confirm == ("sms", "email")
    assert "letter" in only("unknown-word", menu.replace("[sms, email]", "[letter]")).text
