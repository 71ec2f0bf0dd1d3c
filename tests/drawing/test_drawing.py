"""The sample and the hotlines of the corpus, drawn in every form."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from axe_playwright_python.sync_playwright import Axe
from menu.test_language_page import blocks
from rig.pages import browser

from ivr.content import Content
from ivr.drawing.draw import FORMS, draw
from ivr.drawing.furniture import ENGLISH, LANGUAGES
from ivr.drawing.graph import graph_of
from ivr.drawing.layout import BETWEEN, WIDTH, lay_out
from ivr.drawing.measure import cut, width, wrap
from ivr.drawing.opening import TO, in_words
from ivr.engine.staff import public
from ivr.errors import IvrError
from ivr.menu.compile import compile_hotline
from ivr.menu.files import read_files

ROOT = Path(__file__).resolve().parents[2]
EVERY_DEED = ROOT / "docs" / "menu-language.md"  # its examples are one hotline, with every deed
HOTLINES = [ROOT, EVERY_DEED, *sorted((ROOT / "tests" / "corpus").iterdir())]


def content_of(folder: Path) -> Content:
    if folder == EVERY_DEED:
        compiled = compile_hotline(blocks(folder.read_text(encoding="utf-8")))
        assert compiled.content is not None, compiled.problems
        return compiled.content
    compiled = compile_hotline(read_files(folder / "config.yaml", folder / "menus", folder / "recordings"))
    assert compiled.content is not None, compiled.problems
    return compiled.content


@pytest.fixture(params=HOTLINES, ids=lambda folder: folder.name if folder != ROOT else "sample")
def content(request) -> Content:
    return content_of(request.param)


class Page(HTMLParser):
    """What the pages promise: every tag closed, ids unique, links inside that lead somewhere."""

    VOID = frozenset({"meta", "link", "br", "rect", "path"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids += [found["id"]] if found.get("id") else []
        self.links += [found["href"][1:]] if (found.get("href") or "").startswith("#") else []
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(text: str) -> Page:
    page = Page()
    page.feed(text)
    page.close()
    assert page.open == []
    return page


def test_no_two_boxes_of_a_picture_touch(content):
    placed = list(lay_out(graph_of(content)).placed.values())
    for one in placed:
        for other in placed:
            if one is not other and one.column == other.column:
                assert (
                    one.y + one.height + BETWEEN <= other.y + 0.01 or other.y + other.height + BETWEEN <= one.y + 0.01
                )
    assert {one.box.id for one in placed} >= set(public(content.tree).steps)


def test_every_step_key_and_exit_stands_in_the_picture(content):
    graph = graph_of(content)
    root = ET.fromstring(draw(content, "svg"))
    shapes = [node for node in root.iter() if node.get("class") == "shape"]
    labels = [node for node in root.iter() if node.get("class") == "label"]
    assert len(shapes) == len(graph.boxes)
    assert len(labels) == sum(len(box.rows) for box in graph.boxes.values())


@pytest.mark.parametrize("form", ["html", "words"])
def test_a_page_is_closed_and_its_links_lead_somewhere(content, form):
    page = read(draw(content, form))
    assert len(page.ids) == len(set(page.ids))
    assert set(page.links) <= set(page.ids)


def test_the_page_for_the_public_names_no_number_of_staff_and_no_condition(content):
    page = draw(content, "words")
    for team in content.tree.teams.values():
        assert [number for number in team.ring if number in page] == []
    assert "==" not in page


def test_the_page_for_the_public_says_what_the_phone_says():
    page = re.sub(r"<[^>]+>", "", draw(content_of(ROOT), "words"))
    assert "For a complaint, press 2." in page
    assert re.search(r"For dansk, tryk \d\.", page)  # a choice in its own language
    assert f"Monday{TO}Friday" in page
    assert "Public holidays" in page
    assert "Outside the opening hours:" in page  # a team whose closed hours lead elsewhere than its busy phones
    danish = re.sub(r"<[^>]+>", "", draw(content_of(ROOT), "words", "da-DK"))
    assert "tryk 2" in danish
    assert "Åbningstider" in danish


def test_mermaid_says_every_way_between_steps(content):
    graph = graph_of(content)
    lines = draw(content, "mermaid").splitlines()
    ways = sum(1 for box in graph.boxes.values() for row in box.rows if row.step in graph.boxes)
    assert lines[0] == "flowchart LR"
    assert len(lines) == 1 + len(graph.boxes) + ways
    assert all(line.count('"') == 2 for line in lines[1:])


def test_what_a_menu_says_is_never_read_as_markup():
    small = {
        "config.yaml": b"company: <script>&\nlanguage: en-US\nvoices: {en-US: Polly.Joanna-Neural}\n"
        b'lines: {one: {number: "+18005550100", zone: UTC, start: main, default: yes}}\n',
        "menus/main.yaml": b'main:\n  hang_up: "</style><script>alert(1)</script> \\"quoted\\" ]] | end"\n',
    }
    content = compile_hotline(small).content
    assert content is not None
    for form in FORMS:
        drawn = draw(content, form)
        assert "<script" not in drawn
    ET.fromstring(draw(content, "svg"))


def test_a_chain_of_three_thousand_steps_is_drawn():
    chain = "".join(f"s{number}:\n  say: Hello {number}.\n  then: s{number + 1}\n" for number in range(3000))
    files = {
        "config.yaml": (ROOT / "tests/corpus/rapidpro/config.yaml").read_bytes(),
        "menus/main.yaml": f"main:\n  say: Hi.\n  then: s0\n{chain}s3000:\n  say: Again.\n  then: forward\n".encode(),
        "menus/forward.yaml": b"forward:\n  transfer: friends\n  failed: forward.gone\ngone:\n  hang_up: Bye.\n",
    }
    content = compile_hotline(files).content
    assert content is not None
    for form in FORMS:
        assert draw(content, form)


def test_a_language_that_the_menu_lacks_is_refused_with_those_it_has():
    with pytest.raises(IvrError) as refused:
        draw(content_of(ROOT), "words", "fr-FR")
    assert "da-DK" in refused.value.hint


def test_every_language_of_the_page_has_the_same_words():
    for language, words in LANGUAGES.items():
        assert words.keys() == ENGLISH.keys(), language
        for name, said in words.items():
            assert re.findall(r"\{\w+\}", said) == re.findall(r"\{\w+\}", ENGLISH[name]), (language, name)


def test_hours_are_said_in_words_and_rare_forms_as_written():
    said = in_words("Mo-Fr 08:00-18:00; Sa,Su 09:00-13:00; PH off; Jun-Aug 10:00-12:00", "en-US", ENGLISH)
    assert said == [
        (f"Monday{TO}Friday", f"08:00{TO}18:00"),
        ("Saturday, Sunday", f"09:00{TO}13:00"),
        ("Public holidays", "closed"),
        ("", "Jun-Aug 10:00-12:00"),
    ]
    assert in_words("", "da-DK", LANGUAGES["da"]) == [("Døgnet rundt, alle dage", "")]
    assert in_words("Mo 09:00-12:00", "da-DK", LANGUAGES["da"])[0][0] == "mandag"


def test_texts_are_cut_to_their_room():
    long = "An extraordinarily long sentence that no box can hold " * 5
    assert all(width(line, 12.5) <= WIDTH for line in wrap(long, 12.5, WIDTH, 3))
    assert len(wrap(long, 12.5, WIDTH, 3)) == 3
    assert cut("short", 12, 100) == "short"
    assert cut(long, 12, 100).endswith("…")


@pytest.mark.browser
def test_axe_finds_nothing_on_the_page_for_the_public_of_any_hotline(tmp_path):
    with browser() as opened:
        page = opened.new_page()
        for folder in HOTLINES:
            file = tmp_path / f"{folder.stem}.html"
            file.write_text(draw(content_of(folder), "words"), encoding="utf-8")
            page.goto(file.as_uri())
            found = Axe().run(page)
            assert found.violations_count == 0, f"{folder.stem}: {found.generate_report()}"


@pytest.mark.parametrize(
    ("hotline", "said"),
    [
        ("visual-ivr", "A message is sent."),
        ("services", "You are asked for your opinion."),
        ("outage", "You receive a reference number."),
        ("outage", "What follows depends on your call"),  # a look-up
        ("helpline-nz", "Your words are recorded"),
    ],
)
def test_the_page_for_the_public_tells_what_a_step_does(hotline, said):
    assert said in draw(content_of(ROOT / "tests" / "corpus" / hotline), "words")


@pytest.mark.browser
def test_axe_finds_nothing_on_either_page_in_light_and_dark(tmp_path):
    content = content_of(ROOT)
    with browser() as opened:
        for form in ("html", "words"):
            file = tmp_path / f"{form}.html"
            file.write_text(draw(content, form), encoding="utf-8")
            for scheme in ("light", "dark"):
                context = opened.new_context(color_scheme=scheme)
                page = context.new_page()
                page.goto(file.as_uri())
                found = Axe().run(page)
                context.close()
                assert found.violations_count == 0, found.generate_report()
