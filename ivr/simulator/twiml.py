"""A document of the carrier's markup, read as strictly as its manual allows; each breach has the carrier's code."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from ivr.simulator import rules
from ivr.simulator.faults import Refused

LONGEST = 64 * 1024  # bytes of a document
LONGEST_SAY = 4096  # characters, basic voices; the smallest of the vendors' limits that hold for plain text
NOUNS_AT_ONCE = 10
LONGEST_QUEUE = 64  # characters of its name
LONGEST_TASK = 4096  # characters of a task's attributes; not in the vendor's description, and no task of ours is near
_MARKUP_TYPES = frozenset({"text/xml", "application/xml", "text/html"})
_PHONE = re.compile(r"\+?[0-9() .-]{3,30}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Verb:
    """One element, checked."""

    name: str
    attributes: Mapping[str, str]
    text: str  # all the text in it, spaces at the ends cut off
    children: tuple[Verb, ...] = ()

    def get(self, name: str, default: str = "") -> str:
        """Give an attribute's value or the carrier's default."""
        return self.attributes.get(name, default)

    def seconds(self, name: str, default: float) -> float:
        """Give an attribute in seconds."""
        value = self.attributes.get(name, "")
        return float(value) if value.isdigit() else default

    def on(self, name: str, default: bool = False) -> bool:
        """Give a yes/no attribute."""
        return self.attributes.get(name, "true" if default else "false") == "true"


Document = tuple[Verb, ...]


def read(body: bytes, content_type: str, context: str = "main") -> Document:
    """Read a document for this context (`rules.CONTEXTS`); raise Refused at its first breach.

    Plain text and audio, which the real carrier would read aloud or play, are refused as 12300: ours never mean that.
    """
    if content_type.partition(";")[0].strip().lower() not in _MARKUP_TYPES:
        raise Refused(12300, f"content type {content_type!r} is not markup")
    if len(body) > LONGEST:
        raise Refused(11750, f"the document has {len(body)} bytes, more than 64 kB")
    root = _root(body)
    if root.tag != "Response":
        raise Refused(12102, f"the root is <{root.tag}>, not <Response>")
    if root.attrib:
        raise Refused(rules.SCHEMA, f"<Response> has an attribute {min(root.attrib)!r}")
    _no_loose_text(root)
    verbs = tuple(_top(child, context) for child in root)
    _check_order(verbs)
    return verbs


def _root(body: bytes) -> ET.Element:
    # Read as UTF-8 first: in another coding a declaration would not be seen, and its entities would be made.
    try:
        written = body.decode()
        if "\0" in written or "<!DOCTYPE" in written or "<!ENTITY" in written:
            raise Refused(12100, "a document type declaration has no place here")
        return ET.fromstring(written)  # noqa: S314 # nosec B314 # bounded above, entities refused
    except (ET.ParseError, ValueError) as error:
        raise Refused(12100, f"not readable XML: {error}") from error


def _top(element: ET.Element, context: str) -> Verb:
    """Check that a verb may stand in this context, then the verb itself."""
    known = any(element.tag in verbs for verbs in rules.CONTEXTS.values())
    if known and element.tag not in rules.CONTEXTS[context]:
        code = rules.CONFERENCE_VERB if context == "room" else rules.MISPLACED.get((context, element.tag), rules.SCHEMA)
        raise Refused(code, f"<{element.tag}> may not stand in a document played here ({context})")
    if not known:
        raise Refused(rules.SCHEMA, f"<{element.tag}> is no verb{_did_you_mean(element.tag)}")
    return _verb(element)


def _did_you_mean(name: str) -> str:
    near = [known for known in rules.ELEMENTS if known.lower() == name.lower()]
    return f"; it is written <{near[0]}>" if near else ""


def _verb(element: ET.Element) -> Verb:
    rule = rules.ELEMENTS[element.tag]
    for name, value in element.attrib.items():
        _check_attribute(element.tag, name, value)
    for child in element:
        if child.tag not in rule.children:
            raise Refused(rule.nesting, f"<{child.tag}> may not stand in <{element.tag}>{_did_you_mean(child.tag)}")
    if not rule.text:
        _no_loose_text(element)
    verb = Verb(
        element.tag, dict(element.attrib), "".join(element.itertext()).strip(), tuple(_verb(child) for child in element)
    )
    if verb.name in _CONTENT:
        _CONTENT[verb.name](verb)
    return verb


def _check_attribute(element: str, name: str, value: str) -> None:
    attribute = rules.ELEMENTS[element].attributes.get(name)
    if attribute is None:
        raise Refused(rules.SCHEMA, f"<{element}> has no attribute {name!r}")
    if not attribute.fits(value):
        raise Refused(attribute.code, f"<{element} {name}> cannot be {value!r}")


def _no_loose_text(element: ET.Element) -> None:
    loose = (element.text or "") + "".join(child.tail or "" for child in element)
    if loose.strip():
        raise Refused(rules.SCHEMA, f"<{element.tag}> holds loose text {loose.strip()[:40]!r}")


def _check_order(verbs: Document) -> None:
    for place, verb in enumerate(verbs):
        if verb.name == "Reject" and (place or len(verbs) > 1):
            raise Refused(rules.SCHEMA, "<Reject> must be the first and only verb")
        if verb.name == "Dial" and verb.on("answerOnBridge") and place:
            raise Refused(rules.SCHEMA, "<Dial answerOnBridge> must be the first verb")


def _say(verb: Verb) -> None:
    if not verb.text:
        raise Refused(13520, "<Say> has no text")
    if len(verb.text) > LONGEST_SAY:
        raise Refused(13521, f"<Say> has {len(verb.text)} characters, more than {LONGEST_SAY}")


def _play(verb: Verb) -> None:
    if not verb.text and "digits" not in verb.attributes:
        raise Refused(rules.URL, "<Play> has no address")
    if verb.text and not rules.is_url(verb.text):
        raise Refused(rules.URL, f"<Play> cannot fetch {verb.text!r}")


def _gather(verb: Verb) -> None:
    for child in verb.children:
        if child.name == "Play" and "digits" in child.attributes:
            raise Refused(rules.GATHER_NESTING, "<Play digits> may not stand in <Gather>")
    if "speech" not in verb.get("input", "dtmf").split():
        stray = [name for name in rules.SPEECH_ONLY if name in verb.attributes]
        if stray:
            raise Refused(rules.SCHEMA, f"<Gather> that hears keys alone has {stray[0]!r}")
    elif verb.get("speechModel", "default") != "default" and not verb.get("speechTimeout").isdigit():
        raise Refused(rules.SPEECH, "<Gather> names a speechModel, so its speechTimeout is a number of seconds")


def _redirect(verb: Verb) -> None:
    if not rules.is_url(verb.text):
        raise Refused(rules.URL, f"<Redirect> cannot go to {verb.text!r}")


def _dial(verb: Verb) -> None:
    legs = [child for child in verb.children if child.name in {"Number", "Client", "Sip"}]
    if len(legs) > NOUNS_AT_ONCE:
        raise Refused(rules.SCHEMA, f"<Dial> rings {len(legs)} at once, more than {NOUNS_AT_ONCE}")
    if not verb.children:
        _number(verb)
    elif len(legs) != len(verb.children) and len(verb.children) > 1:
        raise Refused(rules.SCHEMA, "a <Conference> or <Queue> must be alone in its <Dial>")


def _number(verb: Verb) -> None:
    if not _PHONE.fullmatch(verb.text):
        raise Refused(13223, f"<{verb.name}> cannot ring {verb.text!r}")


def _client(verb: Verb) -> None:
    identity = next((child.text for child in verb.children if child.name == "Identity"), verb.text)
    if not identity or len(identity) > 256:
        raise Refused(rules.SCHEMA, "<Client> needs an identity of at most 256 characters")


def _sip(verb: Verb) -> None:
    if not verb.text.lower().startswith(("sip:", "sips:")):
        raise Refused(rules.SCHEMA, f"<Sip> cannot ring {verb.text!r}")


def _enqueue(verb: Verb) -> None:
    if verb.get("workflowSid") or verb.children:
        _task(verb)
    elif not 0 < len(verb.text) <= LONGEST_QUEUE:
        raise Refused(14201, f"<Enqueue> cannot name its queue {verb.text!r}")


def _task(verb: Verb) -> None:
    """Judge a wait for TaskRouter: a workflow, one task whose attributes are a JSON object, and no queue's name."""
    if not verb.get("workflowSid"):
        raise Refused(14220, "<Enqueue> holds a <Task> and names no workflowSid")
    text = verb.children[0].text if len(verb.children) == 1 else ""
    if verb.text != text:
        raise Refused(14201, "<Enqueue workflowSid> holds one <Task> and no name of a queue")
    if len(text) > LONGEST_TASK:
        raise Refused(14221, f"<Task> has {len(text)} characters, more than {LONGEST_TASK}")
    try:
        told = json.loads(text)
    except ValueError as error:
        raise Refused(14221, f"<Task> is no JSON: {error}") from error
    if not isinstance(told, dict):
        raise Refused(14221, "<Task> is no JSON object")


def _queue(verb: Verb) -> None:
    if verb.get("reservationSid"):
        if verb.text:
            raise Refused(14215, "<Queue reservationSid> names a queue as well")
        return
    if verb.get("postWorkActivitySid"):
        raise Refused(14216, "<Queue postWorkActivitySid> has no reservationSid")
    if not 0 < len(verb.text) <= LONGEST_QUEUE:
        raise Refused(14201, f"<Queue> cannot be {verb.text!r}")


_CONTENT = {
    "Enqueue": _enqueue,
    "Queue": _queue,
    "Say": _say,
    "Play": _play,
    "Gather": _gather,
    "Redirect": _redirect,
    "Dial": _dial,
    "Number": _number,
    "Client": _client,
    "Sip": _sip,
}
