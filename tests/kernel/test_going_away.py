"""The database goes in the middle of a request: between the no that a repeat gets and the look for the first copy."""

from __future__ import annotations

import pytest
from kernel.boards import CALL, SECRET, publish, replayed
from kernel.hotline import hotline
from kernel.nodes import CutOff
from kernel.test_switchboard import COMPLAINT, called, texts, walk


@pytest.fixture
def node(store, tmp_path):
    made = CutOff(store, tmp_path / "one", (SECRET,))
    publish(made.board, hotline())
    yield made
    made.close()


def cut_at_the_look(node, monkeypatch):
    look = node.store.asked

    def asked(call, request):
        node.cut = True
        return look(call, request)

    monkeypatch.setattr(node.store, "asked", asked)


@pytest.mark.parametrize("place", range(4))
def test_a_repeat_is_answered_though_the_first_copy_cannot_be_looked_at(node, place, monkeypatch):
    answers = walk(node.board, *COMPLAINT)
    cut_at_the_look(node, monkeypatch)
    if place == 0:
        again = node.board.begin(CALL, called())
    else:
        again = node.board.drive(answers[place - 1].token, CALL, COMPLAINT[place - 1])
    # A reference drawn anew becomes another name of the same case, so what is said but for its digits is compared.
    assert texts(again).partition("C 1")[0] == texts(answers[place]).partition("C 1")[0]
    monkeypatch.undo()
    node.cut = False
    assert node.fold()
    assert replayed(node.board) == len(node.store.chain(CALL))
