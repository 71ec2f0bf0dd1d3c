"""Our own spoken words are complete in every language, with the slots that the engine fills."""

import re
from pathlib import Path

import pytest
import yaml

from ivr.engine.phrases import PHRASES

FOLDER = Path(__file__).resolve().parents[2] / "ivr" / "menu" / "phrases"
FILES = sorted(FOLDER.glob("*.yaml"))


def read(path: Path) -> dict[str, str]:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_phrase_is_there_and_none_more(path):
    assert set(read(path)) == PHRASES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_phrase_has_the_slots_of_the_english_one(path):
    english = read(FOLDER / "en.yaml")
    for name, text in read(path).items():
        assert text.strip()
        assert sorted(re.findall(r"{([\w.]+)}", text)) == sorted(re.findall(r"{([\w.]+)}", english[name])), name


def test_the_languages_that_we_promise_are_there():
    assert {"en", "da", "hu", "lv", "ka", "es", "fr"} <= {path.stem for path in FILES}
