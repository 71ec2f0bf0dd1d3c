"""What is typed in a draft is kept, in a real browser: every file, over a network that is away, and on leaving."""

from __future__ import annotations

import io
import json
import time

import pytest
import soundfile
from playwright.sync_api import Browser, Page, Route, expect
from rig.looks import look
from rig.people import sign_in

from ivr.store import Store
from ivr.store.drafts import Run

PROMPTS = "recordings/prompts"
pytestmark = pytest.mark.browser


def begun(opened: Browser, hotline: str) -> tuple[Page, str]:
    page = opened.new_context(viewport={"width": 1440, "height": 900}).new_page()
    sign_in(page, hotline, "operator")
    page.goto(f"{hotline}/menus")
    page.wait_for_load_state()
    page.keyboard.press("n")
    page.locator("body[data-ready]").wait_for()
    return page, page.url


def written(page: Page, file: str, words: str) -> None:
    """Type a line of words at the end of a file."""
    page.locator("#files a", has_text=file).first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Control+End")
    page.keyboard.type(f"\n# {words}")


def kept(store: Store, address: str, path: str, words: str) -> bool:
    """Say whether a file of the draft holds words, or will within seconds."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        rows = {row.path: row.text for row in store.drafts.files(address.rpartition("/")[2])}
        if words in rows[path]:
            return True
        time.sleep(0.1)
    return False


def test_every_file_is_kept_when_the_network_comes_back_and_on_leaving(
    opened: Browser, hotline: str, opened_store: Store
) -> None:
    page, address = begun(opened, hotline)
    page.context.set_offline(offline=True)
    written(page, "complaints.yaml", "first file")
    written(page, "doubts.yaml", "second file")
    expect(page.locator("#banner")).to_contain_text("Not kept")
    page.locator("#publish").focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    assert page.url == address  # stays: nothing of it is kept
    page.context.set_offline(offline=False)
    assert kept(opened_store, address, "menus/complaints.yaml", "first file")
    assert kept(opened_store, address, "menus/doubts.yaml", "second file")
    expect(page.locator("#banner")).to_be_hidden()
    written(page, "main.yaml", "before the click")
    page.locator("#publish").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("What changes for callers")
    assert (
        "before the click"
        in {row.path: row.text for row in opened_store.drafts.files(address[-12:])}["menus/main.yaml"]
    )
    page.goto(address)
    page.locator("body[data-ready]").wait_for()
    written(page, "main.yaml", "on leaving")
    page.goto("about:blank")
    assert kept(opened_store, address, "menus/main.yaml", "on leaving")
    page.context.close()


def test_a_late_answer_takes_no_file_away_that_was_made_meanwhile(
    opened: Browser, hotline: str, opened_store: Store
) -> None:
    page, address = begun(opened, hotline)
    held: list[Route] = []

    def hold(route: Route) -> None:
        """Let the server answer now, and the page hear of it later."""
        if held:
            route.continue_()
            return
        held.append(route)

    page.route("**/state", hold)
    page.wait_for_timeout(3500)
    answer = held[0].fetch()
    page.locator("#add input").fill("menus/Not allowed.yaml")
    page.keyboard.press("Enter")
    assert page.locator("#add input:invalid").count() == 1  # the field knows the rule itself
    page.locator("#add input").fill("menus/extra.yaml")
    page.keyboard.press("Enter")
    expect(page.locator("#files [aria-current]")).to_contain_text("extra.yaml")
    held[0].fulfill(response=answer)
    page.wait_for_timeout(300)
    expect(page.locator("#files [aria-current]")).to_contain_text("extra.yaml")
    page.locator("#remove").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#files a", has_text="extra.yaml")).to_have_count(0)
    expect(page.get_by_role("button", name="Put it back")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#files [aria-current]")).to_contain_text("extra.yaml")
    assert any(row.path == "menus/extra.yaml" for row in opened_store.drafts.files(address.rpartition("/")[2]))
    page.context.close()


def tried(store: Store, draft: str, mark: str) -> None:
    """Let a trial have found a call that would go another way; its keys are pressed through the real webhooks."""
    example = {"call": "CA1", "line": "care", "at": 1795098720.0, "flags": [], "keys": ["2", "1"], "more": True}
    group = {"kind": "another way", "told": "after main.main", "calls": 1, "examples": [example]}
    keys = {"alike": 0, "parted": 1, "elsewhere": 0, "dead": 0, "longer": 0, "stopped": 0, "groups": [group]}
    result = json.dumps({"calls": 1, "left_out": {}, "keys": keys, "meaning": keys})
    store.drafts.put_run(draft, Run("trial", mark, "Tomas Berg", time.time(), time.time(), "done", 1, 1, result))


def ready_for_the_phone(store: Store, draft: str) -> None:
    """Look at the sound that was kept."""
    file = store.versions.get_audio(store.drafts.history(draft, f"{PROMPTS}/en-US/main.main.wav")[0].text)
    told = soundfile.info(io.BytesIO(file or b""))
    assert (told.samplerate, told.channels, told.subtype) == (8000, 1, "ULAW")


def test_an_example_of_a_trial_is_played_and_a_prompt_recorded_by_keyboard(
    opened: Browser, hotline: str, opened_store: Store
) -> None:
    page, address = begun(opened, hotline)
    draft = address.rpartition("/")[2]
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if "media-src" in line.text else None)
    tried(opened_store, draft, page.request.get(f"{address}/state").json()["mark"])
    group = page.locator("#trial summary")
    expect(group).to_contain_text("another way")
    group.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#trial")).to_contain_text("then a number of the caller's own")
    page.get_by_role("button", name="Play it").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#dial")).to_be_focused()
    expect(page.locator("#example")).to_contain_text("2 1 are pressed for you")
    look(page, "phone-example")
    page.keyboard.press("Enter")
    expect(page.locator("#turns .turn").last).to_contain_text("account number")
    page.goto(f"{address}/prompts?language=en-US")
    row = page.locator("[id='en-US-main.main']")
    row.locator("[data-record]").focus()
    page.keyboard.press("Enter")
    expect(row.locator("[data-record]")).to_contain_text("Stop")
    page.wait_for_timeout(1500)  # the browser's own microphone beeps once a second
    page.keyboard.press("Enter")
    expect(row.get_by_role("button", name="Bring it")).to_be_focused()
    heard = row.locator("audio")
    heard.evaluate("player => player.play()")
    expect(heard).to_have_js_property("error", None)
    look(page, "draft-recorded")
    page.keyboard.press("Enter")
    expect(page.locator(".banner")).to_contain_text("main.main.wav is in the draft")
    row = page.locator("[id='en-US-main.main']")
    expect(row.locator(".st")).to_have_text("recorded")
    ready_for_the_phone(opened_store, draft)
    assert errors == []
    page.context.close()


def test_a_scenario_is_opened_changed_and_kept_in_the_draft(opened: Browser, hotline: str, opened_store: Store) -> None:
    page, address = begun(opened, hotline)
    assert page.locator("#files a", has_text="tests/").count() == 0  # there are many: they stand by themselves
    page.locator("summary", has_text="Open one of").focus()
    page.keyboard.press("Enter")
    page.locator("#scenario-files a", has_text="whole_story.yaml").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#files a[aria-current]")).to_contain_text("tests/whole_story.yaml")
    expect(page.locator("#editor")).to_contain_text("title:")
    page.keyboard.press("Control+End")
    page.keyboard.type("\n# looked at")
    assert kept(opened_store, address, "menus/tests/whole_story.yaml", "looked at")
    expect(page.locator("#counts")).not_to_contain_text("error")
    page.context.close()
