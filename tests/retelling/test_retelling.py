"""A past call becomes a scenario: nothing in it names the caller, and it can be played at once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from click.testing import CliRunner
from kernel.boards import publish
from trial.conftest import CONFIG, FILES, draft, hotline, postgres, store, url
from trial.test_try_command import ON_SQLITE, working_copy

from bench.past import BUSY, HUNG_UP, SILENT, TOOK, pressed, spoke
from ivr.__main__ import ivr_words
from ivr.archive.calls import Archive
from ivr.callers import Callers, Kept
from ivr.errors import IvrError
from ivr.retelling.facts import as_maps, facts_of
from ivr.retelling.fiction import CannotRetell
from ivr.retelling.telling import telling

__all__ = ["hotline", "postgres", "store", "url", "working_copy"]

ACCOUNT, PIN, CALLER = "87654312", "9876", "+14155559876"


def told(hotline, *deeds, number=CALLER):
    call = hotline.past.call(*deeds, number=number)
    return telling(hotline.archive, call, hotline.past.board.library.get)


def keyed(telling):
    return [given.keys for _, given in telling.turns if hasattr(given, "keys")]


def test_numbers_of_the_callers_own_are_made_up_and_taken_alike(hotline):
    found = told(hotline, pressed("1"), pressed(ACCOUNT), pressed("2"), pressed(ACCOUNT), pressed("1"), TOOK)
    first, account, again, once_more, right = keyed(found)
    assert (first, again, right) == ("1", "2", "1")
    assert account == once_more
    assert account != ACCOUNT
    assert len(account) == 8
    assert found.caller == "+14155550123"
    assert told(hotline, HUNG_UP, number=None).caller == "anonymous"


def test_a_secret_that_stands_nowhere_is_made_up(hotline):
    found = told(hotline, pressed("4"), pressed(PIN), pressed("5"), SILENT, TOOK)
    assert len(keyed(found)[1]) == 4


def test_a_number_that_decides_the_way_is_never_told(hotline):
    board = hotline.past.board
    content = draft(
        bill=(
            "none: desk.desk\n  then: desk.desk",
            (
                "none: desk.desk\n  then: known\n\nknown:\n  decide:\n"
                '    - {if: account == "87654312", then: topic}\n  else: desk.desk'
            ),
        )
    )
    publish(board, content)
    with pytest.raises(CannotRetell, match="decides where the call goes"):
        told(hotline, pressed("1"), pressed(ACCOUNT), pressed("1"), pressed("1"), HUNG_UP)


def test_facts_are_written_so_that_they_are_read_back():
    assert as_maps(
        {
            "flag.storm": True,
            "team.desk.open": False,
            "team.desk.waiting": 3,
            "caller.name": "Anna Example",
            "number.complaint": None,
        }
    ) == {
        "flags": {"storm": "on"},
        "facts": {
            "team.desk.open": "no",
            "team.desk.waiting": "3",
            "caller.name": '"Anna Example"',
            "number.complaint": "unknown",
        },
    }


@ON_SQLITE
def test_a_past_call_is_written_and_played_at_once(hotline, working_copy):
    call = hotline.past.call(pressed("2"), pressed("2"), spoke(9), BUSY, TOOK, number=CALLER)
    bill = hotline.past.call(pressed("9"), pressed("1"), pressed(ACCOUNT), pressed("1"), BUSY, HUNG_UP, number=CALLER)
    paths = []
    for number, each in enumerate((call, bill)):
        paths.append(working_copy.parent / f"past{number}.yaml")
        run("story", each, "--scenario", str(paths[-1]))
    texts = [path.read_text() for path in paths]
    assert "spoke 9 s and pressed #" in texts[0]
    assert "agent is busy" in texts[0]
    for text in texts:
        assert ACCOUNT not in text
        assert CALLER not in text
    assert texts[0].count("    case: complaint\n") == 1
    assert "case:" not in texts[1]
    assert "2 passed, 0 failed" in run("test", *map(str, paths))
    with pytest.raises(IvrError, match="exists already"):
        run("story", call, "--scenario", str(paths[0]))


def run(*words):
    done = CliRunner().invoke(ivr_words, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_a_call_that_nobody_knows_cannot_be_told(hotline):
    archive: Archive = hotline.archive
    with pytest.raises(IvrError, match="no call"):
        telling(archive, "CA" + "9" * 32, hotline.past.board.library.get)


WRITTEN = """\
hours:
  send: We call you back.
  email: caller
  failed: back
  then: desk

desk:
  call_back: desk
  when: WHEN
  failed: desk.bye
  then: desk.bye
"""
HOURS = "hours:\n  say: We are here day and night.\n  then: back\n"
KNOWN = 'call_backs: {countries: [US, DK], daytime: "24/7"}\nfailed:'
ABROAD = "0045" + "33123456"


def called_back(hotline, when, *deeds):
    """Make a call of somebody whose address is kept, and who wants to be called on another number."""
    past = hotline.past
    publish(past.board, draft(main=(HOURS, WRITTEN.replace("WHEN", when)), config=("failed:", KNOWN)))
    callers = Callers(past.board.store, past.board.keyring)
    callers.keep(CALLER, Kept(name="Ole Hansen", email="ole.hansen@example.dk"))
    past.board.facts = replace(past.board.facts, callers=callers.facts)
    return past.call(pressed("3"), *deeds, number=CALLER)


@ON_SQLITE
@pytest.mark.parametrize("when", ["now", "ask"])
def test_neither_numbers_nor_addresses_are_told_and_the_scenario_goes_the_same_way(hotline, working_copy, when):
    at = (pressed("2"), pressed("1730")) if when == "ask" else ()
    call = called_back(hotline, when, pressed("2"), pressed(ABROAD), pressed("1"), *at)
    story = working_copy.parent / "called_back.yaml"
    run("story", call, "--scenario", str(story))
    text = story.read_text()
    for theirs in (CALLER, ABROAD, ABROAD[2:], "ole.hansen", "Ole Hansen"):
        assert theirs not in text
    assert "call_back.+14155550123" in text  # the number that was offered
    found = telling(hotline.archive, call, hotline.past.board.library.get)
    asked = {name.split(".")[1] for name in found.facts if name.startswith("call_back.")}
    assert len(asked) == 2
    assert found.facts["caller.email"] == "anna@example.org"
    (working_copy.parent / "config.yaml").write_text(CONFIG.replace("failed:", KNOWN))
    main = FILES["menus/main.yaml"].replace(HOURS, WRITTEN.replace("WHEN", when))
    (working_copy / "main.yaml").write_text(main)
    assert "1 passed, 0 failed" in run("test", str(story))


def test_facts_alone_name_nobody():
    known = {"caller.email": "ole.hansen@example.dk", "call_back.+4533123456": True, "call_back.+4533123457": False}
    told = facts_of(known | {"call_back.+4533123456.ever.desk": True}, ())
    first, second, ever = (name for name in told if name.startswith("call_back."))
    assert (told[first], told[second]) == (True, False)
    assert ever == f"{first}.ever.desk"
    assert "33123" not in str(told)
    assert "ole" not in str(told)
