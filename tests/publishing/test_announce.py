"""What staff let callers hear for a while, by command: set, heard, told, ended; refused where it would be for ever."""

from __future__ import annotations

import json

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner
from publishing.test_hear import hotline, run

from ivr.commands import announce, calendar, flag, hear
from ivr.commands.publish import command as publish

__all__ = ["hotline"]

SET = ("set", "storm", "--owner", "Priya", "--until", "3 days")


@pytest.fixture
def published(hotline):
    run(publish)
    return hotline


def refused(word, *options):
    done = CliRunner().invoke(word, list(options))
    assert done.exit_code != 0
    return f"{done.output}{done.exception}"


def test_an_announcement_is_heard_until_it_is_ended(published):
    told = run(announce.command, *SET, "--text", "en-US=A storm is coming.")
    assert told.startswith("storm is on the air in en-US until ")
    heard = run(hear.command)
    assert heard.index("A storm is coming.") < heard.index("Welcome.")
    assert "announcements: storm\n" in heard
    assert "(announcement storm)" in run(calendar.command, "--days", "2")
    assert "storm" in run(announce.command, "list")
    assert json.loads(run(announce.command, "list", "--json"))[0]["owner"] == "Priya"
    assert run(announce.command, "end", "storm") == "storm is off the air\n"
    assert run(announce.command, "end", "storm") == "storm was not on the air\n"
    assert "A storm" not in run(hear.command)
    assert run(announce.command, "list") == "nothing is on the air\n"


def test_a_time_after_its_end_does_not_hear_it(published):
    run(announce.command, *SET, "--text", "en-US=A storm is coming.", "--emergency", "--line", "care")
    assert "announcements: storm (emergency)" in run(hear.command)
    assert "announcements: none" in run(hear.command, "--at", "2099-01-01 12:00")


def test_a_recorded_announcement_is_played_from_the_nodes_disk(published, tmp_path):
    soundfile.write(tmp_path / "storm.flac", 0.3 * np.sin(np.arange(16_000) / 4), 16_000)
    run(announce.command, *SET, "--audio", f"en-US={tmp_path / 'storm.flac'}")
    name = json.loads(run(announce.command, "list", "--json"))[0]["audio"]["en-US"]
    assert f"/audio/{name}.wav" in run(hear.command)
    assert (published / "data" / "audio" / f"{name}.wav").stat().st_size > 8000
    assert f"en-US: recording {name[:12]}" in run(announce.command, "list")


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--text", "en-US=Hello", "--until", "32 days"), "31 days"),
        (("--text", "en-US=Hello", "--until", "2020-01-01T00:00+00:00"), "over"),
        (("--text", "en-US=Hello", "--until", "2026-01-01"), "zone"),
        (("--text", "en-US=Hello", "--until", "soon"), "how long"),
        (("--text", "en-US=Hello"), "--until"),
        (("--until", "2 h"), "--text"),
        (("--text", "Hello", "--until", "2 h"), "language"),
        (("--text", "en-US=Hello", "--text", "en-US=Bye", "--until", "2 h"), "twice"),
        (("--text", "xx-YY=Hello", "--until", "2 h"), "no caller hears"),
        (("--text", "en-US=Hello", "--line", "nowhere", "--until", "2 h"), "no line"),
        (("--text", "en-US=" + "x" * 501, "--until", "2 h"), "500"),
        (("--audio", "en-US=/nowhere.wav", "--until", "2 h"), "nowhere.wav"),
        (("--text", "en-US=Hello", "--until", "2 h", "--owner", " "), "answers for it"),
    ],
)
def test_what_would_not_be_heard_or_would_never_end_is_refused(published, options, why):
    assert why in refused(announce.command, "set", "storm", *options)


def test_a_flag_needs_an_end_too(published):
    assert "--until" in refused(flag.command, "on", "storm")
    assert "31 days" in refused(flag.command, "on", "storm", "--until", "35 days")
    assert run(flag.command, "on", "storm", "--until", "2 h").startswith("storm is on until ")
    assert "(flag storm)" in run(calendar.command, "--days", "2")
