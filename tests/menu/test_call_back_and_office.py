"""`call_back` and `office` as they are written in menus."""

from menu.hotlines import CONFIG, good, only

OFFICES = CONFIG + (
    "offices:\n"
    "  north: {name: The northern office, address: 1 Road, postal: [8000 to 8999, 7400], hours: 'Mo-Fr 09:00-17:00'}\n"
)
CALL = "main:\n  call_back: desk\n  failed: over\n"
OFFICE = "main:\n  office: Your postal code?\n  nothing: over\n  failed: over\n  then: over\n"


def test_a_call_back_knows_its_team_its_zone_and_the_number_it_offers():
    content = good(CALL + "  when: ask\n")
    step = content.tree.steps["main.main"]
    assert (step.team, step.number, step.when, step.next) == ("desk", "caller.number", "ask", "hang_up")
    assert content.tree.teams["desk"].zone == "Europe/Copenhagen"
    assert content.tree.caller_facts == () or "caller.number" in content.tree.caller_facts
    assert "postpone" in only("unknown-word", CALL + "  when: postpone\n").text
    assert only("unknown-name", CALL + "  number: mobile\n").text


def test_an_office_has_postal_codes_hours_and_a_name_in_every_language():
    danish = {"menus/locales/da-DK.yaml": "offices: {north: Det nordlige kontor}\n"}
    content = good(OFFICE, config=OFFICES, **danish)
    north = content.tree.offices["north"]
    assert [(one.first, one.last) for one in north.postal] == [("8000", "8999"), ("7400", "7400")]
    assert north.name.texts == {"en-US": ("The northern office",), "da-DK": ("Det nordlige kontor",)}
    assert content.schedules["office.north"].rules == "Mo-Fr 09:00-17:00"


def test_postal_codes_that_are_none_are_named():
    wrong = OFFICES.replace("8000 to 8999", "8999 to 8000")
    assert only("bad-number", OFFICE, config=wrong).fix is not None
    only("bad-number", OFFICE, config=OFFICES.replace("8000 to 8999", "800 to 8999"))


def test_an_office_needs_offices_and_a_code_that_was_asked():
    only("no-offices", OFFICE)
    assert only("unknown-name", OFFICE + "  by: code\n", config=OFFICES).text
    asked = (
        OFFICE + "  by: code\n  needs: [code]\n\nask_code:\n  ask: Where?\n  as: code\n  failed: over\n  then: main\n"
    )
    assert set(good(asked, config=OFFICES).tree.steps["main.main"].exits) == {"nothing", "failed"}


def test_the_name_number_stays_free_for_a_step():
    good("main:\n  ask: Which?\n  as: found\n  failed: over\n  then: number\n\nnumber:\n  hang_up: Bye.\n")
