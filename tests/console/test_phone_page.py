"""The phone page in a real browser: a whole call by keyboard alone, and what the page looks like to everybody."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from rig.looks import VIEWS
from rig.people import come_in

from console.phone import AGENTS
from ivr.store import Store
from ivr.store.calls import Search

pytestmark = pytest.mark.browser

THURSDAY = "2026-11-19T14:32"  # everybody is at work
SUNDAY = "2026-11-22T14:32"


def dial(page: Page, at: str = THURSDAY, agents: str = "ask") -> None:
    page.select_option("#agents", agents)
    page.fill("#at", at)
    page.keyboard.press("Escape")  # leaves the field: single keys do nothing in one
    page.keyboard.press("d")
    heard(page, "Welcome to Aurora Energy")
    expect(page.locator("#turns .carrier")).to_have_count(0)  # the carrier had nothing to complain about


def heard(page: Page, words: str) -> None:
    expect(page.locator("#turns .turn").last).to_contain_text(words)


def key_in(page: Page, keys: str) -> None:
    page.fill("#many input", keys)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")


def test_a_complaint_reaches_an_agent_who_already_knows(page: Page) -> None:
    dial(page)
    page.keyboard.press("2")
    heard(page, "What is it about")
    page.keyboard.press("1")
    heard(page, "account number")
    key_in(page, "40227195")
    heard(page, "4 0 2 2")
    page.keyboard.press("1")
    heard(page, "tone")
    page.click("#message button")
    expect(page.locator("#turns")).to_contain_text("reference is")
    expect(page.locator("#agent-state")).to_have_text("ringing")
    page.click("#agent-answer")
    expect(page.locator("#agent-words")).to_contain_text("complaints")
    expect(page.locator("#agent-words")).not_to_contain_text("40227195")
    page.keyboard.press("t")
    expect(page.locator("#agent-state")).to_have_text("talking")
    expect(page.locator("#agent-words")).to_contain_text("Account")
    page.click("#agent-hang")
    expect(page.locator("#agent-state")).to_have_text("quiet")  # the caller stays, and is asked for an opinion
    expect(page.locator("#hang")).to_be_visible()
    page.keyboard.press("h")
    expect(page.locator("#clock")).to_have_text("over")


def test_the_whole_story_in_another_language(page: Page) -> None:
    dial(page)
    page.keyboard.press("5")
    heard(page, "For English")
    page.keyboard.press("1")
    heard(page, "tryk 1")
    page.keyboard.press("2")
    page.keyboard.press("2")
    heard(page, "kundenummer")
    for key in "40227195":  # as fast as they come, one by one: none is lost, and the eighth is the last
        page.keyboard.press(key)
    heard(page, "4 0 2 2 7 1 9 5")
    page.keyboard.press("1")
    heard(page, "tone")
    page.click("#message button")
    expect(page.locator("#turns")).to_contain_text("sagsnummer er C T")
    page.click("#agent-answer")
    expect(page.locator("#agent-words")).to_contain_text("A call for complaints, waiting for")
    caller = page.locator("#turns .turn:not(.agent)")
    assert "A call for" not in " ".join(caller.all_inner_texts())
    page.keyboard.press("t")
    expect(page.locator("#agent-words")).to_contain_text("delivery or a repair. Account 4 0 2 2 7 1 9 5")
    page.click("#agent-hang")
    expect(page.locator("#agent-state")).to_have_text("quiet")  # the caller stays, and is asked for an opinion
    expect(page.locator("#hang")).to_be_visible()
    page.keyboard.press("h")
    expect(page.locator("#clock")).to_have_text("over")
    expect(page.locator("#turns .turn").last).to_contain_text("the call is over")
    expect(page.locator("#turns .carrier")).to_have_count(0)  # the carrier had nothing to complain about


def test_fewer_keys_than_asked_for_go_after_a_pause(page: Page) -> None:
    dial(page)
    page.keyboard.press("2")
    page.keyboard.press("1")
    heard(page, "account number")
    page.click(".pad button[data-key='4']")
    page.click(".pad button[data-key='0']")
    expect(page.locator("#many input")).to_have_value("40")
    expect(page.locator("#turns .turn.you").last).to_contain_text("pressed 4 0", timeout=15_000)


def test_the_danish_key_changes_the_language(page: Page) -> None:
    dial(page)
    page.keyboard.press("5")
    heard(page, "For English")
    page.keyboard.press("1")
    heard(page, "tryk 1")


def test_wrong_keys_and_silence_lead_to_a_person(page: Page) -> None:
    dial(page)
    for _ in range(3):
        page.keyboard.press("9")
        expect(page.locator("body[aria-busy]")).to_have_count(0)
    expect(page.locator("#agent-state")).to_have_text("ringing")


@pytest.mark.parametrize("agents", ["takes", "passes", "voicemail", "busy", "no_answer"])
def test_agents_may_behave_by_themselves(page: Page, agents: str) -> None:
    dial(page, agents=agents)
    page.keyboard.press("0")
    expect(page.locator("#turns")).to_contain_text("putting you through to a representative")
    if agents == "takes":
        expect(page.locator("#turns")).to_contain_text("joined")
        heard(page, "how we did")  # who has talked is asked for an opinion
    else:
        heard(page, "all of my colleagues are on the phone")
        expect(page.locator("#turns")).not_to_contain_text("joined")


def test_every_behaviour_of_agents_can_be_chosen(page: Page) -> None:
    offered = page.locator("#agents option").evaluate_all("all => all.map(one => one.value)")
    assert offered == list(AGENTS)


def test_back_takes_the_last_key_back(page: Page) -> None:
    dial(page)
    page.keyboard.press("2")
    heard(page, "What is it about")
    page.keyboard.press("u")
    heard(page, "Welcome to Aurora Energy")
    expect(page.locator("#turns .turn")).to_have_count(1)


def test_back_hangs_the_old_call_up_and_is_off_where_nothing_was_done(page: Page, opened_store: Store) -> None:
    before = going_on(opened_store)
    dial(page)
    expect(page.locator("#back")).to_be_disabled()
    page.keyboard.press("2")
    heard(page, "What is it about")
    page.keyboard.press("u")
    heard(page, "Welcome to Aurora Energy")
    expect(page.locator("#back")).to_be_disabled()
    assert len(going_on(opened_store) - before) == 1
    page.keyboard.press("h")
    expect(page.locator("#clock")).to_have_text("over")
    assert going_on(opened_store) == before


def going_on(store: Store) -> set[str]:
    """Give the calls of which the carrier has not told the end."""
    begun = [row.record.call for row in store.calls.search(Search(open=True), 1000)]
    return {call for call in begun if not any('"completed"' in note.body for note in store.notes(call))}


def test_who_leaves_the_page_has_hung_up(page: Page, opened_store: Store) -> None:
    before = going_on(opened_store)
    expect(page.locator("#source")).to_be_hidden()
    dial(page)
    expect(page.locator("#source")).to_be_visible()
    assert len(going_on(opened_store) - before) == 1
    page.reload()
    expect(page.locator("#clock")).to_have_text("not connected")
    for _ in range(50):
        if going_on(opened_store) == before:
            return
        page.wait_for_timeout(100)
    raise AssertionError(going_on(opened_store) - before)


def test_a_call_that_is_over_leads_to_its_story_and_a_narrow_key_tells_its_words(page: Page) -> None:
    dial(page)
    two = page.locator(".pad button[data-key='2']")
    assert two.get_attribute("title") == two.locator("small").text_content()
    expect(page.locator("#story")).to_be_hidden()
    page.keyboard.press("h")
    expect(page.locator("#clock")).to_have_text("over")
    page.click("#story")
    expect(page.locator("main")).to_contain_text("Welcome to Aurora Energy")


def rung(page: Page) -> None:
    """Be put through to a person, whose phone rings."""
    dial(page)
    page.keyboard.press("0")
    expect(page.locator("#agent-state")).to_have_text("ringing")


def test_while_the_agents_phone_listens_the_keyboard_is_the_agents(page: Page) -> None:
    rung(page)
    for key in "125":  # nobody listens: nothing is refused, nothing happens
        page.keyboard.press(key)
    expect(page.locator(".pad button:enabled")).to_have_count(0)
    expect(page.locator("#speaking")).to_contain_text("nobody listens for keys now")
    expect(page.locator("#agent-state")).to_have_text("ringing")
    page.keyboard.press("a")
    expect(page.locator("#agent-state")).to_have_text("listening")
    expect(page.locator(".pad button:enabled")).to_have_count(0)
    expect(page.locator("#take kbd")).to_have_text("1")
    page.keyboard.press("1")
    expect(page.locator("#agent-state")).to_have_text("talking")
    expect(page.locator("#speaking")).to_contain_text("nobody listens for keys now")
    page.keyboard.press("1")
    expect(page.locator("#banner")).to_be_hidden()
    with page.expect_download() as download:
        page.click("#save")
    assert 'when: "agent presses 1"' in Path(download.value.path()).read_text()


def test_an_agent_passes_with_the_key_that_the_button_names(page: Page) -> None:
    rung(page)
    page.keyboard.press("a")
    expect(page.locator("#agent-state")).to_have_text("listening")
    page.keyboard.press("2")
    expect(page.locator("#agent-state")).not_to_have_text("listening")
    expect(page.locator("#turns")).to_contain_text("pressed 2")
    expect(page.locator("#turns")).not_to_contain_text("joined")


def test_an_agent_lets_it_ring(page: Page) -> None:
    rung(page)
    page.keyboard.press("n")
    expect(page.locator("#turns")).to_contain_text("no answer")


def test_a_refusal_is_told_in_plain_words(page: Page) -> None:
    rung(page)
    name = page.evaluate("document.querySelector('#save').href.split('/').at(-2)")
    token = page.locator("meta[name=csrf-token]").get_attribute("content") or ""
    url = f"{page.url}/calls/{name}/press"
    answer = page.request.post(url, data={"keys": "1"}, headers={"X-CSRFToken": token, "Referer": page.url})
    assert answer.status == 400
    assert answer.json()["error"] == "nobody listens for keys now: an agent's phone is ringing."


def test_after_a_talk_the_survey_asks_about_the_person_and_the_pad_says_how_to_answer(page: Page) -> None:
    rung(page)
    page.keyboard.press("a")
    expect(page.locator("#agent-state")).to_have_text("listening")
    page.keyboard.press("1")
    expect(page.locator("#agent-state")).to_have_text("talking")
    page.keyboard.press("x")  # at once: a talk lasts a second at least
    heard(page, "how we did")
    expect(page.locator(".pad button[data-key='1']")).to_have_text("1yes")
    page.keyboard.press("1")
    expect(page.locator("#turns .turn").last).not_to_contain_text("how we did")
    page.keyboard.press("1")
    heard(page, "person you talked to")
    expect(page.locator(".pad button.can[data-key='5']")).to_have_text("55 of 5")
    expect(page.locator(".pad button.can[data-key='6']")).to_have_count(0)
    for _ in range(3):
        page.keyboard.press("u")  # hanging up is one deed, the talk before it included
        expect(page.locator("body[aria-busy]")).to_have_count(0)
    expect(page.locator("#agent-state")).to_have_text("talking")


def test_on_a_narrow_screen_the_answer_to_a_key_is_seen_where_it_is_pressed(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    dial(page)
    expect(page.locator("#at")).to_be_hidden()
    page.keyboard.press("9")
    page.keyboard.press("2")
    heard(page, "What is it about")
    page.locator("#pad").scroll_into_view_if_needed()
    expect(page.locator("#pad")).to_be_in_viewport(ratio=1)
    expect(page.locator("#turns .turn").last).to_be_in_viewport(ratio=0.9)
    page.keyboard.press("0")
    expect(page.locator("#agent-state")).to_have_text("ringing")
    expect(page.locator("#agent-answer")).to_be_in_viewport(ratio=1)


def test_on_a_wide_screen_the_agents_phone_stays_in_view_beside_a_long_transcript(page: Page) -> None:
    dial(page)
    for _ in range(6):
        page.keyboard.press("2")
        heard(page, "What is it about")
        page.keyboard.press("*")
        heard(page, "Welcome to Aurora Energy")
    expect(page.locator("#turns .turn").last).to_be_in_viewport(ratio=0.9)
    page.keyboard.press("0")
    expect(page.locator("#agent-answer")).to_be_in_viewport(ratio=1)
    assert page.evaluate("scrollY") == 0


def test_the_caller_hangs_up(page: Page) -> None:
    dial(page)
    page.keyboard.press("h")
    expect(page.locator("#clock")).to_have_text("over")
    expect(page.locator("#dial")).to_be_visible()


def test_the_yaml_of_the_step_is_lit(page: Page) -> None:
    dial(page)
    expect(page.locator("#path")).to_have_text("menus/main.yaml")
    page.keyboard.press("2")
    expect(page.locator("#path")).to_have_text("menus/complaints.yaml")
    expect(page.locator("#yaml .here")).to_have_count(1)


def test_a_call_is_saved_as_a_scenario(page: Page) -> None:
    dial(page)
    page.keyboard.press("2")
    heard(page, "What is it about")
    with page.expect_download() as download:
        page.click("#save")
    text = Path(download.value.path()).read_text()
    assert 'when: "pressed 2"' in text
    assert "What is it about" in text


def test_strangers_are_refused(page: Page, hotline: str) -> None:
    answer = page.request.post(f"{hotline}/phone/calls", data={"version": "draft"})
    assert answer.status == 400  # it has the session, and yet no page of ours sent it
    rebound = page.request.get(f"{hotline}/phone", headers={"Host": "evil.example"})
    assert rebound.status == 403


@VIEWS
def test_axe_finds_nothing(opened: Browser, hotline: str, scheme: str, width: int) -> None:
    context = opened.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})  # type: ignore[arg-type]
    page = context.new_page()
    come_in(page, hotline, "admin", "/phone")
    empty = Axe().run(page)
    dial(page)
    page.keyboard.press("2")
    heard(page, "What is it about")
    in_call = Axe().run(page)
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    shots = os.environ.get("IVR_SHOTS")
    if shots:
        page.screenshot(path=f"{shots}/phone-{scheme}-{width}.png", full_page=True)
    context.close()
    assert empty.violations_count == 0, empty.generate_report()
    assert in_call.violations_count == 0, in_call.generate_report()
    assert not wide, "the page scrolls sideways"
