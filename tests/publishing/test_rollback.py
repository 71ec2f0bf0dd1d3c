"""Going back, and two people at once."""

from __future__ import annotations

import time

import pytest
from publishing.conftest import MENU, files_of

from ivr.errors import UnknownVersion
from ivr.publishing import publish as publishing
from ivr.publishing.handing import take_offered
from ivr.publishing.library import Library
from ivr.publishing.publish import Author, earlier, publish, roll_back
from ivr.store.versions import Overtaken

PRIYA, BO = Author("Priya", "longer hours"), Author("Bo", "")
OTHER, THIRD = MENU.replace("Goodbye.", "So long."), MENU.replace("Goodbye.", "Farewell.")


def test_going_back_is_a_publish_of_the_version_before(store, tmp_path):
    first = publish(files_of(), PRIYA, store, tmp_path)
    publish(files_of(OTHER), PRIYA, store, tmp_path)
    assert roll_back(earlier("", store), Author("Bo", "it was wrong"), store, tmp_path)
    assert store.versions.active() == first.version
    assert [(each.number, each.author, each.comment) for each in store.versions.history(1)] == [
        (3, "Bo", "it was wrong")
    ]
    assert not roll_back(first.version, BO, store, tmp_path)


def test_a_version_is_named_by_the_beginning_of_its_hash(store, tmp_path):
    first = publish(files_of(), PRIYA, store, tmp_path)
    assert earlier(first.version[:6], store) == first.version
    for unknown in ("zz", "%"):
        with pytest.raises(UnknownVersion, match="0 versions"):
            earlier(unknown, store)
    with pytest.raises(UnknownVersion, match="no earlier"):
        earlier("", store)


def test_a_node_that_came_later_is_offered_the_earlier_version(store, tmp_path):
    old = publish(files_of(), PRIYA, store, tmp_path).version
    for number in range(5):
        publish(files_of(MENU.replace("Goodbye.", f"Goodbye {number}.")), PRIYA, store, tmp_path)
    late = Library(tmp_path / "late", store.versions)
    assert old not in take_offered(late, store)
    roll_back(old, BO, store, tmp_path)
    assert old in take_offered(late, store)


def test_of_two_who_publish_at_once_the_second_is_told(store, tmp_path):
    publish(files_of(), PRIYA, store, tmp_path)
    seen = store.versions.last().number
    done = publish(files_of(OTHER), Author("Priya", "", seen), store, tmp_path)
    with pytest.raises(Overtaken, match="Priya put version") as told:
        publish(files_of(THIRD), Author("Bo", "", seen), store, tmp_path)
    assert told.value.hint.startswith("the page Menus shows what changed")
    assert store.versions.active() == done.version
    assert publish(files_of(THIRD), Author("Bo", "", seen + 1), store, tmp_path).switched


def test_who_is_overtaken_while_the_nodes_take_the_version_is_told_too(store, tmp_path, monkeypatch):
    publish(files_of(), PRIYA, store, tmp_path)
    hand_over = publishing.hand_over

    def meanwhile(version, store, here):
        hand_over(version, store, here)
        if store.versions.last().author == "Priya":
            store.versions.switch("ff" * 32, "Ida", "", time.time())

    monkeypatch.setattr(publishing, "hand_over", meanwhile)
    with pytest.raises(Overtaken, match="Ida put version ffffffffffff"):
        publish(files_of(OTHER), BO, store, tmp_path)
    assert store.versions.last().author == "Ida"
