"""A real provider of OpenID Connect, Canaille, run as a process: `python identity_provider.py PORT`.

What it answers is its own; its people, its one application, and for whose address it vouches are the tests'.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

CLIENT, SECRET = "hotline", "a-secret-of-the-application-and-the-provider"
CARELESS = "careless"  # another, for who begins and does not end: an application's codes get mixed up there
WAY_BACK = "http://127.0.0.1:8001/sso/back"
PASSWORD = "plum tractor violin eight"
# who signs in there -> their address; the provider vouches for all of them but mallory's
PEOPLE = {
    "helen": "Helen@aurora.example",
    "priya": "priya@aurora.example",
    "stranger": "nobody@elsewhere.example",
    "mallory": "tomas@aurora.example",
}
VOUCHED = "{% if user.user_name != 'mallory' %}true{% endif %}"


def serve(port: int) -> None:
    from canaille import create_app
    from werkzeug.serving import make_server

    app = create_app(
        config={
            "SECRET_KEY": "of the provider alone",
            "SERVER_NAME": f"127.0.0.1:{port}",
            "PREFERRED_URL_SCHEME": "http",
            "CANAILLE": {"DATABASE": "memory", "JAVASCRIPT": False, "HTMX": False},
            "CANAILLE_OIDC": {"TRUSTED_DOMAINS": ["127.0.0.1"]},
        }
    )
    app.config["CANAILLE_OIDC"]["USERINFO_MAPPING"]["EMAIL_VERIFIED"] = VOUCHED
    with app.app_context():
        add_people()
    make_server("127.0.0.1", port, app, threaded=True).serve_forever()


def add_people() -> None:
    from canaille.app import models
    from canaille.backends import Backend

    for name, email in PEOPLE.items():
        person = models.User(formatted_name=name, family_name=name, user_name=name, emails=[email], password=PASSWORD)
        Backend.instance.save(person)
    for client in (CLIENT, CARELESS):
        application = models.Client(
            client_id=client,
            client_secret=SECRET,
            client_name="Hotline",
            client_uri="http://127.0.0.1",
            client_id_issued_at=datetime.now(UTC),
            redirect_uris=[WAY_BACK],
            grant_types=["authorization_code"],
            response_types=["code"],
            scope=["openid", "email"],
            token_endpoint_auth_method="client_secret_basic",
        )
        Backend.instance.save(application)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
