"""Single sign-on against a real provider of OpenID Connect: who is let in, who is not, and what each is told."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import requests
from flask.testing import FlaskClient
from rig import identity_provider as idp
from rig.people import client_of, let_everybody_in
from rig.ports import free_ports
from rig.server import ACCOUNT, KEYS, TOKEN
from werkzeug.test import TestResponse

from console.app import create_app
from ivr.settings import read_settings
from ivr.store import Store
from ivr.store.accounts import Account, Proofs

Hotline = Callable[..., FlaskClient]
START = 30.0  # seconds that a loaded machine may need until the provider answers


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    port = free_ports()[0]
    process = subprocess.Popen(
        [sys.executable, idp.__file__, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    at, until = f"http://127.0.0.1:{port}", time.monotonic() + START
    while time.monotonic() < until and process.poll() is None:
        with suppress(requests.ConnectionError):
            requests.get(f"{at}/.well-known/openid-configuration", timeout=5)
            break
        time.sleep(0.1)
    yield at
    process.kill()
    process.wait()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store("", tmp_path)
    store.upgrade()
    yield store
    store.close()


@pytest.fixture
def people(store: Store) -> dict[str, Account]:
    return let_everybody_in(store)


@pytest.fixture
def hotline(tmp_path: Path, provider: str, people: dict[str, Account]) -> Hotline:
    def begun(**changed: str) -> FlaskClient:
        names = {"IVR_DATA": str(tmp_path), "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN}
        single = {"OIDC_ISSUER": provider, "OIDC_CLIENT_ID": idp.CLIENT, "OIDC_CLIENT_SECRET": idp.SECRET}
        return create_app(read_settings(names | {"IVR_SECRET_KEYS": KEYS} | single | changed)).test_client()

    return begun


def to_provider(client: FlaskClient, path: str = "/sso") -> str:
    """Begin, and give the address at the provider."""
    answer = client.get(path)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def signed_in_there(address: str, name: str) -> str:
    """Sign in at the provider as its own pages ask; give the path at which it sends the browser back."""
    browser = requests.Session()
    answer = browser.get(address, allow_redirects=False, timeout=20)
    for _ in range(12):
        if "Location" in answer.headers:
            address = urljoin(answer.url, answer.headers["Location"])
            if address.startswith(idp.WAY_BACK):
                return address.removeprefix("http://127.0.0.1:8001")
            answer = browser.get(address, allow_redirects=False, timeout=20)
            continue
        hidden = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', answer.text)
        fields = {"csrf_token": hidden[0], "login": name, "password": idp.PASSWORD}
        answer = browser.post(answer.url, data=fields, allow_redirects=False, timeout=20)
    raise AssertionError(answer.text)


def come(client: FlaskClient, name: str, path: str = "/sso") -> TestResponse:
    """Sign in by the provider, from the button to our answer."""
    return client.get(signed_in_there(to_provider(client, path), name))


def words(answer: TestResponse) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", answer.text))


def test_somebody_of_ours_comes_in_and_is_led_where_they_were_going(hotline: Hotline, store: Store) -> None:
    client = hotline(OIDC_NAME="Aurora")
    page = client.get("/login?next=/cases")
    assert "Sign in with Aurora" in page.text
    link = unescape(re.findall(r'href="(/sso[^"]*)"', page.text)[0])
    answer = come(client, "helen", link)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/cases")
    assert client.get("/cases").status_code == 200
    assert [(line.deed.who, line.deed.did) for line in store.audit.latest(2)] == [
        ("Helen Okafor", "signed in"),
        ("Helen Okafor", "was bound to a provider's id"),
    ]


def test_who_never_had_a_passphrase_comes_in_and_no_passphrase_opens_their_account(
    hotline: Hotline, store: Store, people: dict[str, Account]
) -> None:
    person = people["agent"].person
    with store.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM accounts WHERE person = ?", (person.id,))
    client = hotline()
    assert come(client, "priya").status_code == 302
    assert store.accounts.proofs()[person.id] == Proofs(password=False, second_factor=False)
    assert "Change the passphrase" not in client.get("/account").text
    admin = client_of(client.application, store, people["admin"])
    assert "single sign-on alone" in admin.get("/people").text
    other = client.application.test_client()
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', other.get("/login").text)[0]
    for guess in ("", " ", "None"):
        answer = other.post("/login", data={"csrf_token": token, "email": person.email, "password": guess})
        assert answer.status_code == 200
    assert other.get("/account").status_code == 302


def test_who_is_nobody_here_is_not_let_in(hotline: Hotline, store: Store) -> None:
    client = hotline()
    answer = come(client, "stranger")
    assert answer.status_code == 403
    assert "Nobody here has the address nobody@elsewhere.example; an admin can add you." in words(answer)
    assert client.get("/account").status_code == 302
    assert store.audit.latest(1)[0].deed.did == "was not let in by single sign-on"


def test_an_address_that_the_provider_does_not_vouch_for_opens_nothing(hotline: Hotline) -> None:
    answer = come(hotline(), "mallory")
    assert answer.status_code == 403
    assert "does not vouch for your e-mail address" in words(answer)


def test_an_admin_may_trust_the_providers_addresses(hotline: Hotline) -> None:
    assert come(hotline(OIDC_TRUST_EMAIL="yes"), "mallory").status_code == 302


def test_an_address_that_went_to_somebody_else_does_not_open_the_account(
    hotline: Hotline, store: Store, provider: str, people: dict[str, Account]
) -> None:
    store.identities.bind(provider, "another-id", people["admin"].person)
    client = hotline()
    answer = come(client, "helen")
    assert answer.status_code == 403
    assert "belongs to somebody whom single sign-on knows by another id" in words(answer)
    admin = client_of(client.application, store, people["admin"])
    page = admin.get(f"/people/{people['admin'].person.id}")
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[0]
    admin.post(f"/people/{people['admin'].person.id}/provider", data={"csrf_token": token})
    assert come(hotline(), "helen").status_code == 302


def test_the_providers_id_counts_when_the_address_here_has_changed(
    hotline: Hotline, store: Store, people: dict[str, Account]
) -> None:
    assert come(hotline(), "helen").status_code == 302
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE people SET email = 'other@aurora.example' WHERE name = 'Helen Okafor'")
    client = hotline()
    assert come(client, "helen").status_code == 302
    assert "other@aurora.example" in client.get("/account").text


def test_who_is_disabled_is_not_let_in(hotline: Hotline, store: Store) -> None:
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE people SET active = false WHERE name = 'Priya Nair'")
    answer = come(hotline(), "priya")
    assert answer.status_code == 403
    assert "This account was disabled; an admin can enable it." in words(answer)


def test_the_second_factor_of_here_is_asked_for_all_the_same(hotline: Hotline) -> None:
    client = hotline(SECOND_FACTOR_ROLES="admin")
    come(client, "helen")
    page = client.get("/cases", follow_redirects=True)  # must set one up before anything else
    assert page.request.path == "/account/second-factor"


def test_a_way_back_that_somebody_else_made_opens_nothing(hotline: Hotline) -> None:
    client = hotline(OIDC_CLIENT_ID=idp.CARELESS)
    back = signed_in_there(to_provider(client), "helen")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
    answer = client.get("/sso/back", query_string=asked | {"state": "another"})
    assert answer.status_code == 400
    assert "Begin again" in words(answer)
    assert client.get("/account").status_code == 302


def test_a_way_back_is_good_in_the_browser_that_began_and_once(hotline: Hotline) -> None:
    client = hotline()
    back = signed_in_there(to_provider(client), "helen")
    assert client.application.test_client().get(back).status_code == 400
    assert client.get(back).status_code == 302
    assert client.get(back).status_code == 400


def test_who_says_no_at_the_provider_is_told_what_to_do(hotline: Hotline) -> None:
    answer = hotline().get("/sso/back?error=access_denied&state=x")
    assert answer.status_code == 403
    assert "let you go without signing you in" in words(answer)


def test_a_provider_that_is_away_leaves_the_passphrase(hotline: Hotline) -> None:
    client = hotline(OIDC_ISSUER=f"http://127.0.0.1:{free_ports()[0]}")
    answer = client.get("/sso")
    assert answer.status_code == 503
    assert client.get("/login").status_code == 200


def test_a_provider_with_another_name_is_not_believed(hotline: Hotline, provider: str) -> None:
    answer = hotline(OIDC_ISSUER=provider.replace("127.0.0.1", "localhost")).get("/sso")
    assert answer.status_code == 503


@pytest.mark.parametrize(
    "going", ["//evil.example", "/\\evil.example", "https://evil.example/", "/%09/evil.example", "/%0Ax", "/%0D/evil"]
)
def test_nobody_is_led_to_another_site(hotline: Hotline, going: str) -> None:
    client = hotline()
    back = signed_in_there(to_provider(client, f"/sso?next={going}"), "helen")
    assert client.get(back).headers["Location"] == "/"


def test_somebody_is_led_to_where_they_were_going(hotline: Hotline) -> None:
    client = hotline()
    back = signed_in_there(to_provider(client, "/sso?next=/calls?when=7d%26end=left"), "helen")
    assert client.get(back).headers["Location"] == "/calls?when=7d&end=left"


def test_who_goes_to_the_provider_again_and_again_is_let_wait(hotline: Hotline) -> None:
    client = hotline()
    answers = [client.get("/sso") for _ in range(31)]
    assert [one.status_code for one in answers] == [302] * 30 + [429]


def test_too_many_tries_are_refused(hotline: Hotline) -> None:
    client = hotline()
    answers = [client.get("/sso/back?state=x&code=y") for _ in range(31)]
    assert {answer.status_code for answer in answers[:30]} == {400}
    assert (answers[30].status_code, answers[30].headers["Retry-After"]) == (429, "900")


def test_without_a_provider_there_is_no_such_page(hotline: Hotline) -> None:
    client = hotline(OIDC_ISSUER="", OIDC_CLIENT_ID="", OIDC_CLIENT_SECRET="")
    assert client.get("/sso").status_code == 404
    assert "/sso" not in client.get("/login").text
