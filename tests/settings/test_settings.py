from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest

from ivr.credentials import keep_local
from ivr.environment import Issuer
from ivr.errors import SettingError
from ivr.settings import Settings, read_settings

ACCOUNT = "AC" + "0a" * 16
KEY = base64.b64encode(bytes(range(32))).decode()


def good(tmp_path: Path, **changes: str) -> dict[str, str]:
    return {
        "IVR_DATA": str(tmp_path / "data"),
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": "0123456789abcdef",
        "IVR_SECRET_KEYS": f"k1:{KEY}",
        **changes,
    }


def refusal(environ: dict[str, str]) -> str:
    with pytest.raises(SettingError) as caught:
        read_settings(environ)
    return str(caught.value)


def test_defaults_are_the_documented_ones(tmp_path):
    settings = read_settings(good(tmp_path))
    assert settings == Settings(
        data=tmp_path / "data",
        config=Path.cwd() / "config.yaml",
        menus=Path.cwd() / "menus",
        recordings=Path.cwd() / "recordings",
        database_url=f"sqlite:///{tmp_path / 'data' / 'ivr.db'}",
        public_url="http://127.0.0.1:8000",
        voice_host="0.0.0.0",
        port=8000,
        spool=tmp_path / "data" / "spool",
        spool_size=64 << 20,
        console_host="127.0.0.1",
        console_port=8001,
        console_url="http://127.0.0.1:8001",
        console_proxies=0,
        publish_review=False,
        second_factor_roles=(),
        desk_streams=50,
        api_per_minute=300,
        account_sid=ACCOUNT,
        auth_token="0123456789abcdef",
        api_url="https://api.twilio.com",
        secret_keys=(("k1", bytes(range(32))),),
    )


def test_every_wrong_value_is_named_at_once(tmp_path):
    said = refusal(
        good(
            tmp_path,
            PORT="80a",
            CONSOLE_PORT="70000",
            CONSOLE_HOST="my host",
            PUBLIC_URL="hotline.example.org",
            CONSOLE_URL="https://x.example.org/pages",
            TWILIO_API_URL="ftp://x",
            DATABASE_URL="mysql://u:hush@h/d",
            TWILIO_ACCOUNT_SID="AC1",
            TWILIO_AUTH_TOKEN="a b",
            IVR_SECRET_KEYS="k1:%%%",
        )
    )
    names = "PORT CONSOLE_PORT CONSOLE_HOST PUBLIC_URL CONSOLE_URL TWILIO_API_URL DATABASE_URL"
    for name in [*names.split(), "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "IVR_SECRET_KEYS"]:
        assert f"{name} (environment): " in said


def test_a_refusal_never_repeats_a_secret(tmp_path):
    said = refusal(
        good(
            tmp_path,
            TWILIO_AUTH_TOKEN="hush hush",
            IVR_SECRET_KEYS="k1:hush,k2",
            DATABASE_URL="mysql://u:hush@h/d",
        )
    )
    assert "hush" not in said
    assert "0123456789abcdef" not in repr(read_settings(good(tmp_path)))


def test_missing_secrets_are_named_with_both_places(tmp_path):
    said = refusal({"IVR_DATA": str(tmp_path)})
    for name in ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "IVR_SECRET_KEYS"]:
        assert f"{name}: stands neither in the environment nor in {tmp_path / 'local.env'}" in said


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        (f"{KEY}", "its id"),
        (f"k1:{KEY},k1:{KEY}", "twice"),
        ("k1:AAAA", "has 3 bytes"),
        (f"k1:{KEY},", "key 2: its id"),
        (f"long-id-is-long:{KEY}", "its id"),
    ],
)
def test_a_bad_key_says_which_and_why(tmp_path, keys, why):
    assert why in refusal(good(tmp_path, IVR_SECRET_KEYS=keys))


def test_one_port_for_callers_and_staff_is_refused(tmp_path):
    assert "never share a port" in refusal(good(tmp_path, CONSOLE_PORT="8000"))


def test_the_public_address_loses_its_closing_slash_and_nothing_else(tmp_path):
    assert read_settings(good(tmp_path, PUBLIC_URL="https://H.example.org:8443/")).public_url == (
        "https://H.example.org:8443"
    )


def test_local_credentials_are_made_once_and_kept_private(tmp_path):
    data = tmp_path / "deep" / "data"
    assert keep_local(data, {}) == ["IVR_SECRET_KEYS", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"]
    first = read_settings({"IVR_DATA": str(data)})
    assert keep_local(data, {}) == []
    assert read_settings({"IVR_DATA": str(data)}) == first
    assert first.local_account
    assert stat.S_IMODE((data / "local.env").stat().st_mode) == 0o600
    assert stat.S_IMODE(data.stat().st_mode) == 0o700


def test_what_the_environment_gives_is_not_made(tmp_path):
    environ = good(tmp_path)
    assert keep_local(tmp_path / "data", environ) == []
    assert not (tmp_path / "data" / "local.env").exists()
    del environ["IVR_SECRET_KEYS"]
    assert keep_local(tmp_path / "data", environ) == ["IVR_SECRET_KEYS"]


def test_an_account_from_the_environment_never_meets_a_local_token(tmp_path):
    keep_local(tmp_path, {})
    environ = {"IVR_DATA": str(tmp_path), "TWILIO_ACCOUNT_SID": ACCOUNT}
    assert "TWILIO_AUTH_TOKEN: stands neither" in refusal(environ)


def test_a_wrong_value_in_the_file_is_named_with_the_file(tmp_path):
    keep_local(tmp_path, {})
    path = tmp_path / "local.env"
    path.write_text(path.read_text().replace("TWILIO_ACCOUNT_SID=AC", "TWILIO_ACCOUNT_SID=XX"))
    assert f"TWILIO_ACCOUNT_SID ({path})" in refusal({"IVR_DATA": str(tmp_path)})


def test_a_file_that_others_can_read_is_refused(tmp_path):
    keep_local(tmp_path, {})
    (tmp_path / "local.env").chmod(0o644)
    assert "others can read it" in refusal({"IVR_DATA": str(tmp_path)})


def test_a_strange_line_in_the_file_is_named_by_its_number(tmp_path):
    keep_local(tmp_path, {})
    with (tmp_path / "local.env").open("a") as file:
        file.write("\nPORT=1\n")
    assert "local.env:5: not one of" in refusal({"IVR_DATA": str(tmp_path)})


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingError, match="IVR_DATA"):
        keep_local(tmp_path / "file" / "data", {})


def test_shared_keys_of_the_carrier_are_read_and_never_repeated(tmp_path):
    given = read_settings(good(tmp_path, TWILIO_SHARED_KEYS="webhooks_sharedkey_1:secret123, k2:other:456"))
    assert given.shared_keys == (("webhooks_sharedkey_1", "secret123"), ("k2", "other:456"))
    assert "secret123" not in repr(given)
    for wrong in ("k1", "k1:short", "k 1:secret123", ":secret123"):
        assert "secret123" not in refusal(good(tmp_path, TWILIO_SHARED_KEYS=wrong))


@pytest.mark.parametrize(
    ("text", "roles"), [("none", ()), ("admin", ("admin",)), ("admin, auditor", ("admin", "auditor"))]
)
def test_who_needs_a_second_factor_is_a_list_of_roles(tmp_path, text, roles):
    assert read_settings(good(tmp_path, SECOND_FACTOR_ROLES=text)).second_factor_roles == roles


@pytest.mark.parametrize(
    "reached", [{"CONSOLE_HOST": "0.0.0.0"}, {"CONSOLE_URL": "https://pages.example.org"}, {"CONSOLE_HOST": "10.1.2.3"}]
)
def test_pages_that_others_can_open_ask_admins_and_supervisors_for_a_second_factor(tmp_path, reached):
    assert read_settings(good(tmp_path, **reached)).second_factor_roles == ("admin", "supervisor")
    assert read_settings(good(tmp_path, CONSOLE_HOST="localhost")).second_factor_roles == ()


def test_a_role_that_is_none_and_a_count_that_is_none_are_named(tmp_path):
    assert "'king' is not a role" in refusal(good(tmp_path, SECOND_FACTOR_ROLES="admin,king"))
    assert "'many' is not a number" in refusal(good(tmp_path, CONSOLE_PROXIES="many"))


def test_secrets_that_menus_send_are_read_by_their_names_and_never_repeated(tmp_path):
    settings = read_settings(good(tmp_path) | {"IVR_CREDENTIAL_CRM": "s3cret", "IVR_CREDENTIAL_EMPTY": ""})
    assert settings.credentials == (("crm", "s3cret"),)
    assert "s3cret" not in repr(settings)
    with pytest.raises(SettingError, match=r"IVR_CREDENTIAL_CRM \(environment\)") as refused:
        read_settings(good(tmp_path) | {"IVR_CREDENTIAL_CRM": "s3cret\r\nX-Other: 1"})
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "networks"), [("127.0.0.1/32, ::1/128", ("127.0.0.1/32", "::1/128")), ("10.0.0.1/8", None)]
)
def test_private_networks_are_a_list_of_networks(tmp_path, text, networks):
    given = good(tmp_path) | {"IVR_PRIVATE_NETWORKS": text}
    if networks is None:
        with pytest.raises(SettingError, match="IVR_PRIVATE_NETWORKS"):
            read_settings(given)
    else:
        assert read_settings(given).private_networks == networks


def test_single_sign_on_needs_its_three_values_together(tmp_path):
    whole = {
        "OIDC_ISSUER": "https://login.example.org/staff",
        "OIDC_CLIENT_ID": "us",
        "OIDC_CLIENT_SECRET": "hush",
    }
    sso = read_settings(good(tmp_path, **whole)).sso
    assert sso == Issuer("https://login.example.org/staff", "us", "hush", "single sign-on", trusts_email=False)
    assert "hush" not in repr(sso)
    for name in whole:
        assert f"{name}: single sign-on needs" in refusal(good(tmp_path, **whole | {name: ""}))


@pytest.mark.parametrize("wrong", ["http://login.example.org", "login.example.org", "https://u:p@h", "https://h/?a=b"])
def test_a_provider_is_reached_over_https_alone(tmp_path, wrong):
    assert "OIDC_ISSUER (environment): " in refusal(good(tmp_path, OIDC_ISSUER=wrong))
