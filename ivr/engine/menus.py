"""What a caller does in a menu."""

from __future__ import annotations

from collections.abc import Sequence

from ivr.engine.announcements import announce
from ivr.engine.conditions import holds
from ivr.engine.events import Answered, Chose
from ivr.engine.hearing import hints, key_said
from ivr.engine.inputs import Pressed, Said, Silent
from ivr.engine.items import choose_item, length
from ivr.engine.memo import recall, remember
from ivr.engine.moment import UNFIT, Moment
from ivr.engine.speech import choice_prompts, prompts
from ivr.engine.tree import Choice, Extension, Menu
from ivr.engine.tries import key_wrongly, opening, stay_silent, too_quiet
from ivr.engine.verbs import Listen, Prompt

_REMEMBERED = 8  # menus that `back` can go through; the token must stay small


def arrive(moment: Moment, node: Menu) -> None:
    """Remember the menu for `back`, and offer its choices."""
    heard = moment.now.heard
    if not heard or heard[-1] != node.id:
        moment.now.heard = (*heard, node.id)[-_REMEMBERED:]
    listen(moment, node, before=announce(moment, node.id) if node.announce else ())


def listen(moment: Moment, node: Menu, cause: str = "", before: Sequence[Prompt] = ()) -> None:
    """Speak the choices that are offered now, and wait for a key."""
    heard = (*before, *opening(moment, node, cause), *_choices(moment, node))
    digits, finish = _length(node)
    if node.speech:
        said = hints(moment, node, _on_offer(moment, node))
        moment.verbs.append(Listen(heard, digits, finish, node.wait, moment.now.language, said))
    else:
        moment.verbs.append(Listen(heard, digits, finish, node.wait))


def choose(moment: Moment, node: Menu, given: Pressed) -> str | None:
    """Take the choice that a key means, or what the key means everywhere."""
    # With codes, the finishing key alone arrives as no keys at all.
    keys = given.keys or node.ends
    for choice in node.choices:
        if (choice.key == keys or keys in choice.also) and _offered(moment, choice):
            return _take(moment, node, choice)
    if keys in moment.tree.everywhere and keys not in node.off:
        moment.now.quiet = 0
        moment.events.append(Chose(node.id, keys))
        return moment.tree.everywhere[keys]
    if node.extension is not None and len(keys) > 1:
        return _dial_extension(moment, node, node.extension, keys)
    if key_wrongly(moment, node, len(keys)):
        return moment.leave(node, "wrong")
    listen(moment, node, "wrong")
    return None


def hear(moment: Moment, node: Menu, given: Said) -> str | None:
    """Take words for the key that they mean; what is not understood is a wrong key."""
    if not node.speech:
        return UNFIT
    keys = key_said(moment, node, given, _on_offer(moment, node))
    if keys:
        return choose(moment, node, Pressed(given.at, keys))
    if key_wrongly(moment, node, 0):
        return moment.leave(node, "wrong")
    listen(moment, node, "misheard")
    return None


def stay(moment: Moment, node: Menu, _given: Silent) -> str | None:
    """Hear nothing: offer the choices again, or take the silence for an answer."""
    if node.stay is not None:
        moment.now.quiet += 1
        if too_quiet(moment, leaving=True):
            return None
        moment.events.append(Chose(node.id, ""))
        return node.exits["silence"]
    return stay_silent(moment, node, lambda: listen(moment, node, "silent"))


def _choices(moment: Moment, node: Menu) -> tuple[Prompt, ...]:
    """Speak the choices that are offered now, and the words after them."""
    language = moment.now.language
    known = recall(moment.tree, node, language)
    if known is not None:
        return known
    spoken: list[Prompt] = []
    for choice in node.choices:
        if _offered(moment, choice):
            spoken += choice_prompts(moment, choice)
    heard = (*spoken, *prompts(moment, node.closing), *prompts(moment, node.stay))
    remember(moment.tree, node, language, heard)
    return heard


def _take(moment: Moment, node: Menu, choice: Choice) -> str:
    """Keep the choice's value, change the language where it says so, go on."""
    moment.now.quiet = 0
    value = choice.value
    if node.name and value is not None:
        moment.keep(node.name, value)
    if choice.item is not None:
        choose_item(moment, choice.item)
    secret = node.name in moment.tree.secrets
    moment.events.append(Chose(node.id, choice.key, None if secret else value))
    moment.speak_in(choice.language)
    return choice.target


def _dial_extension(moment: Moment, node: Menu, extension: Extension, keys: str) -> str:
    """Take a colleague's number."""
    moment.now.quiet = 0
    value = extension.entries.get(keys)
    if value is None:
        moment.leave_to(node, "unknown", extension.unknown)
        return extension.unknown
    moment.keep(extension.name, value)
    moment.events.append(Answered(node.id, extension.name))
    return extension.target


def _on_offer(moment: Moment, node: Menu) -> list[Choice]:
    """Return the choices that stand open now."""
    return [choice for choice in node.choices if _offered(moment, choice)]


def _offered(moment: Moment, choice: Choice) -> bool:
    """Tell whether a choice stands open now."""
    if choice.item is not None and choice.item.number > length(moment, choice.item.list):
        return False
    return not choice.condition or holds(choice.condition, moment.know)


def _length(node: Menu) -> tuple[int, str]:
    """Return (how many keys to wait for, the key that finishes)."""
    longest = 1
    for choice in node.choices:
        longest = max(longest, len(choice.key), *map(len, choice.also))
    if node.extension is not None:
        longest = max(longest, *map(len, node.extension.entries))
    return (longest, node.ends) if longest > 1 else (1, "")
