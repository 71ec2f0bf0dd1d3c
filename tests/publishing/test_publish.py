import time
from threading import Thread

import pytest
from publishing.conftest import MENU, files_of

from ivr.errors import MenuRefused
from ivr.publishing import handing
from ivr.publishing.handing import NodesBehind, node_name, take_offered
from ivr.publishing.library import Library
from ivr.publishing.publish import Author, publish

PRIYA = Author("Priya", "longer hours")
OTHER = MENU.replace("Goodbye.", "So long.")


def test_a_version_comes_into_force_and_is_on_this_disk(store, tmp_path):
    done = publish(files_of(), PRIYA, store, tmp_path)
    assert done.switched
    assert store.versions.active() == done.version
    assert Library(tmp_path).get(done.version).hash == done.version
    assert [(each.author, each.comment) for each in store.versions.history()] == [("Priya", "longer hours")]


def test_the_same_content_does_nothing(store, tmp_path):
    publish(files_of(), PRIYA, store, tmp_path)
    assert not publish(files_of(), PRIYA, store, tmp_path).switched
    assert len(store.versions.history()) == 1


def test_an_older_version_comes_back_into_force(store, tmp_path):
    first = publish(files_of(), PRIYA, store, tmp_path)
    publish(files_of(OTHER), PRIYA, store, tmp_path)
    assert publish(files_of(), PRIYA, store, tmp_path).switched
    assert store.versions.active() == first.version


def test_a_menu_with_errors_leaves_the_published_version(store, tmp_path):
    good = publish(files_of(), PRIYA, store, tmp_path)
    with pytest.raises(MenuRefused, match="by"):
        publish(files_of(MENU.replace("then: bye", "then: byebye")), PRIYA, store, tmp_path)
    assert store.versions.active() == good.version


def test_a_version_waits_for_every_living_node(store, tmp_path):
    far = Library(tmp_path / "far", store.versions)
    store.nodes.beat("far", time.time())
    store.nodes.beat("gone", time.time() - 60)
    store.nodes.beat(node_name(tmp_path), time.time())
    seen = []

    def take():
        while not seen:
            seen.extend(take_offered(far, store))
        assert store.versions.active() is None
        store.nodes.beat("far", time.time(), seen)

    thread = Thread(target=take)
    thread.start()
    done = publish(files_of(), PRIYA, store, tmp_path)
    thread.join()
    assert seen == [done.version]
    assert far.hashes() == {done.version}
    assert store.versions.active() == done.version


def test_a_node_that_does_not_take_it_stops_the_switch(store, tmp_path, monkeypatch):
    monkeypatch.setattr(handing, "PATIENCE", 0.2)
    store.nodes.beat("far", time.time())
    with pytest.raises(NodesBehind, match="far"):
        publish(files_of(), PRIYA, store, tmp_path)
    assert store.versions.active() is None
