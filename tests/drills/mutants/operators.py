"""Ways in which a menu file goes wrong: each makes one change at a random place, or none where it finds no place.

Files are texts by path; a byte that is no UTF-8 stands in them as a lone surrogate (`surrogateescape`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

Files = dict[str, str]
Operator = Callable[[Random, Files], bool]  # changes the files in place; False where there was nothing to change
Change = Callable[[Random, re.Match[str]], str]

MENUS = r"menus/\w+\.yaml"
CONFIG = r"config\.yaml"
LOCALES = r"menus/locales/.*"
TEXTS = r".*\.yaml"

# One way to read each line: with two, a text that is a recording's bytes would be tried for ever.
STEP = r"^[\w.]+:\n(?:[ \t].*\n|\n(?=[ \t]))+"
LINE = r"[^\S\n]*\S.*\n"
TARGET = r"(-> |then: |failed: |closed: |none: |wrong: |else: )(\w[\w.]*)"
VALUE = r"(?<=: )[^\s\[{>#][^\n]*$"
# fmt: off
ODD_VALUES = (
    "yes", "no", "012", "12:30", "+1", "null", "~", "1e9", ".inf", "0x1f", "1_000", "-1", "0", "''", '""', "[]", "{}",
    "[a,b]", "{a:b}", "2026-12-24", "99999999999999999999", "back", "again", "top", "person", "hang_up", "%x", "@x",
    "`x`", "|x", ">x", "-", "->", "?", "!", "&", "*", "#", ":", "{a", "{{a}}", "{a}}", "é", "☎", "Infinity", "nan",
    "0.5", "½", "٣", "x.y", ".x", "x.", "x..y", "{case.number}", "{visits.x}",
)
ODD_CONDITIONS = (
    "about ==", "1 +", "about = 'bill'", "about == bill", "nobody.knows", "not", "team.front_desk.opne", "(((1",
    "visits.main.main > 'x'", "caller.number in []", "true", "$x", "x" * 400, "1 / 0 == 1", "about =~ '('",
)
# fmt: on
ODD_CHARACTERS = "\x07\x1b\x7f\x85\u00a0\u200b\u2028\ufeff\ufffe\u202e🙂"


def edit(pattern: str, change: Change | str, where: str = TEXTS) -> Operator:
    """Make an operator that changes one place where a pattern matches."""
    finder = re.compile(pattern, re.MULTILINE)

    def operator(dice: Random, files: Files) -> bool:
        places = [
            (path, match)
            for path, text in sorted(files.items())
            if re.fullmatch(where, path)
            for match in finder.finditer(text)
        ]
        if not places:
            return False
        path, match = dice.choice(places)
        new = match.expand(change) if isinstance(change, str) else change(dice, match)
        files[path] = match.string[: match.start()] + new + match.string[match.end() :]
        return True

    return operator


def misspelled(word: str, dice: Random) -> str:
    """Drop, double or swap a letter, or write a capital."""
    at = dice.randrange(len(word) or 1)
    return dice.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
            word[:at] + word[at].upper() + word[at + 1 :],
        ]
    )


def _misspell(dice: Random, match: re.Match[str]) -> str:
    return match[1] + misspelled(match[2], dice)


def _any_of(*texts: str) -> Change:
    return lambda dice, _match: dice.choice(texts)


def _dashed(_dice: Random, match: re.Match[str]) -> str:
    return re.sub(rf"^{match[1]}(?=\S)", f"{match[1]}- ", match[0], flags=re.MULTILINE)


def _reindented(dice: Random, match: re.Match[str]) -> str:
    return " " * max(0, len(match[0]) + dice.choice([-2, -1, 1, 2]))


def _at_some_place(*pieces: str) -> Operator:
    """Make an operator that puts one of these between two characters."""
    return edit(r"(?<=.)(?=.)", _any_of(*pieces))


def _nested(dice: Random, match: re.Match[str]) -> str:
    deep = dice.choice([3, 8, 15, 16, 17, 200, 5000])
    opener, closer = dice.choice([("[", "]"), ("{a: ", "}")])
    return opener * deep + match[0] + closer * deep


def _another_target(dice: Random, match: re.Match[str]) -> str:
    steps = re.findall(r"^(\w+):$", match.string, re.MULTILINE)
    return match[1] + dice.choice([*steps, "main", "doubts", "front_desk", "message.start", "back", "again", "hang_up"])


def _round(_dice: Random, match: re.Match[str]) -> str:
    if "then:" in match[0]:
        return re.sub(r"then: \S+", f"then: {match[1]}", match[0])
    return f"{match[0].rstrip()}\n  then: {match[1]}\n"


def _stranger(dice: Random, match: re.Match[str]) -> str:
    lines = re.findall(r"^  \S.*\n", match.string, re.MULTILINE)
    return match[0] + (dice.choice(lines) if lines else "")


def _mixed_up(dice: Random, match: re.Match[str]) -> str:
    other = dice.choice(re.findall(VALUE, match.string, re.MULTILINE))
    return str(other)


def file_removed(dice: Random, files: Files) -> bool:
    """Forget one file."""
    del files[dice.choice(sorted(files))]
    return True


def file_emptied(dice: Random, files: Files) -> bool:
    """Save one file without a word in it."""
    files[dice.choice(sorted(files))] = dice.choice(["", "\n", "# nothing\n", " ", "\ufeff"])
    return True


def file_truncated(dice: Random, files: Files) -> bool:
    """Lose the end of one file."""
    path = dice.choice(sorted(files))
    files[path] = files[path][: dice.randrange(len(files[path]) + 1)]
    return True


def file_renamed(dice: Random, files: Files) -> bool:
    """Save one file under another name."""
    path = dice.choice(sorted(files))
    stem = path.rpartition("/")[2].removesuffix(".yaml")
    new = (misspelled(stem, dice) if stem else "") or "x"
    files[path.replace(stem, new)] = files.pop(path)
    return True


def files_swapped(dice: Random, files: Files) -> bool:
    """Save two files under each other's name."""
    one, two = dice.sample(sorted(files), 2)
    files[one], files[two] = files[two], files[one]
    return True


def recording_broken(dice: Random, files: Files) -> bool:
    """Lose one byte of a recording's first hundred, or write another."""
    path = dice.choice([path for path in sorted(files) if path.startswith("recordings/")] or [""])
    if not path:
        return False
    at = dice.randrange(100)
    files[path] = files[path][:at] + dice.choice(["", "\0", "\1", "\3", "\x7f", "\udcff"]) + files[path][at + 1 :]
    return True


def line_ends_changed(dice: Random, files: Files) -> bool:
    """Save one file with the line ends of another system."""
    path = dice.choice(sorted(files))
    files[path] = files[path].replace("\n", dice.choice(["\r\n", "\r", "\n\n", "\x0b"]))
    return True


OPERATORS: dict[str, Operator] = {
    "a line lost": edit(f"^{LINE}", ""),
    "a line twice": edit(f"^{LINE}", r"\g<0>\g<0>"),
    "two lines swapped": edit(f"^({LINE})({LINE})", r"\2\1"),
    "two lines joined": edit(r"\n +", " "),
    "a value lost": edit(VALUE, ""),
    "a value from elsewhere": edit(VALUE, _mixed_up),
    "an odd value": edit(VALUE, _any_of(*ODD_VALUES)),
    "an option misspelled": edit(r"^( *)(\w{2,})(?=:)", _misspell),
    "an option in braces misspelled": edit(r"([{,] ?)(\w{2,})(?=: )", _misspell),
    "an option without a value": edit(r"^( +\w+):.*$", r"\1:"),
    "an option in another step": edit(STEP, _stranger, MENUS),
    "a target misspelled": edit(TARGET, _misspell, MENUS),
    "another target": edit(TARGET, _another_target, MENUS),
    "a team misspelled": edit(r"(transfer: |team: |teams: \[|person: |failed: )(\w+)", _misspell),
    "a kind misspelled": edit(r"(case: )(\w+)", _misspell, MENUS),
    "a value's name misspelled": edit(r"(\{|as: |needs: \[)(\w[\w.]*)(?=\}| or|\n|\])", _misspell),
    "a slot lost": edit(r"\{[\w.]+[^{}:]*\}", "", rf"{MENUS}|{LOCALES}"),
    "a slot unclosed": edit(r"(\{[\w.]+)\}", r"\1", rf"{MENUS}|{LOCALES}"),
    "a step lost": edit(STEP, "", MENUS),
    "a step twice": edit(STEP, r"\g<0>\n\g<0>", MENUS),
    "a step renamed": edit(r"^()(\w+)(?=:$)", _misspell, MENUS),
    "two deeds in a step": edit(
        r"^\w+:\n",
        lambda dice, match: (
            match[0]
            + dice.choice(
                ["  hang_up: Goodbye.\n", "  say: Hello.\n", "  transfer: service\n", "  set: {topic: bill}\n"]
            )
        ),
        MENUS,
    ),
    "no deed": edit(r"^  (say|ask|menu|record|case|transfer|decide|hang_up):.*\n", "", MENUS),
    "no way on": edit(r"^  (then|else):.*\n", "", MENUS),
    "no exit": edit(r"^  (failed|closed|none|silence|wrong):.*\n", "", MENUS),
    "round and round": edit(r"^(\w+):\n  (?:say|case|transfer|decide): .*\n(?:  .*\n)*", _round, MENUS),
    "indentation": edit(r"^ +(?=\S)", _reindented),
    "a tab": edit(r"^ +(?=\S)", _any_of("\t", "  \t", " \t ")),
    "a quote cut": edit(r"[\"']", ""),
    "a quote too many": _at_some_place('"', "'"),
    "a colon in a text": edit(r"(?<=[a-z]) (?=[a-z])", ": "),
    "a hash in a text": edit(r"(?<=[a-z]) (?=[a-z])", " #"),
    "a comma in a text": edit(r"(?<=[a-z]) (?=[a-z])", ", "),
    "a bracket cut": edit(r"[\[\]{}]", ""),
    "a bracket too many": _at_some_place(*"{}[]"),
    "a map with dashes": edit(r"^( +)\S.*\n(?:\1.*\n)*", _dashed),
    "a list as a text": edit(r"\[([^\]\n]*)\]", r"\1"),
    "a text as a list": edit(VALUE, r"[\g<0>]"),
    "a text as a map": edit(VALUE, r"{to: \g<0>}"),
    "an alias": edit(r"(?<=: )(?=\S)", _any_of("*x ", "*", "<<: *x ")),
    "an anchor": edit(r"(?<=: )(?=\S)", _any_of("&x ", "&")),
    "a tag": edit(r"(?<=: )(?=\S)", _any_of("!!int ", "!x ", "!!python/object:os.system ")),
    "a second document": edit(r"^", _any_of("---\n", "...\n", "%YAML 1.1\n---\n")),
    "nested deep": edit(VALUE, _nested),
    "a very long text": edit(
        r"(?<=[a-z]) (?=[a-z])", lambda dice, _match: " word" * dice.choice([500, 5_000, 20_000]) + " "
    ),
    "a number changed": edit(
        r"\d+", lambda dice, _match: str(dice.choice([0, 1, 2, 3, 7, 25, 100, 2000, 10**9, 10**30]))
    ),
    "a range turned round": edit(r"(\d+) to (\d+)", r"\2 to \1"),
    "a key of the phone changed": edit(
        r"^( {4})(\d)(?=:)",
        lambda dice, match: match[1] + dice.choice([*"0123456789*#A", "11", "-1", '"#"', '"*"', "01"]),
    ),
    "a condition broken": edit(r"(?<=if: )[^,}\n]+", lambda dice, _match: dice.choice(ODD_CONDITIONS), MENUS),
    "an unknown language": edit(r"en-US|da-DK", _any_of("xx-XX", "de-DE", "en", "en_US", "")),
    "a translation lost": edit(r"^ +(?!of).*\S.*\n", "", LOCALES),
    "a translation too many": edit(r"^(  )(\w+): .*\n", r"\g<0>\1words: Hej.\n", LOCALES),
    "a translation of another text": edit(r"[0-9a-f]{8}", "00000000", LOCALES),
    "nobody to ring": edit(r" +ring: \[.*\n", _any_of("", "    ring: []\n", "    ring:\n"), CONFIG),
    "hours broken": edit(
        r"(?<=hours: ).*",
        _any_of('"Mo-Su 25:00"', "Mo-Fr", '"Xx 08:00-18:00"', '"08:00-"', '""', "yes", '"24/7"', '"off"'),
        CONFIG,
    ),
    "a phone number broken": edit(
        r"\+\d+", _any_of("+", "123", "+1 500 555", "+0123", "client:", "sip:x", "+1" * 30, "x")
    ),
    "a character lost": edit(r"\S", ""),
    "two characters swapped": edit(r"(\S)(\S)", r"\2\1"),
    "an odd character": _at_some_place(*ODD_CHARACTERS),
    "a NUL": _at_some_place("\0"),
    "a byte that is not UTF-8": _at_some_place("\udcff", "\udcc3", "\udce2\udc82"),
    "a file lost": file_removed,
    "a file empty": file_emptied,
    "a file cut short": file_truncated,
    "a file renamed": file_renamed,
    "two files swapped": files_swapped,
    "a recording broken": recording_broken,
    "other line ends": line_ends_changed,
}
