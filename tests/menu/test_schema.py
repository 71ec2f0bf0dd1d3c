"""The editor's schema takes the menus that we take, and refuses what it can see is wrong."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft7Validator
from menu.test_traps import CONFIGS, MENDED, TOLD

from ivr.menu.hints import KEYS
from ivr.menu.schema import SCHEMAS
from ivr.menu.table import DEEDS, options_of

ROOT = Path(__file__).resolve().parents[2]
VALID = {kind: Draft7Validator(make()) for kind, make in SCHEMAS.items()}
FILES = [
    *(("menu", path) for path in sorted(ROOT.glob("menus/*.yaml"))),
    *(("menu", path) for path in sorted(ROOT.glob("tests/corpus/*/menus/*.yaml"))),
    *(("locale", path) for path in sorted(ROOT.glob("menus/locales/*.yaml"))),
    *(("config", path) for path in sorted([ROOT / "config.yaml", *ROOT.glob("tests/corpus/*/config.yaml")])),
]
# What the form of one file, its scalars read as editors read them, cannot show: why -> codes.
UNSEEN = {
    "the YAML reader has dropped or joined it before": {"cut-at-hash", "alias", "bare-key", "duplicate-key"},
    "quotes and zeros are gone once a scalar is read": {
        "yes-no-as-text",
        "clock-as-number",
        "plus-unquoted",
        "leading-zero",
        "bad-key",  # 00; a letter is seen
        "not-yes-or-no",
    },
    "it is about names and values of other steps and files": {
        "unknown-step",
        "unknown-team",
        "unknown-name",
        "unknown-kind",
        "unknown-directory",
        "unset-value",
        "two-types",
        "name-twice",
        "letter-twice",
    },
    "it is a language, a country, a zone or a notation of its own": {
        "unknown-language",
        "unknown-zone",
        "unknown-country",
        "no-phrases",
        "bad-condition",
        "bad-hours",
        "together-on-phones",
    },
    "the word is one of the language, and its release is another": {"comes-later"},
}
ONLY_CHECK = set().union(*UNSEEN.values())
TRAPS = [
    *(("menu", code, text) for code, _, text in MENDED),
    *(("menu", code, text) for code, text in TOLD),
    *(("config", code, text) for code, text, _ in CONFIGS),
]


class EditorLoader(yaml.SafeLoader):
    """Reads YAML 1.2 as editors do: numbers and true are values, yes and 12:30 are texts."""


EditorLoader.yaml_implicit_resolvers = {}
for tag, written, first in (
    ("bool", r"^(?:true|false)$", "tf"),
    ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("float", r"^[-+]?[0-9]+\.[0-9]+$", "-+0123456789"),
    ("null", r"^(?:~|null|)$", ["~", "n", ""]),
):
    EditorLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", yaml.resolver.re.compile(written), list(first))


def read(text, loader):
    return with_text_keys(yaml.load(text, loader))


def with_text_keys(value):
    if isinstance(value, dict):
        return {str(key): with_text_keys(one) for key, one in value.items()}
    return [with_text_keys(one) for one in value] if isinstance(value, list) else value


def faults(kind, text, loader=EditorLoader):
    return [error.message for error in VALID[kind].iter_errors(read(text, loader))]


@pytest.mark.parametrize("kind", SCHEMAS)
def test_each_schema_is_one(kind):
    Draft7Validator.check_schema(SCHEMAS[kind]())


@pytest.mark.parametrize("loader", [EditorLoader, yaml.BaseLoader, yaml.SafeLoader])
@pytest.mark.parametrize(("kind", "path"), FILES, ids=lambda value: getattr(value, "name", ""))
def test_the_samples_are_valid_however_their_scalars_are_read(kind, path, loader):
    assert faults(kind, path.read_text(encoding="utf-8"), loader) == []


@pytest.mark.parametrize(
    "text",
    [
        "main:\n  menu: Hello.\n  kyes: {1: a bill -> desk}\n",
        "main:\n  say: Hello.\n  menu: Hello.\n",
        "main:\n  then: desk\n",
        "menu:\n  say: Hello.\n",
        "Main:\n  say: Hello.\n",
        "main:\n  ask: Your number?\n  then: desk\n",
        "main:\n  ask: Your number?\n  as: number\n  digits: four\n  then: desk\n",
        "main:\n  ask: Your number?\n  as: number\n  kind: numbers\n  then: desk\n",
        "main:\n  say: Hello.\n  skip: maybe\n",
        "main:\n  menu: Hello.\n  keys: {x: a bill -> desk}\n",
        "main:\n  menu: Hello.\n  keys: {1: {fro: a bill, then: desk}}\n",
        "main:\n  menu: Hello.\n  wait: 5 seconds\n",
        "main:\n  decide: {if: flag.storm, then: desk}\n  else: desk\n",
        "main:\n  say: [Hello]\n",
        "main:\n  submit: https://example.com\n",
        "- main\n",
        "{}",
    ],
)
def test_a_slip_in_a_menu_is_marked(text):
    assert faults("menu", text)


def marked(kind, text):
    """Whether an editor marks something: the reader of YAML, or the schema."""
    try:
        return bool(faults(kind, text))
    except (yaml.YAMLError, AttributeError):
        return True


@pytest.mark.parametrize(("kind", "code", "text"), TRAPS, ids=[f"{c}-{at}" for at, (_, c, _) in enumerate(TRAPS)])
def test_every_trap_that_a_form_can_show_is_marked_in_an_editor(kind, code, text):
    assert code in ONLY_CHECK or marked(kind, text)


def test_what_is_said_to_be_unseen_is_unseen_somewhere():
    unseen = {code for kind, code, text in TRAPS if not marked(kind, text)}
    assert unseen | {"comes-later"} == ONLY_CHECK


@pytest.mark.parametrize(
    ("good", "slip"),
    [
        ("series: C", "series: complaint"),
        ("hours: ", "hour: "),
        ("by: ring", "by: telephone"),
        ('number: "+18005550100"', "number: 8005550100"),
        ("keep: 90 days", "keep: 90"),
        ("default: yes", "default: perhaps"),
        ("company: Aurora Energy\n", ""),
    ],
)
def test_a_slip_in_the_config_is_marked(good, slip):
    config = (ROOT / "config.yaml").read_text(encoding="utf-8")
    assert good in config
    assert faults("config", config.replace(good, slip))


@pytest.mark.parametrize("text", ["main: {menu: Hej.}", "main.main: Hej.", "main.main: {of: 12, menu: Hej.}"])
def test_a_slip_in_a_locale_is_marked(text):
    assert faults("locale", text)


def test_every_key_has_a_hint_and_no_hint_is_left_over():
    keys = {key for deed in DEEDS for key in options_of(deed)} | set(SCHEMAS["config"]()["properties"])
    known = {key for deed in DEEDS for key in SCHEMAS["menu"]()["definitions"][deed]["properties"]}
    assert set(KEYS) <= keys
    assert known <= set(KEYS)


def test_the_command_prints_a_schema():
    made = subprocess.run([sys.executable, "-m", "ivr", "schema", "config"], capture_output=True, check=True, cwd=ROOT)
    assert json.loads(made.stdout) == SCHEMAS["config"]()
