"""Templates of messages are part of a version, and take the place of our own words."""

from menu.hotlines import CONFIG, good, only

from ivr.messages.wording import replies, words

MAIN = "main:\n  say: Hello.\n  then: over\n"
DANISH = """\
received: "{company}: tak. {case.number}"
visit: Vi kommer.
"""
HERE = "menus/messages/da-DK.yaml"


def test_templates_take_the_place_of_our_words_and_others_are_offered_to_people():
    content = good(MAIN, **{HERE: DANISH, "menus/messages/en-US.yaml": "visit: We come.\nbye: Bye."})
    assert words(content, "received", "da-DK", "C10017") == "Test Company: tak. C10017"
    assert words(content, "received", "en-US", "C10017") == (
        "Test Company: thank you for your message. Your reference is C10017. We answer in writing."
    )
    assert words(content, "subject", "da-DK") == "Test Company"
    assert replies(content, "da-DK") == {"visit": "Vi kommer.", "bye": "Bye."}
    assert content.hash != good(MAIN).hash


def test_what_is_wrong_with_a_template_is_said_at_its_place():
    found = only("bad-template", MAIN, **{HERE: 'visit: "Hello {name}"\n'})
    assert (found.path, found.line) == (HERE, 1)
    assert "{company} and {case.number}" in found.hint
    only("bad-template", MAIN, **{HERE: f"visit: {'x' * 1601}\n"})
    only("unknown-language", MAIN, **{"menus/messages/fr-FR.yaml": "visit: Oui\n"})
    only("bad-name", MAIN, **{HERE: "Visit us: Oui\n"})


def test_a_kind_for_cases_that_a_message_opens_is_one_of_the_kinds():
    assert good(MAIN, config=f"messages: {{kind: doubt}}\n{CONFIG}").messages_kind == "doubt"
    assert "complaint" in only("unknown-kind", MAIN, config=f"{CONFIG}messages: {{kind: complaints}}\n").hint
