import binascii
import json
import os
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.hotline import hotline

from ivr.engine.state import CallState
from ivr.engine.tree import Ask, Given, LookUp, Set, Slot, Words
from ivr.errors import TokenRefused
from ivr.keys import Keyring
from ivr.token import START, Envelope, Pretend, Tokens, starts
from ivr.token.longest import ENDLESS, largest_values, longest
from ivr.token.packing import Vocabulary
from ivr.token.sealing import read_base64, write_base64

CALL = "CA" + "0" * 32
CONTENT = hotline()
WORDS = Vocabulary(CONTENT.tree)
OLD, NEW = ("old", os.urandom(32)), ("new", os.urandom(32))
TOKENS = Tokens(Keyring([OLD, NEW]), lambda _: WORDS)
KEY = Keyring([OLD, NEW]).first


def lookup(**more):
    return LookUp(id="main.f", url=(), sent={}, **more)


def envelope(**changes):
    state = CallState("care", "en-US", 1764000000.125, "main.account", turns=2, values={"about": "bill"})
    made = Envelope(TOKENS._keyring.first, bytes(range(16)), CONTENT.hash, bytes(range(1, 17)), 2_000_000_000, state)
    return replace(made, **changes)


names = st.sampled_from([*WORDS.words, "unheard.of"])
scalars = st.one_of(st.none(), st.booleans(), st.integers(-9, 99_999_999), st.text(max_size=12), st.floats(0, 9e9))
states = st.builds(
    CallState,
    line=names,
    language=names,
    began=st.floats(0, 2e9),
    place=st.one_of(st.just(""), names),
    phase=st.sampled_from(["", "confirm", "ring"]),
    turns=st.integers(0, 200),
    heard=st.lists(names, max_size=8).map(tuple),
    values=st.dictionaries(names, scalars, max_size=5),
    facts=st.dictionaries(names, scalars, max_size=3),
    visits=st.dictionaries(names, st.integers(0, 200), max_size=3),
    returns=st.lists(names, max_size=3).map(tuple),
    pending=st.one_of(st.none(), st.text(max_size=20)),
    rung=st.lists(names, max_size=3).map(tuple),
    busy=st.booleans(),
    passed=st.lists(names, max_size=3).map(tuple),
    ended=st.booleans(),
)


@given(states)
def test_every_state_comes_back_from_its_token(state):
    given_out = envelope(state=state)
    assert TOKENS.open(TOKENS.seal(given_out, CALL), CALL, 0) == given_out


def test_the_same_state_gives_the_same_bytes_and_another_call_gets_others():
    assert TOKENS.seal(envelope(), CALL) == TOKENS.seal(envelope(), CALL)
    assert TOKENS.seal(envelope(), CALL) != TOKENS.seal(envelope(), "CA1")


def test_a_pretended_call_keeps_its_clock_and_its_facts():
    given_out = envelope(pretend=Pretend(1_700_000_000.0, {"flag.storm": True}))
    assert TOKENS.open(TOKENS.seal(given_out, CALL), CALL, 0) == given_out


def test_a_start_token_opens_as_a_start_and_as_nothing_else():
    token = TOKENS.seal(envelope(seed=b"", parent=b"", pretend=Pretend(0.0)), START)
    assert starts(token)
    assert TOKENS.open(token, START, 0).parent == b""
    with pytest.raises(TokenRefused):
        TOKENS.open(token, CALL, 0)
    call_token = TOKENS.seal(envelope(), CALL)
    assert not starts(call_token)
    with pytest.raises(TokenRefused):
        TOKENS.open(call_token, START, 0)


def test_a_token_of_another_call_is_refused():
    with pytest.raises(TokenRefused):
        TOKENS.open(TOKENS.seal(envelope(), CALL), "CA1", 0)


def test_a_token_that_has_expired_is_refused():
    with pytest.raises(TokenRefused, match="expired"):
        TOKENS.open(TOKENS.seal(envelope(expires=10), CALL), CALL, 11)


def test_every_single_changed_character_is_refused():
    token = TOKENS.seal(envelope(), CALL)
    for place, character in enumerate(token):
        for other in "A_.~1\n" + chr(ord(character) ^ 1):
            if other != character:
                with pytest.raises(TokenRefused):
                    TOKENS.open(token[:place] + other + token[place + 1 :], CALL, 0)


@given(st.text(max_size=400))
def test_what_is_no_token_is_refused(text):
    with pytest.raises(TokenRefused):
        TOKENS.open(text, CALL, 0)


@given(st.binary(min_size=1, max_size=60), st.integers(0, 61))
def test_no_two_texts_mean_the_same_bytes(data, place):
    text = write_base64(data)
    assert read_base64(text) == data
    place %= len(text)
    for sign in "ABQgw_-+/=5 \xe9":
        other = text[:place] + sign + text[place + 1 :]
        if other == text:
            continue
        try:
            assert read_base64(other) != data
        except binascii.Error:
            continue


def test_after_a_rotation_old_tokens_open_and_keep_their_key():
    token = Tokens(Keyring([OLD]), lambda _: WORDS).seal(envelope(key=Keyring([OLD]).first), CALL)
    rotated = Tokens(Keyring([NEW, OLD]), lambda _: WORDS)
    opened = rotated.open(token, CALL, 0)
    assert opened.key.id == "old"
    assert rotated.seal(opened, CALL) == token
    with pytest.raises(TokenRefused):
        Tokens(Keyring([NEW]), lambda _: WORDS).open(token, CALL, 0)


def test_the_longest_token_is_longer_than_any_that_can_be():
    values = {"about": "message", "account": "1234", "pin": "1234", "statement": "RE" + "0" * 32}
    values["case.number"] = "C123456789"
    people = CONTENT.tree.teams["care"].ring
    fullest = CallState(
        "care",
        "en-US",
        1764000000.123,
        "main.account",
        "confirm",
        200,
        6,
        3,
        3,
        heard=("main.main",) * 8,
        values=values,
        facts={"caller.number": "+" + "1" * 99},
        returns=("main.case",) * 3,
        pending="1234",
        ringing=people,
        rung=people,
        passed=people,
        asked_at=1764000001.123,
        busy=False,
        ended=True,
    )
    assert len(TOKENS.seal(envelope(state=fullest), CALL)) <= longest(CONTENT) <= 1200


KEYED = [
    (Ask(id="main.a", prompt=Words({}), name="a", longest=9), "123456789"),
    (Ask(id="main.a", prompt=Words({}), name="a", kind="amount", longest=3), 0.01),
    (Ask(id="main.a", prompt=Words({}), name="a", kind="amount", longest=4), 12.5),
    (Ask(id="main.a", prompt=Words({}), name="a", kind="date", longest=1), "2026-11-24"),
    (Ask(id="main.a", prompt=Words({}), name="a", kind="month", longest=1), "2026-11"),
    (Ask(id="main.a", prompt=Words({}), name="a", kind="yes_no", longest=1), False),
    (Ask(id="main.a", prompt=Words({}), name="a", offer="caller.number", longest=1), "+" + "1" * 15),
    (lookup(gives={"a": Given("text", size=30)}), "æ" * 15),
    (lookup(gives={"a": Given("number")}), -123456789012.123456),
    (lookup(gives={"a": Given("digits", size=4)}), "1234"),
]


@pytest.mark.parametrize(("step", "value"), KEYED, ids=lambda each: getattr(each, "kind", ""))
def test_no_answer_is_longer_than_its_step_can_give(step, value):
    (size,) = {
        name: size for name, size in largest_values(replace(CONTENT.tree, steps={"a": step})).items() if name == "a"
    }.values()
    assert len(json.dumps(value, ensure_ascii=False).strip('"').encode()) <= size


def test_a_list_counts_with_every_item_that_is_kept():
    few, many = ({f"places.{number}.name": Given("text", size=30) for number in range(1, most + 1)} for most in (1, 5))
    one, five = (
        longest(replace(CONTENT, tree=replace(CONTENT.tree, steps={**CONTENT.tree.steps, "f": lookup(gives=gives)})))
        for gives in (few, many)
    )
    assert five - one >= 4 * 30 * 4 / 3


def test_a_value_that_grows_in_a_loop_has_no_longest_token():
    steps = {**CONTENT.tree.steps, "main.grow": Set(id="main.grow", values={"x": (Slot("x", ""), "more")})}
    assert longest(replace(CONTENT, tree=replace(CONTENT.tree, steps=steps))) >= ENDLESS
