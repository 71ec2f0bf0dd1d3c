"""What callers hear when nothing of ours answers: written, up to date, and somewhere else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ivr.content import Content
from ivr.doctor.finding import Finding, Patient, ok, warning, wrong
from ivr.doctor.hotline.menus import PUBLISH
from ivr.doctor.outside.asking import Unreachable, ask
from ivr.publishing.fallback import FOLDER, START, fallback

COPY = f"copy the data folder's {FOLDER}/ there (docs/versions.md)"


def check(patient: Patient) -> Iterator[Finding]:
    """Compare the files with what the version in force says, here and where the carrier looks."""
    content, data = patient.content, patient.settings.data
    if content is None:
        yield wrong("no version is in force, so there is no fallback", PUBLISH)
        return
    files = fallback(content)
    stale = [name for name, text in files.items() if _read(data / FOLDER / name) != text]
    if stale:
        yield wrong(f"{', '.join(stale)} in {data / FOLDER}: not as the version in force says", "`ivr publish`")
    else:
        yield ok("the static fallback is written")
    yield from _people(content)
    yield _elsewhere(patient.settings.fallback_url, files[START])


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _people(content: Content) -> Iterator[Finding]:
    if not content.always_on:
        yield warning("nobody is rung when the hotline is down", "name numbers in `always_on` of config.yaml")


def _elsewhere(url: str, wanted: bytes) -> Finding:
    """Fetch the copy at the other host."""
    if not url:
        return warning(
            "no fallback lies at another host: while this machine is away, callers hear the carrier's apology",
            f"{COPY}, set FALLBACK_URL, and `ivr connect --yes`",
        )
    try:
        answered = ask(url)
    except Unreachable as error:
        return wrong(str(error), COPY)
    if answered.status != 200:
        return wrong(f"{url} answers {answered.status}", COPY)
    if answered.headers.get("Content-Type", "").split(";")[0].strip() not in {"text/xml", "application/xml"}:
        return wrong(f"{url} is served as {answered.headers.get('Content-Type')}", "serve .xml as text/xml")
    if answered.body != wanted:
        return warning(f"{url} is of another version", COPY)
    return ok(f"{url} is up to date")
