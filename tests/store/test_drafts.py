"""Texts of drafts: a run of saves is one text, nobody's text is written over."""

from __future__ import annotations

from pathlib import Path

from ivr.store import Store
from ivr.store.drafts import GONE, RECORDING, TEXT, Draft, DraftFile

MAIN = "menus/main.yaml"


def test_a_run_of_saves_is_one_text_and_others_texts_stay(store: Store) -> None:
    store.drafts.begin(Draft("d1", "", "Priya", 100.0), [DraftFile(MAIN, 1, "a", "Priya", 100.0)])
    saves = ((101, "Priya", "b"), (102, "Priya", "c"), (103, "Bo", "d"), (104, "Priya", "e"), (900, "Priya", "f"))
    for at, who, text in saves:
        seen = store.drafts.files("d1")[0].revision
        assert store.drafts.save("d1", DraftFile(MAIN, seen, text, who, float(at)))
        assert store.drafts.save("d1", DraftFile(MAIN, seen, "x", who, float(at))) is None
    assert store.drafts.save("d1", DraftFile(MAIN, 1, "old", "Bo", 901.0)) is None  # the row that came after is gone
    assert [file.text for file in store.drafts.history("d1", MAIN)] == ["f", "e", "d", "c", "a"]
    assert store.drafts.authors(store.drafts.find("d1")) == {"Priya", "Bo"}


def test_what_was_typed_or_recorded_outlives_what_comes_after_it(store: Store) -> None:
    store.drafts.begin(Draft("d1", "", "Priya", 100.0), [DraftFile(MAIN, 1, "a", "Priya", 100.0)])
    saves = ((1, "b", TEXT), (61, "", GONE), (90, "c", TEXT), (91, "d", TEXT), (120, "", GONE))
    for revision, (after, text, kind) in enumerate(saves, 1):
        assert store.drafts.save("d1", DraftFile(MAIN, revision, text, "Priya", 100.0 + after, kind))
    assert [file.text for file in store.drafts.history("d1", MAIN)] == ["", "d", "", "b", "a"]
    sounds = ("1" * 64, "2" * 64, "3" * 64)
    for revision, sound in enumerate(sounds):
        assert store.drafts.save("d1", DraftFile("a.wav", revision, sound, "Priya", 200.0 + revision, RECORDING))
    assert [file.text for file in store.drafts.history("d1", "a.wav")] == [*reversed(sounds)]


def test_who_has_a_draft_open_is_known_on_every_node(store: Store, url: str, tmp_path: Path) -> None:
    other = Store(url, tmp_path)
    try:
        assert store.draft_visits.others("d1", "Priya", 100.0) == []
        assert other.draft_visits.others("d1", "Bo", 101.0) == ["Priya"]
        assert store.draft_visits.others("d1", "Priya", 102.0) == ["Bo"]
        assert other.draft_visits.others("d2", "Bo", 102.0) == []
        assert store.draft_visits.others("d1", "Priya", 112.0) == []  # Bo's page was closed meanwhile
        assert store.draft_visits.others("d1", "Priya", 112.5) == []
    finally:
        other.close()
