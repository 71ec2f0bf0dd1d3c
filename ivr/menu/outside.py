"""How steps that ask are read: what is asked, what is sent along, and what comes back."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from ipaddress import ip_address

from ivr.engine.inquiries import CREDENTIAL
from ivr.engine.tree import Given, Listing
from ivr.engine.typed import LARGEST
from ivr.menu import kinds, shapes
from ivr.menu.maps import Option, Options, as_map, entries
from ivr.menu.problems import shown
from ivr.menu.scope import Scope, Text
from ivr.menu.source import Node, Scalar

LONGEST_WAIT = 3.0  # seconds: the carrier asks again after four, and our own record takes its time too
SIZED = {"text": 200, "digits": 20, "reference": 20}  # types whose size a menu may name -> the most bytes
_ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*|\[[0-9a-f:.]+\])(?P<port>:[1-9]\d{0,4})?"
    r"(?P<rest>[/?][^\s#\\]*)?"
)
_TABLE = re.compile(r"tables/[A-Za-z0-9_-]+\.csv")
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
_KINDS = "|".join(LARGEST)
_TYPE = re.compile(rf"(?P<kind>{_KINDS})(?: up to (?P<size>[1-9]\d{{0,2}}))?(?P<none> or nothing)?")
_LIST = re.compile(r"list of \{(?P<fields>[^{}]*)\}(?P<none> or nothing)?")
_FIELD = re.compile(rf"(?P<name>{kinds.NAME.pattern})(?:\s+(?P<type>.+))?")


@dataclass(slots=True)
class Gives:
    """What comes back, as written."""

    fields: dict[str, Given] = field(default_factory=dict)
    lists: dict[str, Listing] = field(default_factory=dict)


def source(scope: Scope, node: Node) -> Text | str | None:
    """Read what is looked up: an address, or the name of a table."""
    found = kinds.scalar(scope, node, "an address, or tables/x.csv,")
    if found is None or _ADDRESS.match(found.text):
        return address(scope, node) if found else None
    if _TABLE.fullmatch(found.text) is None:
        said = f"{shown(found.text)} is neither an address nor a table"
        scope.notes.add("bad-url", found, said, "write https://crm.example.com/… or tables/x.csv")
        return None
    if found.text in scope.tables:
        return found.text
    said = f"there is no {shown('menus/' + found.text)} that can be read"
    scope.notes.unknown("unknown-table", found, said, scope.tables)
    return None


def address(scope: Scope, node: Node) -> Text | None:
    """Read an address; its host stands as it is, and is listed in config.yaml."""
    found = kinds.text(scope, node)
    if found is None:
        return None
    match = _ADDRESS.fullmatch(found.node.text)
    if match is None:
        hint = "values stand behind the host: https://crm.example.com/accounts/{account}"
        scope.notes.add("bad-url", found.node, f"{shown(found.node.text)} is not an address", hint)
        return None
    host = match["host"].lower()
    if match["scheme"] == "http" and not _is_here(host):
        fix = scope.notes.replace(found.node, found.node.text.replace("http:", "https:", 1))
        said = "anybody on the way can read and change what travels by http"
        scope.notes.add("plain-http", found.node, said, "write https", fix=fix)
    named = host + (match["port"] or "")
    if named not in scope.hosts:
        said = f"config.yaml's 'hosts' does not list {shown(named)}"
        scope.notes.add("unlisted-host", found.node, said, f"write 'hosts: [{named}]' into config.yaml")
    return found


def _is_here(host: str) -> bool:
    """Tell whether a host is this machine by its name."""
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def host(scope: Scope, node: Node) -> str | None:
    """Read one host of the allow-list, with its port where that is not the usual one."""
    found = kinds.scalar(scope, node, "a host such as crm.example.com")
    match = _ADDRESS.fullmatch(f"https://{found.text}") if found else None
    if match and not match["rest"] and found:
        return found.text.lower()
    if found:
        hint = "write the host alone, with :port where it is not the usual one"
        scope.notes.add("bad-url", found, f"{shown(found.text)} is not a host", hint)
    return None


def sent(scope: Scope, node: Node) -> dict[str, Text] | None:
    """Read `with`: names and what is sent under them; here alone a secret may stand."""
    holder = as_map(scope, node, "'with'")
    made: dict[str, Text] = {}
    for key, value in entries(scope, holder) if holder else ():
        before = len(scope.uses)
        found = kinds.text(scope, value)
        mine, scope.uses[before:] = scope.uses[before:], []
        for use in mine:
            if use.name.startswith(CREDENTIAL):
                scope.credentials.setdefault(use.name.removeprefix(CREDENTIAL), use.node)
            else:
                scope.uses.append(replace(use, name=f"={use.name}"))
        if _KEY.fullmatch(key.text) is None:
            said = f"{shown(key.text)} cannot be the name of what is sent"
            scope.notes.add("bad-name", key, said, "a name is letters, digits, underscores and dashes")
        elif found is not None:
            made[key.text] = found
    return made if holder else None


def gives(scope: Scope, node: Node) -> Gives | None:
    """Read `gives`: the names that are kept, and what each must be."""
    holder = as_map(scope, node, "'gives'")
    made = Gives()
    for key, value in entries(scope, holder) if holder else ():
        found = kinds.scalar(scope, value, "a type such as text")
        if kinds.name(scope, key) is None or found is None:
            continue
        kept = _listing(scope, found) if found.text.startswith("list") else _given(scope, found, found.text)
        if isinstance(kept, Listing):
            made.lists[key.text] = kept
            scope.lists.setdefault(key.text, {}).update(kept.fields)
        elif kept is not None:
            made.fields[key.text] = kept
    return made if holder else None


def _given(scope: Scope, node: Scalar, written: str) -> Given | None:
    match = _TYPE.fullmatch(" ".join(written.split()))
    size = int(match["size"] or 0) if match else 0
    if match and size <= SIZED.get(match["kind"], 0):
        return Given(match["kind"], not match["none"], size)
    known = [
        "text",
        "text up to 40",
        "digits",
        "digits up to 8",
        *(kind for kind in LARGEST if kind not in {"text", "digits"}),
    ]
    hint = f"one of: {', '.join(known)}, or a list of {{…}}; 'or nothing' behind it where it may be missing"
    scope.notes.add("bad-type", node, f"{shown(written)} is not a type", hint)
    return None


def _listing(scope: Scope, node: Scalar) -> Listing | None:
    match = _LIST.fullmatch(" ".join(node.text.split()))
    fields: dict[str, Given] = {}
    for part in match["fields"].split(",") if match else ():
        named = _FIELD.fullmatch(part.strip())
        given = _given(scope, node, named["type"] or "text") if named else None
        if named is None or named["name"] in fields:
            match = None
            break
        if given is None:
            return None
        fields[named["name"]] = given
    if match is None:
        said = f"{shown(node.text)} is not a list"
        scope.notes.add("bad-type", node, said, "write: list of {id digits, address text up to 40}")
        return None
    return Listing(fields, needed=not match["none"])


def timeout(scope: Scope, node: Node) -> float | None:
    """Read how long an answer may take."""
    found = kinds.seconds(scope, node)
    if found is None or found <= LONGEST_WAIT:
        return found
    said = f"{found:g} s is longer than {LONGEST_WAIT:g} s, which are the most"
    fix = scope.notes.replace(node, f"{LONGEST_WAIT:g} s")
    scope.notes.add("bad-time", node, said, "the carrier asks again when we take longer", fix=fix)
    return None


_TEXTS = shapes.keyed(shapes.TEXT, _KEY.pattern)
for _read, _shape in {
    source: shapes.pattern(r"https?://.+|tables/[A-Za-z0-9_-]+\.csv"),
    address: shapes.pattern(r"https?://.+"),
    host: shapes.pattern(r"[A-Za-z0-9.-]+(:\d+)?|\[[0-9a-f:.]+\](:\d+)?"),
    sent: _TEXTS,
    gives: shapes.keyed(shapes.pattern(rf"({_KINDS})( up to \d+)?( or nothing)?|list of \{{.*\}}( or nothing)?")),
    timeout: shapes.shape_of(kinds.seconds),
}.items():
    shapes.shaped(_read, _shape)

ASKS: Options = {
    "with": Option(sent),
    "gives": Option(gives, needed=True),
    "most": Option(kinds.whole(1, 20)),
    "timeout": Option(timeout),
}
TELLS: Options = {**ASKS, "gives": Option(gives)}
