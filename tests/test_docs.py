"""Promises of the documentation: what is there is described, and what is described is there."""

from __future__ import annotations

import ast
import pkgutil
import re
import subprocess
from pathlib import Path

import pytest

import ivr.commands
from ivr.menu.table import DEEDS

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def rows(name: str, heading: str) -> list[str]:
    """What the first column of the table under a heading names."""
    section = read(name).partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| `([^`]+)`", section, re.MULTILINE)


def environment_names() -> set[str]:
    """Every name that the settings read."""
    tree = ast.parse(read("ivr/settings.py"))
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {text for text in texts if re.fullmatch(r"[A-Z]+(_[A-Z]+)*", text) and (len(text) > 3)}


def words() -> set[str]:
    return {module.name.replace("_", "-") for module in pkgutil.iter_modules(ivr.commands.__path__)}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_every_name_of_the_environment_is_documented_and_no_other():
    assert sorted(rows("docs/operating.md", "The environment")) == sorted(environment_names())


def test_every_command_is_documented_and_no_other():
    documented = [row.removeprefix("ivr ") for row in rows("docs/operating.md", "Commands")]
    assert sorted(documented) == sorted(words())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_names_exists(page):
    named = set(re.findall(r"(?:`|bin/|^)ivr ([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE))
    assert named - words() == set()


def test_every_word_of_make_in_the_readme_exists():
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    assert set(re.findall(r"make ([a-z]+)", read("README.md"))) <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    inside = [link for link in links if "://" not in link and not link.startswith("mailto:")]
    assert [link for link in inside if not (page.parent / link).exists()] == []


def test_every_exit_and_order_of_a_transfer_is_documented_and_no_other():
    deed = DEEDS["transfer"]
    assert sorted(rows("docs/hand-over.md", "Exits")) == sorted([*deed.exits, "failed", str(deed.next)])
    assert rows("docs/hand-over.md", "Whom a team rings") == ["in turn", "together"]


def test_every_code_of_a_problem_has_its_page():
    codes = set()
    for path in (ROOT / "ivr" / "menu").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                codes |= set(re.findall(r"^[a-z]+(?:-[a-z]+)+$", node.value))
    pages = set(re.findall(r"^### ([a-z-]+)$", read("docs/problems.md"), re.MULTILINE))
    assert len(codes) > 50
    assert codes - pages == set()


def test_no_place_of_anybodys_machine_and_no_index_stands_in_a_tracked_file():
    folders = [f"/{name}/" for name in ("work", "root", "home")] + [f"/tmp/{name}" for name in ("wt", "venv")]
    index = [f"--{name}" for name in ("index-url", "extra-index-url", "find-links")]
    found = []
    for path in tracked():
        text = path.read_bytes().decode("utf-8", errors="ignore")
        found += [f"{path.relative_to(ROOT)}: {word}" for word in [*folders, *index] if word in text]
    assert found == []
