"""A hotline whose past calls can be made, and drafts of it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from kernel.boards import SECRET, board_over, publish
from rig.stores import postgres, store, url

from bench.past import PastCalls
from ivr.archive.calls import Archive
from ivr.content import Content
from ivr.keys import Keyring
from ivr.menu.compile import compile_hotline
from ivr.replay import reel
from ivr.trial.results import Tried, try_call
from ivr.trial.tape import tape
from ivr.trial.trying import NOT_READABLE, NOT_WHOLE, Report, Trial

__all__ = ["NOT_READABLE", "NOT_WHOLE", "postgres", "store", "url"]

CONFIG = """\
company: Aurora Energy
language: en-US
voices: {en-US: Polly.Joanna-Neural}
lines:
  care: {number: "+18005550100", zone: UTC, start: main, person: desk.desk, languages: [en-US], default: yes}
teams:
  desk: {by: ring, ring: ["+15005550101", "+15005550102"], hours: 24/7}
  night: {by: ring, ring: ["+15005550103"], hours: 24/7}
kinds:
  complaint: {series: C}
failed: desk.bye
everywhere: {"*": back, 0: person}
always_on: ["+15005550109"]
"""
MAIN = """\
main:
  menu: How can we help?
  keys:
    1: a bill -> bill.account
    2: {for: a complaint, then: bill.topic}
    3: our opening hours -> hours
    4: your balance -> bill.pin
  silence: or stay on the line -> desk.desk
  wrong: desk.desk

hours:
  say: We are here day and night.
  then: back
"""
BILL = """\
account:
  ask: Please key in your account.
  as: account
  digits: 8
  read_back: yes
  none: desk.desk
  then: desk.desk

topic:
  menu: What is it about?
  as: about
  keys:
    1: {for: a price, value: price}
    2: {for: a visit, value: visit}
  then: statement

statement:
  record: Tell us.
  as: statement
  then: file

file:
  case: complaint
  about: "{about}"
  then: desk.desk

pin:
  ask: Your PIN.
  as: pin
  digits: 4
  secret: yes
  then: balance

balance:
  say: Your balance is nothing.
  then: main.main
"""
DESK = """\
desk:
  transfer: desk
  words: I put you through.
  after: bye

bye:
  hang_up: Goodbye.
"""
FILES = {"config.yaml": CONFIG, "menus/main.yaml": MAIN, "menus/bill.yaml": BILL, "menus/desk.yaml": DESK}


def draft(**changes: tuple[str, str]) -> Content:
    """The hotline, with one text in the place of another: `draft(main=("a bill", "an invoice"))`."""
    files = dict(FILES)
    for name, (old, new) in changes.items():
        path = "config.yaml" if name == "config" else f"menus/{name}.yaml"
        assert old in files[path]
        files[path] = files[path].replace(old, new)
    compiled = compile_hotline({path: text.encode() for path, text in files.items()})
    assert compiled.content is not None, "\n".join(map(str, compiled.problems))
    return compiled.content


@dataclass
class Hotline:
    """What the tests of a trial ask."""

    past: PastCalls
    archive: Archive

    def tried(self, call: str, content: Content) -> Tried:
        """Try one call."""
        board = self.past.board
        found = tape(reel(board.store.call(call), board.store.chain(call), board.keyring, board.library.get))
        assert found.whole
        return try_call(found, content)

    def report(self, content: Content) -> Report:
        """Try all calls."""
        report, board = Report(), self.past.board
        trial = Trial(content, (SECRET,), board.library.get)
        records = [row.record for row in board.store.calls.search(self.everything, 10_000)]
        for each in trial.page([(record, board.store.chain(record.call)) for record in records]):
            report.add(each)
        return report

    @property
    def everything(self):
        from ivr.store.calls import Search

        return Search()


@pytest.fixture
def hotline(store, tmp_path) -> Hotline:
    board = board_over(store, tmp_path / "node")
    publish(board, draft())
    return Hotline(PastCalls(board), Archive(store, Keyring((SECRET,))))
