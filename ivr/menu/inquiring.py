"""Makes the engine's steps that ask of what was read; a table is searched here once, for every row it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ivr.engine.tree import FromTable, Given, Listing, LookUp, Step, Submit, Value
from ivr.engine.typed import NotOfType, from_text, row_key
from ivr.menu.outside import Gives
from ivr.menu.problems import Problem, shown
from ivr.menu.scope import Scope, Text
from ivr.menu.source import Mapping as Map
from ivr.menu.steps import RawStep
from ivr.menu.tables import CODE, Row, Table

MOST = 5  # items of a list, where the menu names no other number


def look_up(scope: Scope, raw: RawStep, common: dict[str, Any]) -> Step:
    """Make a step that reads: from a table, or from a system outside."""
    asked = raw.values.get("look_up")
    fields = common | asking(raw)
    if isinstance(asked, Text) or asked is None:
        return LookUp(**fields, url=asked.template if asked else (), timeout=raw.values.get("timeout", 3.0))
    if raw.node.get("timeout") is not None:
        said = "a table is at hand: nobody waits for it"
        scope.notes.add("no-effect", raw.node.key("timeout") or raw.node, said, "leave 'timeout' out")
    fields["exits"] = {name: way for name, way in common["exits"].items() if name == "nothing"}
    return FromTable(**fields, answers=_Search(scope, raw, scope.tables[asked], fields).answers())


def submit(_scope: Scope, raw: RawStep, common: dict[str, Any]) -> Step:
    """Make a step that changes something elsewhere."""
    asked = raw.values.get("submit")
    fields = common | asking(raw)
    return Submit(**fields, url=asked.template if asked else (), timeout=raw.values.get("timeout", 3.0))


def asking(raw: RawStep) -> dict[str, Any]:
    """Give what every step that asks has: what is sent, and what comes back with the items of its lists."""
    given: Gives = raw.values.get("gives") or Gives()
    most = raw.values.get("most", MOST)
    lists = {name: replace(listing, most=most) for name, listing in given.lists.items()}
    kept = dict(given.fields)
    for name, listing in lists.items():
        kept[f"{name}.count"] = Given("number", size=len(str(most)))
        for number in range(1, most + 1):
            kept |= {f"{name}.{number}.{field}": replace(one, needed=False) for field, one in listing.fields.items()}
    return {
        "sent": {name: text.template for name, text in (raw.values.get("with") or {}).items()},
        "gives": kept,
        "lists": lists,
    }


class _Search:
    """Searches a table for every answer that it holds."""

    def __init__(self, scope: Scope, raw: RawStep, table: Table, fields: dict[str, Any]) -> None:
        self._scope = scope
        self._raw = raw
        self._table = table
        self._sent: Mapping[str, object] = fields["sent"]
        self._lists: Mapping[str, Listing] = fields["lists"]
        self._given: Gives = raw.values.get("gives") or Gives()

    def answers(self) -> dict[str, Mapping[str, Value]]:
        """Give the values of every row, by what stands in the columns that are searched."""
        if not self._fits():
            return {}
        rows: dict[str, list[Row]] = {}
        for row in self._table.rows:
            rows.setdefault(row_key(row.cells[name] for name in self._sent), []).append(row)
        if not self._lists:
            self._once(rows)
        return {key: self._values(found) for key, found in rows.items()}

    def _fits(self) -> bool:
        """See that the table has the columns that are searched and kept."""
        if not self._sent:
            said = "a table is searched by 'with', and nothing stands there"
            self._scope.notes.add("missing-key", self._raw.node, said, "write 'with: {column: \"{name}\"}'")
            return False
        if len(self._lists) > 1:
            said = "one table gives one list: its rows"
            self._scope.notes.add(CODE, self._raw.node, said, "make another 'look_up' for the other list")
            return False
        fields = [field for listing in self._lists.values() for field in listing.fields]
        wanted = {"with": list(self._sent), "gives": [*self._given.fields, *fields]}
        fits = True
        for key, names in wanted.items():
            for name in names:
                if name not in self._table.columns:
                    holder = self._raw.node.get(key)
                    node = holder.key(name) if isinstance(holder, Map) else None
                    said = f"{self._table.path} has no column {shown(name)}"
                    self._scope.notes.add(
                        CODE, node or self._raw.node, said, f"its columns: {', '.join(self._table.columns)}"
                    )
                    fits = False
        return fits

    def _once(self, rows: Mapping[str, list[Row]]) -> None:
        """Without a list one row answers; where two fit, nobody could tell which is meant."""
        for first, *others in rows.values():
            for row in others:
                said = f"the row fits wherever that of line {first.line} does"
                self._note(row, said, "take one out, or keep both as a list")

    def _values(self, rows: list[Row]) -> Mapping[str, Value]:
        """Read what the rows of one answer give."""
        found = {name: self._value(rows[0], name, given) for name, given in self._given.fields.items()}
        for name, listing in self._lists.items():
            kept = rows[: listing.most]
            found[f"{name}.count"] = len(kept)
            for number, row in enumerate(kept, 1):
                for field, given in listing.fields.items():
                    found[f"{name}.{number}.{field}"] = self._value(row, field, given)
        return {name: value for name, value in found.items() if value is not None}

    def _value(self, row: Row, column: str, given: Given) -> Value:
        try:
            return from_text(given, row.cells[column])
        except NotOfType as error:
            hint = f"'{self._raw.id}' keeps it as {given.kind}; write 'or nothing' there where it may be missing"
            self._note(row, f"{column} {error}: {shown(row.cells[column])}", hint)
            return None

    def _note(self, row: Row, said: str, hint: str) -> None:
        self._scope.notes.problems.append(Problem(CODE, self._table.path, row.line, 1, said, hint))
