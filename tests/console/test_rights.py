"""Every page by every role and by nobody: what is refused, and that docs/security.md says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from rig.people import client_of, let_everybody_in
from rig.server import ACCOUNT, KEYS, TOKEN
from rig.tables import with_tables
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from console import rights
from console.app import create_app
from console.rights import BY_TOKEN, FIRST, NOBODY, OPEN, OWN_SECRETS, RIGHTS, ROUTES, SIGNED_IN, may
from ivr.roles import ROLES
from ivr.settings import read_settings
from ivr.store import Store

ADDRESSES = count()  # each request from one of its own: limits are another test's
WHO = ("nobody", *ROLES)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, dict[str, FlaskClient]]]:
    """The pages, and a client of each role."""
    data = tmp_path_factory.mktemp("rights")
    names = {"IVR_DATA": str(data), "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "IVR_SECRET_KEYS": KEYS}
    names["TWILIO_API_URL"] = "http://127.0.0.1:9"  # nobody is there: no test asks the carrier itself
    settings = read_settings(names | {"SECOND_FACTOR_ROLES": "none"})
    store = Store(settings.database_url, data)
    with_tables(store)
    accounts = let_everybody_in(store)
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False  # forms without a token are another test's
    clients = {role: client_of(app, store, account) for role, account in accounts.items()}
    app.extensions["again"] = lambda role: client_of(app, store, accounts[role])
    yield app, clients | {"nobody": app.test_client()}
    store.close()


def ask(client: FlaskClient, rule: Rule, method: str) -> TestResponse:
    path = re.sub(r"<(?:[a-z]+:)?[a-z_]+>", "nothing", rule.rule)
    return client.open(path, method=method, environ_base={"REMOTE_ADDR": f"10.0.0.{next(ADDRESSES)}"})


def was_refused(answer: TestResponse) -> bool:
    where = answer.headers.get("Location", "")
    return answer.status_code in {401, 403} or "/login?next=" in where or where.endswith("/first-run")


def test_every_route_asks_for_a_right_and_every_right_is_one(world) -> None:
    app, _ = world
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert endpoints - set(ROUTES) == set(), "say in console/rights.py who may do this"
    assert set(ROUTES) - endpoints <= {"security.static"}
    assert set(ROUTES.values()) <= {OPEN, FIRST, SIGNED_IN, OWN_SECRETS, NOBODY, *RIGHTS, *BY_TOKEN}
    assert {role for roles in RIGHTS.values() for role in roles} <= set(ROLES)


@pytest.mark.parametrize("who", WHO)
def test_a_role_is_let_in_where_the_table_says_so_and_nowhere_else(world, who: str) -> None:
    app, clients = world
    for rule in app.url_map.iter_rules():
        right = ROUTES[rule.endpoint]
        wanted = right == OPEN if who == "nobody" else may(who, right)
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "DELETE"}):
            client = clients["nobody"] if who == "nobody" else app.extensions["again"](who)  # some routes sign out
            answer = ask(client, rule, method)
            told = f"{who}: {method} {rule.rule}: {answer.status}"
            if right == FIRST:
                assert answer.status_code == 404, told  # there is an admin: the page is gone for everybody
            else:
                assert was_refused(answer) != wanted, told
            assert answer.status_code < 500, told


def test_a_route_that_nobody_named_is_refused_to_everybody(world, monkeypatch: pytest.MonkeyPatch) -> None:
    _, clients = world
    monkeypatch.setattr(rights, "ROUTES", {key: right for key, right in ROUTES.items() if key != "account.page"})
    for who, client in clients.items():
        assert client.get("/account").status_code == 403, who


def test_a_refusal_says_which_role_it_is_for(world) -> None:
    app, _ = world
    auditor = app.extensions["again"]("auditor")
    answer = auditor.get("/phone")
    assert answer.status_code == 403
    assert "admin, agent, operator, supervisor; you are signed in as auditor" in answer.text
    told = auditor.post("/phone/calls", json={})
    assert told.status_code == 403
    assert "auditor" in told.json["error"]


def table() -> str:
    """Write the rights as docs/security.md shows them."""
    lines = ["| who | " + " | ".join(WHO) + " |", "| --- |" + " :-: |" * len(WHO)]
    for right in (*RIGHTS, SIGNED_IN, OPEN):
        has = [right == OPEN if who == "nobody" else may(who, right) for who in WHO]
        lines.append(f"| {right} | " + " | ".join("yes" if one else "" for one in has) + " |")
    lines += ["", "| route | right |", "| --- | --- |"]
    return "\n".join([*lines, *(f"| `{endpoint}` | {right} |" for endpoint, right in sorted(ROUTES.items()))])


def test_the_table_of_rights_stands_in_the_docs(root: Path) -> None:
    text = (root / "docs" / "security.md").read_text(encoding="utf-8")
    assert table() in text, f"docs/security.md should hold:\n\n{table()}"
