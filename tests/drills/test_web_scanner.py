"""A scanner of other people's (wapiti) crawls the pages and attacks what it finds, as nobody and as an admin.

`.venv/scan/bin/wapiti` is installed by `make drill`. It talks to this machine alone: the modules that ask a service of
its makers are not among those that run. Each takes `SECONDS` at most (WAPITI_SECONDS in the environment for longer).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from rig.people import PASSPHRASE, ROLE_NAMES, address_of
from rig.server import ROOT

from tests.journeys.conftest import House, house

__all__ = ["house"]

WAPITI = ROOT / ".venv" / "scan" / "bin" / "wapiti"
SECONDS = int(os.environ.get("WAPITI_SECONDS", "20"))
# Not `ldap`: nothing here speaks it, and the module takes the limits of tries for an answer to its question.
MODULES = (
    "backup,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,methods,permanentxss,redirect,sql,upload,xss"
)
# kind -> how what it says begins, and why it stays
EXPLAINED = {"Secure Flag cookie": "Secure flag is not set in the cookie : hotline"}  # set where CONSOLE_URL is https:
AGENT = "a web scanner"  # a session belongs to the browser that began it
# What would sign it out or take its rights, and what never ends.
LEFT_OUT = ("/logout", "/account*", "/people/*", "/desk/stream", "/wall/stream", "/static/*")


def signed_in(at: str) -> tuple[urllib.request.OpenerDirector, str]:
    """Sign in as the admin by the form; give the browser of it, and its cookies as a header has them."""
    jar = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    browser.addheaders = [("User-Agent", AGENT)]
    form = browser.open(f"{at}/login").read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form).group(1)
    said = {"csrf_token": token, "email": address_of(ROLE_NAMES["admin"]), "password": PASSPHRASE}
    browser.open(f"{at}/login", urllib.parse.urlencode(said).encode())
    assert browser.open(f"{at}/people").url == f"{at}/people"
    return browser, "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def scan(at: str, folder: Path, cookies: str = "") -> dict:
    """Let it crawl and attack; its report."""
    folder.mkdir()
    words = [str(WAPITI), "-u", f"{at}/", "--scope", "domain", "-m", MODULES, "--no-bugreport", "--flush-session"]
    words += ["--max-scan-time", str(SECONDS * 4), "--max-attack-time", str(SECONDS), "--tasks", "4", "-t", "20"]
    words += ["--store-session", str(folder / "session"), "--store-config", str(folder / "config"), "-v", "1"]
    words += [word for path in LEFT_OUT for word in ("-x", f"{at}{path}")]
    words += ["-A", AGENT, "--dns-endpoint", "localhost"]
    words += ["-C", cookies] if cookies else []
    words += ["-f", "json", "-o", str(folder / "report.json")]
    with (folder / "wapiti.log").open("wb") as log:
        subprocess.run(words, check=True, stdout=log, stderr=log, timeout=SECONDS * 40)
    return json.loads((folder / "report.json").read_text())


def told(report: dict) -> tuple[list[str], list[str]]:
    """Give what it calls vulnerabilities, and the answers 5xx that it got."""
    found = [
        f"{kind}: {one['method']} {one['path']} {one['parameter']} {one['info']}"
        for kind, those in report["vulnerabilities"].items()
        for one in those
        if one["info"] != EXPLAINED.get(kind)
    ]
    return found, [one["path"] for one in report["anomalies"].get("Internal Server Error", ())]


@pytest.mark.campaign
def test_a_web_scanner_finds_nothing_as_nobody_and_as_an_admin(house: House, tmp_path: Path) -> None:
    if not WAPITI.exists():
        pytest.skip("wapiti is not installed: make drill does it")
    log = Path(str(house.store.database.url.database)).parent / "pages.log"
    _, cookies = signed_in(house.pages)
    browser, _ = signed_in(house.pages)
    for who, brought, least in (("admin", cookies, 30), ("nobody", "", 3)):
        report = scan(house.pages, tmp_path / who, brought)
        found, broken = told(report)
        print(who, report["infos"]["crawled_pages_nbr"], "pages", len(found), "findings", len(broken), "broken")
        assert found == [], who
        assert broken == [], who
        assert report["infos"]["crawled_pages_nbr"] >= least, who
    assert browser.open(f"{house.pages}/people").status == 200  # nothing that it did has shut the pages
    assert "Traceback" not in log.read_text(errors="replace")
