"""The pages of the problems that are found while a menu is read; the rules of `checks` have their pages themselves."""

from __future__ import annotations

from collections.abc import Mapping

# code -> its page: what it is, why it matters where that is not plain, what to do
READER: Mapping[str, str] = {
    "alias": (
        "`&name` and `*name` are YAML's way to repeat things; the menu language has none, so that every text can be "
        "read where it is spoken. A text that begins with `&` or `*` stands in quotes."
    ),
    "bad-address": "A message goes to `caller`, to `team x`, to an address, or to `{name}`, which was asked.",
    "bad-url": (
        "A system is asked at an address such as `https://crm.example.com/accounts/{account}`: its host as config.yaml "
        "lists it, values behind it alone. A table is `tables/x.csv`."
    ),
    "bad-condition": (
        "A condition names something that is not known here, compares two things that cannot be alike, or is not "
        "written as one. It is read when the menu is checked, so it cannot fail in a call."
    ),
    "bad-hint": "What callers are likely to say is a few words in their own language: the carrier listens for them.",
    "bad-hours": 'Hours stand in the public notation of opening hours: `"Mo-Fr 08:00-18:00; PH off"`.',
    "bad-key": 'A key is what a phone has: 0 to 9, `"*"`, `"#"`, or several of them.',
    "bad-language": "A language is written as the carrier does: `en-US`, `da-DK`.",
    "bad-name": "Names of steps, areas and values are small letters, digits and underscores, and begin with a letter.",
    "bad-number": "A number or a range was expected: `8`, `4 to 12`. Which one, and its limits, stand in the message.",
    "bad-recording": "A recording is a wav file: 8 kHz, mono, 16 bit or µ-law.",
    "bad-series": "A kind of case has one capital letter, with which its numbers begin.",
    "bad-slot": 'A value is filled in as `{name}`, or `{name or "words"}` where it may be missing.',
    "bad-table": (
        "A table of `menus/tables/` cannot be read as it is used: the first line names the columns (small letters, "
        "digits, underscores), every row has as many cells, each cell is of the type that `gives` says, and where no "
        "list is kept one row alone fits."
    ),
    "bad-time": "A time is written with its unit: `5 s`, `2 min`; for what is due, `2 working days`.",
    "bare-key": (
        "The keys `*` and `#` stand in quotes: YAML takes a bare `#` for a remark and a bare `*` for a repetition."
    ),
    "broken-yaml": (
        "The file is not YAML at this place. Look for a bracket, a quote or an indentation that does not match."
    ),
    "clock-as-number": (
        "Digits with a colon, such as `12:30`, are a number of seconds for many tools. Put them in quotes."
    ),
    "colon-in-text": (
        "A text that holds a colon and a space stands in quotes; else YAML takes what is before it for a key."
    ),
    "comes-later": "This deed or key is part of the language, but comes with a later release. It is never ignored.",
    "comma-in-text": "Inside `{ }` a comma ends a text. Put a text with a comma in quotes.",
    "control-character": "The text holds a character that cannot be spoken nor sent.",
    "cut-at-hash": "A text was cut at ` #`, where a remark begins for YAML. Put the text in quotes.",
    "dash-list": "A list with dashes stands where keys with values belong. Write the keys without dashes.",
    "duplicate-key": "The same key stands twice, and only one of the two can be meant; `1` and `01` are the same key.",
    "leading-zero": (
        "A number begins with a zero, which other readers of YAML take for octal. Write it without, or in quotes."
    ),
    "letter-twice": "Two kinds of case share a letter; a number must tell what kind of case it names.",
    "missing-credential": (
        "A look-up sends a secret of ours that the environment of this check does not hold: `{credential.crm}` is "
        "`IVR_CREDENTIAL_CRM`. Set it where the server runs."
    ),
    "missing-exit": "An unhappy exit leads nowhere: name it, or write `failed:` in the step or in config.yaml.",
    "missing-key": "Something that is needed here is missing; the message says what.",
    "name-twice": "A schedule and a team have the same name, and a condition could mean either.",
    "never-known": (
        "A fact that nothing here can know, such as `caller.line_type`: a condition on it is never true. Leave it out."
    ),
    "no-survey": "What callers are asked by SMS after a call back must be a step with the deed `survey`.",
    "no-address": (
        "A message goes to a team that has no address for it. Write `sms:` or `email:` under the team in config.yaml."
    ),
    "no-config": "config.yaml is missing or empty. It says what the hotline is: company, language, lines, teams.",
    "no-deed": (
        "The step does nothing. A step has exactly one deed: menu, say, ask, record, case, transfer, send, look_up, "
        "submit, survey, call_back, office, status, decide, set, hang_up."
    ),
    "no-effect": "A key would do nothing beside the step's other keys; the message says why. Leave it out.",
    "no-fingerprint": (
        "A translation does not say which text it translates, so nobody can tell when it has grown old. Write the "
        "fingerprint that the hint gives under `of`."
    ),
    "no-key-named": "A choice that is a sentence says its key: put `{key}` where it is spoken.",
    "no-next": "Nothing says where the call goes from here: write `-> step` behind the choice, or `then:` in the step.",
    "no-offices": "A step tells offices, and config.yaml names none. Write `offices:` there.",
    "no-phrases": (
        'We have no words of our own in this language: no "press 1". Leave the language out, or write its phrases.'
    ),
    "no-value": "Something is empty here that needs a value.",
    "no-recording": "A recording is named that is in no language; the message says where it belongs.",
    "no-words": "A choice is neither spoken nor marked `silent`.",
    "not-a-list": "A list belongs here.",
    "not-a-map": "Keys with values belong here.",
    "not-a-text": "A text belongs here.",
    "not-yes-or-no": "Yes or no belongs here.",
    "not-utf8": "The file is not UTF-8, the one encoding of our files. Save it as UTF-8 in the editor.",
    "number-twice": "Two lines have the same number, and a call to it could not tell which is meant.",
    "one-of": "A transfer to `{name}` says by `one_of` which teams the name can hold, so that each can be checked.",
    "other-slots": "A translation fills in something that the source text does not have.",
    "plain-http": "What travels by http can be read and changed by anybody on the way. Ask by https.",
    "plus-unquoted": "A number with a plus sign loses it in many tools that read YAML. Put it in quotes.",
    "recording-with-value": "A text with a value filled in cannot be played from one recording.",
    "reserved-name": (
        "A word of the language names no step and no area. A word that is indented too little looks like a step."
    ),
    "secret-used": "A secret answer may only be compared, by `check: same as`; it is never spoken, kept or sent.",
    "several-documents": "A file is one document; take the line `---` out.",
    "stale-translation": (
        "The source text has changed since it was translated. Translate it again, and write the new fingerprint."
    ),
    "stray-recording": (
        "A recording that nothing plays: its name is that of no step or choice, or no line speaks its language."
    ),
    "staff-line": "The staff's own line has our menu, behind a PIN: no `start`, no `person`, and it is no default.",
    "tab": "YAML indents with spaces, never with tabs.",
    "tag": "A `!` starts a tag in YAML; the menu language has none. A text that begins with `!` stands in quotes.",
    "together-on-phones": (
        "Phones are rung in turn: rung together, somebody's voicemail would answer first and end all the others' "
        "ringing. Only `client:` and `sip:` ring together."
    ),
    "too-deep": "Things are nested deeper than any menu needs. Look for a bracket that is not closed.",
    "too-large": "The file is larger than a menu can be. Split it into several areas.",
    "two-deeds": (
        "A step does one thing. What is said before it stands under `words`; anything else is a step of its own."
    ),
    "retention-too-short": "Something is kept shorter than it is needed, or longer than what it goes with.",
    "two-defaults": "One line alone takes the calls to numbers that no line has.",
    "two-forms": "A choice is spoken in one form: `for` (a noun), `to` (a verb) or `say` (a sentence).",
    "two-types": "A name holds one kind of thing; here it is kept as another kind than elsewhere.",
    "bad-type": (
        "What a look-up gives has a type: `text`, `text up to 40`, `digits`, `number`, `amount`, `date`, `month`, "
        "`phone`, `reference`, `yes_no`, or `list of {id digits, address text up to 40}`; behind it `or nothing` "
        "where it may be missing."
    ),
    "bad-template": (
        "A template of `menus/messages/` has 1600 characters at most, and names `{company}` and `{case.number}` alone."
    ),
    "unclosed": "A quote or a bracket is not closed.",
    "unknown-country": "No public holidays are known for this country.",
    "unknown-key": "The deed has no such key. Where one is near, the hint names it.",
    "unknown-directory": "config.yaml has no such directory. Where one is near, the hint names it.",
    "unknown-kind": "config.yaml has no such kind of case. Where one is near, the hint names it.",
    "unknown-language": "No line speaks this language.",
    "unknown-name": "Nothing is kept under this name.",
    "unknown-step": "A way leads to a step that does not exist.",
    "unknown-table": "There is no such table in `menus/tables/`, or it cannot be read.",
    "unknown-team": "config.yaml has no such team. Where one is near, the hint names it.",
    "unknown-text": "A translation of something that the step does not say.",
    "unknown-word": "One of a few words was expected here; the message lists them.",
    "unknown-zone": "A time zone is named as in the public list: `Europe/Copenhagen`.",
    "unlisted-host": (
        "A menu may ask the systems alone that config.yaml lists under `hosts`, so that a slip in a menu sends nothing "
        "of a caller to strangers."
    ),
    "unquoted-start": "A text that begins with a sign (`{ [ \" ' @ % ! & *`) stands in quotes.",
    "unset-value": (
        "A value is used that was not collected on every way there; the message names such a way. Ask for it before, "
        'or write `{name or "words"}`.'
    ),
    "value-without-as": "A choice has a value, but the menu does not say under which name to keep it: add `as: name`.",
    "yes-no-as-text": (
        "`yes`, `no`, `on` and `off` are not words for many tools. Where a text is meant, put it in quotes."
    ),
}
