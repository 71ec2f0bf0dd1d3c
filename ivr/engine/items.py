"""Lists of the answers of others: how long they are, and the item that a caller has chosen."""

from __future__ import annotations

from ivr.engine.moment import Moment
from ivr.engine.speech import prompts
from ivr.engine.tree import Item, Say
from ivr.engine.verbs import Prompt


def length(moment: Moment, name: str) -> int:
    """Return how many items a list has; none where it is not set."""
    count = moment.now.values.get(f"{name}.count")
    return count if isinstance(count, int) else 0


def choose_item(moment: Moment, item: Item) -> None:
    """Keep an item's fields under the names that later steps read; a field that it lacks is unset."""
    values = moment.now.values
    kept = {name: values[source] for name, source in item.keeps.items() if source in values}
    moment.now.values = {**{name: value for name, value in values.items() if name not in item.keeps}, **kept}


def spoken(moment: Moment, node: Say) -> list[Prompt]:
    """Speak a step's text, or that of each item of its list."""
    if not node.list:
        return prompts(moment, node.text)
    count = length(moment, node.list)
    return [prompt for words in node.items[:count] for prompt in prompts(moment, words)]
