"""Who may import whom, how long things are, and what they are called (docs/architecture.md)."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NOUNS = {"ivr.engine", "ivr.content", "ivr.records", "ivr.tickets", "ivr.tapes", "ivr.errors"}
SEALS = {"ivr.keys", "ivr.marks", "ivr.token", "ivr.privacy", "ivr.codec", "ivr.packing", "ivr.longest"}
ALL = {"ivr"}

# room -> rooms of ours that it may import (itself always); the longest name that fits counts
ROOMS = {
    "ivr.engine": set(),
    "ivr.errors": set(),
    "ivr.content": {"ivr.engine"},
    "ivr.records": {"ivr.engine"},
    "ivr.tickets": set(),
    "ivr.tapes": set(),
    "ivr.handover": {"ivr.errors"},
    "ivr.talks": NOUNS | SEALS | {"ivr.handover", "ivr.store"},
    "ivr.environment": {"ivr.roles"},
    "ivr.settings": {"ivr.errors", "ivr.certificate", "ivr.credentials", "ivr.environment", "ivr.roles"},
    "ivr.certificate": set(),
    "ivr.disk": set(),
    "ivr.depot": {"ivr.settings", "ivr.errors", "ivr.disk"},
    "ivr.roles": {"ivr.errors"},
    "ivr.rosters": {"ivr.content", "ivr.errors", "ivr.facts", "ivr.roles"},
    "ivr.credentials": {"ivr.errors"},
    "ivr.logs": {"ivr.plainly"},
    "ivr.plainly": set(),
    "ivr.metrics": set(),
    "ivr.traces": {"ivr.logs"},
    "ivr.gauges": ALL,
    "ivr.retries": set(),
    "ivr.withheld": set(),
    "ivr.menu": {"ivr.engine", "ivr.content", "ivr.errors", "ivr.token", "ivr.longest"},
    "ivr.facts": NOUNS | SEALS | {"ivr.question", "ivr.withheld", "ivr.disk"},
    "ivr.question": NOUNS,
    "ivr.spool": {"ivr.metrics", "ivr.records", "ivr.store", "ivr.errors", "ivr.disk"},
    "ivr.store": {"ivr.metrics", "ivr.records", "ivr.tickets", "ivr.tapes", "ivr.handover", "ivr.errors"},
    "ivr.inquiries": NOUNS | {"ivr.question", "ivr.store", "ivr.settings", "ivr.cases", "ivr.keys"},
    "ivr.keys": {"ivr.errors"},
    "ivr.card": NOUNS | SEALS,
    "ivr.codec": NOUNS,
    "ivr.token": NOUNS | SEALS,
    "ivr.privacy": NOUNS | SEALS,
    "ivr.marks": NOUNS | SEALS,
    "ivr.payment_cards": {"ivr.engine"},
    "ivr.turns": NOUNS | SEALS,
    "ivr.switchboard": NOUNS
    | SEALS
    | {"ivr.facts", "ivr.turns", "ivr.replay", "ivr.card", "ivr.question", "ivr.handover", "ivr.metrics", "ivr.logs"},
    "ivr.replay": NOUNS | SEALS | {"ivr.facts", "ivr.turns"},
    "ivr.packing": NOUNS | SEALS,
    "ivr.longest": NOUNS | SEALS,
    "ivr.publishing": NOUNS | SEALS | {"ivr.store", "ivr.menu", "ivr.facts", "ivr.retries", "ivr.disk"},
    "ivr.people": {"ivr.store", "ivr.keys", "ivr.errors"},
    "ivr.messages": NOUNS | SEALS | {"ivr.store", "ivr.depot"},
    "ivr.mail": {
        "ivr.metrics",
        "ivr.errors",
        "ivr.certificate",
        "ivr.environment",
        "ivr.settings",
        "ivr.keys",
        "ivr.messages",
    },
    "ivr.cases": NOUNS | SEALS | {"ivr.store", "ivr.turns", "ivr.messages", "ivr.facts"},
    "ivr.keeping": ALL,
    "ivr.callers": NOUNS | SEALS | {"ivr.store"},
    "ivr.blocking": NOUNS | SEALS | {"ivr.store", "ivr.withheld"},
    "ivr.hooks": NOUNS | SEALS | {"ivr.store", "ivr.inquiries"},
    "ivr.archive": NOUNS
    | SEALS
    | {
        "ivr.store",
        "ivr.turns",
        "ivr.replay",
        "ivr.cases",
        "ivr.messages",
        "ivr.publishing",
        "ivr.settings",
        "ivr.switchboard",
        "ivr.trial",
        "ivr.talks",
        "ivr.plainly",
    },
    "ivr.exporting": NOUNS | SEALS | {"ivr.archive", "ivr.cases", "ivr.payment_cards", "ivr.store"},
    "ivr.desk": NOUNS
    | SEALS
    | {"ivr.archive", "ivr.callers", "ivr.cases", "ivr.facts", "ivr.payment_cards", "ivr.replay", "ivr.store"},
    "ivr.insight": NOUNS
    | SEALS
    | {"ivr.store", "ivr.archive", "ivr.turns", "ivr.replay", "ivr.menu", "ivr.drawing", "ivr.settings"},
    "ivr.connecting": ALL,
    "ivr.doctor": ALL,
    "ivr.backups": ALL,
    "ivr.carrier": {"ivr.metrics", "ivr.errors", "ivr.settings", "ivr.handover"},
    "ivr.simulator": {"ivr.errors"},
    "ivr.demo": ALL,
    "ivr.drafts": ALL,
    "ivr.drawing": {"ivr.engine", "ivr.content", "ivr.errors"},
    "ivr.importing": {"ivr.menu", "ivr.errors"},
    "ivr.node": ALL,
    "ivr.floor": ALL,
    "ivr.costs": ALL,
    "ivr.plain_talks": ALL,
    "ivr.wall": ALL,
    "ivr.onair": ALL,
    "ivr.hearing": ALL,
    "ivr.rehearsal": ALL,
    "ivr.retelling": ALL,
    "ivr.stage": ALL,
    "ivr.coverage": {"ivr.engine"},
    "ivr.trial": NOUNS | SEALS | {"ivr.replay", "ivr.facts", "ivr.menu", "ivr.turns"},
    "ivr.worker": ALL,
    "ivr.serve": {"ivr.metrics", "ivr.errors", "ivr.settings", "ivr.logs", "ivr.processes"},
    "ivr.processes": {"ivr.errors", "ivr.settings", "ivr.logs"},
    "ivr.commands": ALL | {"webhooks", "console"},  # `serve` and `call` start them
    "ivr.screen": set(),
    "ivr.__main__": {"ivr.commands", "ivr.errors"},
    "ivr": set(),
    "webhooks": ALL,
    "console": ALL,
}

# package -> the only rooms that may know it
KNOWN_BY = {
    "sqlalchemy": {"ivr.store", "console"},
    "alembic": {"ivr.store"},
    "psycopg": {"ivr.store"},
    "sqlite3": {"ivr.store"},
    "flask": {"webhooks", "console"},
    "werkzeug": {"webhooks", "console"},
    "gunicorn": {"webhooks", "console", "ivr.serve", "ivr.processes", "ivr.commands"},
    "twilio": {"ivr.carrier"},
    "dbos": {"ivr.worker"},
    "opentelemetry": {"ivr.traces"},
    "prometheus_client": {"ivr.metrics", "ivr.gauges", "ivr.commands"},
    "arro3": {"ivr.exporting"},
    "aiosmtpd": {"ivr.mail"},
    "obstore": {"ivr.depot"},
    "rule_engine": {"ivr.engine"},
    "yaml": {"ivr.menu", "ivr.simulator"},
    "soundfile": {"ivr.menu", "ivr.archive"},
    "soxr": {"ivr.menu"},
    "cryptography": {"ivr.keys", "ivr.token", "ivr.privacy", "ivr.card"},
    "flask_security": {"console"},
    "flask_wtf": {"console"},
    "wtforms": {"console"},
    "zxcvbn": {"console"},
    "click": {"ivr.commands", "ivr.__main__"},
    "rich": {"ivr.commands", "ivr.screen"},
}

# what would make a step of a call depend on more than what it is given
IMPURE = {"time", "random", "secrets", "logging", "os", "io", "socket", "threading", "subprocess", "pathlib", "uuid"}
BANNED_NAMES = {"utils", "helpers", "common", "base", "manager", "util", "helper", "misc"}
CODE = ("ivr", "webhooks", "console", "bench", "tests")


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str | None:
    fits = [room for room in ROOMS if module == room or module.startswith(room + ".")]
    return max(fits, key=len, default=None)


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Each imported module with its line; of `from a import b` both a and a.b."""
    package = module_of(path) if path.name == "__init__.py" else module_of(path).rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            yield node.lineno, origin
            yield from ((node.lineno, f"{origin}.{name.name}") for name in node.names)


def breaches(path: Path) -> Iterator[str]:
    module = module_of(path)
    room = room_of(module) or ""
    for line, name in imports(path):
        place = f"{path.relative_to(ROOT)}:{line}"
        top = name.partition(".")[0]
        other = room_of(name)
        if top in {"ivr", "webhooks", "console"}:
            allowed = ROOMS[room] | {room, "ivr.errors"} - ({"ivr.errors"} if room == "ivr.engine" else set())
            if other not in {"ivr", room} and not any(other == a or f"{other}.".startswith(f"{a}.") for a in allowed):
                yield f"{place}: {room} may not import {name}"
        elif top in KNOWN_BY and room not in KNOWN_BY[top]:
            yield f"{place}: {top} is known by {', '.join(sorted(KNOWN_BY[top]))} alone"
        elif room == "ivr.engine" and (top in IMPURE or top not in sys.stdlib_module_names | {"rule_engine"}):
            yield f"{place}: the engine is pure and imports no {top}"
        elif room == "ivr.simulator" and top not in sys.stdlib_module_names | {"yaml"}:
            yield f"{place}: the simulator knows the standard library alone"


def test_every_module_has_a_room():
    homeless = [module_of(path) for path in sources("ivr", "webhooks", "console") if room_of(module_of(path)) == "ivr"]
    assert homeless == ["ivr"], "say in docs/architecture.md and in ROOMS where it belongs"


def test_every_room_stands_in_the_architecture(root):
    text = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    there = {room_of(module_of(path)) or "" for path in sources("ivr", "webhooks", "console")} - {"ivr", "ivr.__main__"}
    assert [room for room in sorted(there) if f"`{room.replace('.', '/')}" not in text] == []


def test_imports_point_inward():
    assert [breach for path in sources("ivr", "webhooks", "console") for breach in breaches(path)] == []


def test_only_the_wiring_of_the_voice_port_reaches_the_store_and_the_menu():
    private = ("ivr.store", "ivr.menu", "ivr.settings", "ivr.publishing")
    found = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in sources("webhooks")
        if path.name not in {"app.py", "wsgi.py", "gunicorn.py", "wiring.py"}
        for line, name in imports(path)
        if name.startswith(private) or name.startswith("ivr.engine.step")
    ]
    assert found == []


def test_voice_workers_never_load_what_is_heavy():
    heavy = {"twilio", "dbos", "soundfile", "numpy", "pydantic", "yaml", "rich", "requests", "alembic", "obstore"}
    found = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in sources("webhooks")
        for line, name in imports(path)
        if name.partition(".")[0] in heavy
    ]
    assert found == []


def test_voice_workers_know_nothing_of_people_who_sign_in():
    heavy = (
        "flask_security",
        "flask_login",
        "flask_wtf",
        "wtforms",
        "argon2",
        "passlib",
        "zxcvbn",
        "qrcode",
        "console",
    )
    ask = f"import sys, webhooks.app; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function's place and its length in lines, its docstring not counted."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            said = ast.get_docstring(node, clean=False)
            words = (first.end_lineno or 0) - first.lineno + 1 if said is not None else 0
            yield (
                f"{path.relative_to(ROOT)}:{node.lineno} {node.name}",
                (node.end_lineno or 0) - node.lineno + 1 - words,
            )


def test_no_file_is_longer_than_400_lines():
    lengths = {path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines()) for path in sources(*CODE)}
    assert {str(path): length for path, length in lengths.items() if length > 400} == {}


def test_no_function_is_longer_than_40_lines():
    assert [found for path in sources(*CODE) for found in functions(path) if found[1] > 40] == []


def test_files_are_named_after_what_they_hold():
    folders = {part for path in sources(*CODE) for part in path.relative_to(ROOT).with_suffix("").parts}
    assert folders & BANNED_NAMES == set()


def test_lock_files_hold_no_addresses():
    locks = [*ROOT.glob("*.lock"), ROOT / "console" / "assets" / "package-lock.json"]
    assert len(locks) == 7
    assert [path.name for path in locks if "://" in path.read_text(encoding="utf-8")] == []


def test_what_tests_share_has_one_name():
    shared = [
        path.name for path in (ROOT / "tests").glob("*/*.py") if not path.name.startswith(("test_", "conftest", "__"))
    ]
    assert sorted(shared) == sorted(set(shared)), "all of these folders are on the path"


@pytest.mark.parametrize(
    ("file", "line", "why"),
    [
        ("ivr/engine/step.py", "import time", "pure"),
        ("ivr/engine/step.py", "from ivr.errors import IvrError", "may not import"),
        ("ivr/menu/build.py", "from ivr.store import Store", "may not import"),
        ("ivr/switchboard.py", "import ivr.store", "may not import"),
        ("ivr/facts/hours.py", "import flask", "alone"),
        ("ivr/worker/jobs.py", "import webhooks.app", "may not import"),
        ("ivr/simulator/call.py", "from ivr.engine import step", "may not import"),
        ("webhooks/voice.py", "from console import pages", "may not import"),
    ],
)
def test_a_breach_is_seen(tmp_path, monkeypatch, file, line, why):
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text(f"def late():\n    {line}\n")
    assert any(why in breach for breach in breaches(path))
