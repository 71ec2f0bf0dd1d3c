"""The editor of menus offers the keys and words that the check itself reads, at the place where they may stand."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from rig.people import come_in

from ivr.menu.schema import config_schema, menu_schema
from ivr.menu.table import DEEDS

pytestmark = pytest.mark.browser
ASK = """async ([form, text]) => {
  const { fitting } = await import("/static/draft-forms.js");
  const lines = text.replace("|", "").split("\\n"), to = text.slice(0, text.indexOf("|")).split("\\n");
  return fitting(form, lines, to.length - 1, to.at(-1).replace(/[\\w.]*$/, "")).map((one) => one.label);
}"""
STEP = "main:\n  transfer: billing\n"
OF_A_KEY = ["for", "to", "say", "then", "value", "in", "if", "also", "silent"]
MENU = {
    "main:\n  |\n": list(DEEDS),
    "main:\n  menu: Hello.\n  keys: {1: a -> b}\nother:\n  |\n  then: x\n": list(DEEDS),
    "main:\n  ask: How many?\n  kind: |\n  as: count\n": ["digits", "amount", "date", "month", "phone", "yes_no"],
    "main:\n  ask: How many?\n  secret: |\n": ["yes", "no"],
    f"{STEP}  while_waiting:\n    say: Soon.\n    |\n": ["music", "every", "keys"],
    f"{STEP}  while_waiting:\n    keys:\n      1: {{to: stay, |}}\n": [name for name in OF_A_KEY if name != "to"],
    f'{STEP}  while_waiting:\n    keys:\n      1:\n        say: "a: {{b}}"\n        |\n': [
        name for name in OF_A_KEY if name != "say"
    ],
    "main:\n  decide:\n    - if: a\n      then: b\n    - if: c\n      |\n": ["then"],
    "main:\n  say: Hello, |\n": [],
    "main:\n  say: |\n": [],
    "# |\n": [],
}
CONFIG = {
    "teams:\n  billing:\n    name: Billing\n    by: |\n": ["ring", "queue", "taskrouter"],
    "teams:\n  billing:\n    name: Billing\n    by: queue\n    order: |\n": ["in turn", "together"],
}


@pytest.fixture
def draft(opened: Browser, hotline: str) -> Page:
    page = opened.new_context(viewport={"width": 1440, "height": 900}).new_page()
    come_in(page, hotline, "operator", "/menus")
    page.keyboard.press("n")
    page.locator("body[data-ready]").wait_for()
    return page


def test_what_may_stand_at_a_place_is_offered(draft: Page) -> None:
    for form, cases in ((menu_schema(), MENU), (config_schema(), CONFIG)):
        for text, offered in cases.items():
            assert draft.evaluate(ASK, [form, text]) == offered, text
    offered = draft.evaluate(ASK, [menu_schema(), "main:\n  menu: Hello.\n  |\n  keys:\n    1: a -> b\n"])
    assert {"tries", "silence", "wrong"} <= set(offered)
    assert not {"menu", "keys", "transfer", "digits"} & set(offered)
    draft.context.close()


def test_a_key_is_taken_by_keyboard_and_says_what_it_is_for(draft: Page) -> None:
    draft.locator("#files a", has_text="complaints.yaml").focus()
    draft.keyboard.press("Enter")
    draft.keyboard.press("Control+End")
    for words in ("extra:", "  menu: Hello.", "sil"):
        draft.keyboard.type(words)
        if words != "sil":
            draft.keyboard.press("Enter")
    offered = draft.locator(".cm-tooltip-autocomplete li")
    expect(offered).to_have_count(1)
    expect(offered).to_contain_text("silence")
    expect(draft.locator(".cm-completionInfo")).to_contain_text("Where a silent caller goes")
    draft.wait_for_timeout(100)  # what has just opened takes no key yet
    draft.keyboard.press("Enter")
    expect(draft.locator("#editor .cm-content")).to_contain_text("  silence")
    expect(offered).to_have_count(0)
    draft.context.close()
