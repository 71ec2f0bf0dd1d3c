"""Reads one file, and explains what YAML's own parser can only call a syntax error.

A correction is tried before it is offered: it must bring the parser further than it came. Reading then goes on
with the corrected text, so that one slip does not hide the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.menu.notes import quoted
from ivr.menu.problems import Fix, Problem, apply_fix, shown
from ivr.menu.source import MOST_BYTES, Node, Source, Unreadable, parse

MOST_SLIPS = 20  # corrections tried in one file
MOST_TRIED = 300_000  # characters of a file in which corrections are tried: each costs a parse

HINTS = {
    "alias": "write it out: each text stands where it is spoken",
    "tag": "put the text in quotes, or leave the '!' out",
    "several-documents": "one file is one document: remove the line '---'",
    "too-deep": "nothing in a menu is nested that deep; look for a missing end of line or bracket",
    "too-large": "split the file into several areas",
    "broken-yaml": "look for a bracket, a quote or an indentation that does not match; when in doubt, quote the text",
    "tab": "indent with spaces",
    "bare-key": "put the star or the hash in quotes",
    "unquoted-start": "a text that starts with a sign stands in quotes",
    "colon-in-text": "a text that holds ': ' stands in quotes",
    "unclosed": "close what was opened on this line",
}
# Line ends to YAML and to nobody who looks at the file: a space keeps lines and columns as an editor counts them.
_LINE_ENDS = {0x0D: "\n", 0x85: " ", 0x2028: " ", 0x2029: " "}
_SIGNS = "{[\"'@%!&*|>`]},"
_ENTRY = re.compile(r"""^(\s*(?:- )*(?:"[^"]*"|'[^']*'|[^:#{\["']+?):)(\s+)(\S.*?)(\s{2,}\#.*)?$""")
_FLOW_ITEM = re.compile(r"""([{,]\s*)([\w*\#]+|"[^"]*")(:\s+)([^"'{\[][^,}]*?)(?=\s*[,}])""")
_ANCHORED = re.compile(r"[\w-]+:\s+&[\w-]+\s*")  # at the edge stands a step: its keys follow, and no text was meant
_BARE = re.compile(r"(^\s*|[{,]\s*)([*#])(\s*:)")


def read_source(path: str, data: bytes) -> tuple[Source, list[Problem]]:
    """Read one file's bytes; its root is None where nothing could be read."""
    if len(data) > MOST_BYTES:
        return Source(path, "", (), None), [_plain(path, 1, "too-large", f"the file is over {MOST_BYTES:,} bytes")]
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").translate(_LINE_ENDS)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problem = _plain(path, line, "not-utf8", "the file is not UTF-8", "save it as UTF-8 in the editor")
        return Source(path, "", (), None), [problem]
    root, problems, mended = _read_on(path, text)
    problems.extend(_hidden_hash_keys(path, text))
    # The tree's places are those of the mended lines: a later correction is made on top of them.
    return Source(path, text, tuple(mended.split("\n")), root), problems


def _read_on(path: str, text: str) -> tuple[Node | None, list[Problem], str]:
    problems: list[Problem] = []
    while True:
        try:
            return parse(path, text), problems, text
        except Unreadable as error:
            problem = _explain(path, text, error)
            problems.append(problem)
            if problem.fix is None or len(problems) >= MOST_SLIPS:
                return None, problems, text
            text = apply_fix(text, problem.fix)


def _plain(path: str, line: int, code: str, text: str, hint: str = "") -> Problem:
    return Problem(code, path, line, 1, text, hint or HINTS[code])


def _explain(path: str, text: str, error: Unreadable) -> Problem:
    """Name the trap, with the corrected line where one was found that helps."""
    lines = text.split("\n")
    if len(text) <= MOST_TRIED:
        for number in dict.fromkeys((error.line, error.start, error.line - 1)):
            line = lines[number - 1] if 0 < number <= len(lines) else ""
            for code, new in _corrections(line, _depth(lines, number)) if line.strip() else ():
                fix = Fix(number, number, new)
                named = error.code if error.code in ("alias", "tag") and code == "unquoted-start" else code
                if new != line and _fits(error.code, named) and _helps(path, text, fix, error, named):
                    return Problem(named, path, number, 1, _says(named, line), HINTS[named], fix)
    column = max(1, min(error.column, len(lines[error.line - 1]) + 1 if error.line <= len(lines) else 1))
    line_number = min(error.line, len(lines))
    return Problem(error.code, path, line_number, column, f"cannot be read: {error}", HINTS[error.code])


def _says(code: str, line: str) -> str:
    what = {
        "tab": "a tab stands where YAML wants spaces",
        "bare-key": "a bare '*' or '#' cannot be a key",
        "unquoted-start": "a text starts with a sign that means something to YAML",
        "colon-in-text": "': ' inside a text starts a new key",
        "unclosed": "a quote or a bracket is not closed",
        "alias": "'&' and '*' name and repeat things in YAML; the menu language has no such names",
        "tag": "'!' starts a tag in YAML; the menu language has none",
        "several-documents": "a second document begins here",
    }[code]
    return f"{what}: {shown(line.strip())}"


def _fits(said: str, code: str) -> bool:
    """Tell whether a correction is of the kind that the parser complained of."""
    return said in {code, "broken-yaml"}


def _helps(path: str, text: str, fix: Fix, error: Unreadable, code: str) -> bool:
    try:
        parse(path, apply_fix(text, fix))
    except Unreadable as later:
        # An added quote may swallow the lines that follow: it counts only where it mends the whole file.
        return code != "unclosed" and later.line > max(error.line, fix.line)
    return True


def _depth(lines: list[str], number: int) -> int:
    """Guess how deep a line with tabs was meant to stand, by its neighbours: as the one above, or inside it."""
    line, above = lines[number - 1], next((each for each in reversed(lines[: number - 1]) if each.strip()), "")
    below = next((each for each in lines[number:] if each.strip()), "")
    outer, beside = _indent(above), _indent(below)
    if above.rstrip().endswith(":"):
        return len(beside) if len(beside) > len(outer) and "\t" not in beside else len(outer) + 2
    return min(len(_indent(line).replace("\t", "  ")), len(outer))


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _corrections(line: str, depth: int) -> Iterator[tuple[str, str]]:
    """Give every corrected form of a line that is worth trying, the likeliest first."""
    if _ANCHORED.fullmatch(line):
        yield "alias", line.partition("&")[0].rstrip()
    if "\t" in _indent(line):
        yield "tab", " " * depth + line.lstrip()
    if _BARE.search(line):
        yield "bare-key", _BARE.sub(r'\1"\2"\3', line)
    entry = _ENTRY.match(line)
    if entry:
        key, gap, value, comment = entry[1], entry[2], entry[3].rstrip(), entry[4] or ""
        if not (value.startswith("{") and value.endswith("}")):
            inner = value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
            code = "unquoted-start" if value[0] in _SIGNS else "colon-in-text"
            yield code, f"{key}{gap}{quoted(inner)}{comment}"
    if "{" in line:
        yield "colon-in-text", _FLOW_ITEM.sub(_quote_item, line)
        yield "unquoted-start", re.sub(r"(:\s+)([@%!&*|>`][^,}]*)", lambda m: m[1] + quoted(m[2].rstrip()), line)
    if entry and entry[3].startswith("{"):
        yield "unquoted-start", f"{entry[1]}{entry[2]}{quoted(entry[3].rstrip())}"
    for closer in ('"', "'", "}", "]", '"}', "'}"):
        yield "unclosed", line.rstrip() + closer
    yield "alias", re.sub(r"\s*&\w+", "", line)
    if line.strip() in ("---", "..."):
        yield "several-documents", "#"


def _quote_item(match: re.Match[str]) -> str:
    text = match[4].strip()
    return match[1] + match[2] + match[3] + (quoted(text) if ": " in text or text.endswith(":") else match[4])


def _hidden_hash_keys(path: str, text: str) -> Iterator[Problem]:
    """Find `#: again` on a line of its own: YAML reads a comment, and the key is gone without a word."""
    if "#:" not in text:
        return
    for number, line in enumerate(text.split("\n"), 1):
        if re.match(r"^\s*#:\s+\S", line):
            fix = Fix(number, number, re.sub(r"#:", '"#":', line, count=1))
            said = f"YAML takes this key for a comment: {shown(line.strip())}"
            yield Problem("bare-key", path, number, line.index("#") + 1, said, HINTS["bare-key"], fix)
