"""A past call becomes a scenario: nothing in it names the caller, and it can be played at once."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from trial.conftest import draft, hotline, postgres, store, url
from trial.test_try_command import ON_SQLITE, working_copy

from bench.past import BUSY, HUNG_UP, SILENT, TOOK, pressed, spoke
from ivr.__main__ import ivr_words
from ivr.archive.calls import Archive
from ivr.errors import IvrError
from ivr.retelling.facts import as_maps
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
    from kernel.boards import publish

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
