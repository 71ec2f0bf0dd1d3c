"""How flask-security-too is set: what it may do here, its keys, its words. Everything not named is off."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

from flask import Flask
from flask_security import LoginForm, Security, tf_profile_changed

from console.signin.secrets import SHORTEST, OnceOnly, Rules
from console.signin.user import User, Users
from ivr.keys import Keyring, derive
from ivr.settings import Settings

FRESH = timedelta(minutes=30)  # how long after a sign-in the second factor may be changed without the passphrase
RECOVERY_CODES = 8

WORDS = {
    "GENERIC_AUTHN_FAILED": "This e-mail address and passphrase do not belong together.",
    "TWO_FACTOR_INVALID_TOKEN": "This code is not right, or was used already. Wait for the next one.",
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": "The second factor is set up.",
    "TWO_FACTOR_DISABLED": "The second factor is taken away.",
    "TWO_FACTOR_PERMISSION_DENIED": "Begin with your e-mail address and passphrase.",
    "INVALID_RECOVERY_CODE": "This recovery code is not one of yours, or was used already.",
    "INVALID_PASSWORD": "This is not your passphrase.",
    "PASSWORD_CHANGE": "The passphrase is changed. Everywhere else you are signed out.",
    "PASSWORD_IS_THE_SAME": "The new passphrase is the old one.",
    "PASSWORD_NOT_PROVIDED": "Your present passphrase is needed.",
    "RETYPE_PASSWORD_MISMATCH": "The two are not the same.",
    "REAUTHENTICATION_REQUIRED": "Before this changes, type your passphrase once more.",
    "DISABLED_ACCOUNT": "This account was disabled. An admin can enable it.",
}
SILENT = ("REAUTHENTICATION_SUCCESSFUL", "TWO_FACTOR_LOGIN_SUCCESSFUL", "UNAUTHENTICATED", "LOGIN")


class SignIn(LoginForm):
    """Address and passphrase; no browser is remembered."""

    remember = None


def install(app: Flask, settings: Settings, users: Users) -> None:
    """Put the library to work."""
    app.config.update(configuration(settings))
    security = Security(app, users, login_form=SignIn, password_util_cls=Rules, totp_cls=OnceOnly)

    def make_recovery_codes(_app: Flask, user: User, **_: Any) -> None:
        if not user.mf_recovery_codes:
            security.mf_recovery_codes_util.create_recovery_codes(user)

    tf_profile_changed.connect(make_recovery_codes, app, weak=False)


def configuration(settings: Settings) -> dict[str, Any]:
    """Give every setting of the library."""
    return {
        **keys(settings),
        **{f"SECURITY_MSG_{name}": (words, "bad" if "INVALID" in name else "info") for name, words in WORDS.items()},
        **{f"SECURITY_MSG_{name}": ("", "silent") for name in SILENT},
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
        "SECURITY_PASSWORD_LENGTH_MIN": SHORTEST,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_CHANGE_URL": "/account/passphrase",
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_POST_CHANGE_VIEW": "/account",
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_SETUP_URL": "/account/second-factor",
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "/account/recovery-codes?show_codes=1",
        "SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL": "/login/code",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": RECOVERY_CODES,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL": "/account/recovery-codes",
        "SECURITY_MULTI_FACTOR_RECOVERY_URL": "/login/recovery",
        "SECURITY_FRESHNESS": FRESH,
        "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(0),
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        "SECURITY_TOTP_ISSUER": "Hotline",
    }


def keys(settings: Settings) -> dict[str, Any]:
    """Derive what the pages sign and seal with; the first of IVR_SECRET_KEYS makes, all of them open."""
    made = [(name, derive(Keyring([(name, secret)]).first.doors, "cookie")) for name, secret in settings.secret_keys]
    sealing = {name: derive(secret, "second factor").hex() for name, secret in made}
    return {
        "SECRET_KEY": made[0][1],
        "SECRET_KEY_FALLBACKS": [key for _, key in made[1:]],
        "SECURITY_TOTP_SECRETS": sealing,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [
            base64.urlsafe_b64encode(derive(key, "recovery codes")) for _, key in made
        ],
    }
