"""Small phone trees in YAML: options inside options, each with a name and a number or options of its own."""

from __future__ import annotations

from ivr.importing.hotline import HANG_UP, OTHERS, Hotline, NotReadable, spoken
from ivr.menu.source import Mapping, Node, Scalar, Sequence, Unreadable, parse

MOST = 9  # keys 1 to 9 follow from the order


def read_phone_tree(data: bytes, hotline: Hotline) -> None:
    """Read a tree; the keys are those of the order, as there. NotReadable where it is none."""
    try:
        root = parse("the file", data.decode("utf-8", errors="replace"))
    except Unreadable as error:
        raise NotReadable(f"the YAML cannot be read: {error}") from error
    options = root.get("options") if isinstance(root, Mapping) else None
    if not isinstance(root, Mapping) or not isinstance(options, Sequence):
        raise NotReadable("a phone tree has a list of 'options'", hint=OTHERS)
    hotline.start = hotline.name("", "main")
    _menu(hotline, "main", "Welcome.", root)


def _menu(hotline: Hotline, step: str, greeting: str, node: Mapping) -> None:
    """Write one menu, and everything below it; the parser has bounded how deep that goes."""
    options = node.get("options")
    place = f"line {node.line}"
    _leftover(hotline, step, node, {"name", "number", "options"})
    keys = {}
    for number, item in enumerate(options.items if isinstance(options, Sequence) else (), 1):
        name, target = _option(hotline, step, item)
        if not target:
            continue
        if number > MOST:
            hotline.tell(f"line {item.line}", f"the option {name!r} has no key left: make two menus", step, decide=True)
            continue
        keys[str(number)] = {"for": name, "then": target}
    hotline.tell(place, f"there is no greeting in it: '{greeting}' is ours", step)
    hotline.put(step, menu=greeting, keys=keys, silence=HANG_UP, wrong=HANG_UP)


def _option(hotline: Hotline, step: str, item: Node) -> tuple[str, str]:
    """Read one option as (its words, our step); an empty step where it is nothing of ours."""
    place = f"line {item.line}"
    name = item.get("name") if isinstance(item, Mapping) else None
    if not isinstance(item, Mapping) or not isinstance(name, Scalar):
        hotline.tell(place, "an option without a name is not carried over", step, decide=True)
        return "", ""
    said = spoken(name.text, {}) or "this"
    target = hotline.name(f"{place} {item.column}", said)
    number = item.get("number")
    if isinstance(item.get("options"), Sequence):
        _menu(hotline, target, f"{said}.", item)
    elif isinstance(number, Scalar):
        _leftover(hotline, target, item, {"name", "number"})
        hotline.put(target, transfer=hotline.team(f"{target[:30]}_team", [number.text], f"line {number.line}"))
    else:
        hotline.tell(place, f"the option {said!r} leads nowhere", step, decide=True)
        return "", ""
    return said, target


def _leftover(hotline: Hotline, step: str, node: Mapping, carried: set[str]) -> None:
    for key, _ in node.entries:
        if key.text not in carried:
            hotline.tell(f"line {key.line}", f"'{key.text}' is not carried over", step)
