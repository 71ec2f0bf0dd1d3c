"""The menus: one in force, and the files as good."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.doctor.finding import Finding, Patient, ok, warning, wrong
from ivr.menu.compile import compile_hotline
from ivr.menu.files import read_files
from ivr.menu.problems import ERROR

PUBLISH = "begin a draft on the page Menus and publish it, or `ivr publish`"


def check(patient: Patient) -> Iterator[Finding]:
    """Look at what callers hear, what it sends, and what would be published next."""
    content = patient.content
    if content is None:
        yield wrong("no menu is in force", PUBLISH)
    else:
        yield ok(f"version {content.hash[:12]} is in force")
        held = {name for name, _ in patient.settings.credentials}
        for name in sorted(set(content.credentials) - held):
            yield wrong(f"menus send {name}, which is not set here", f"set IVR_CREDENTIAL_{name.upper()}")
    yield from _working_copy(patient)


def _working_copy(patient: Patient) -> Iterator[Finding]:
    settings = patient.settings
    if not settings.config.is_file():
        return  # drafts alone are published here
    try:
        compiled = compile_hotline(read_files(settings.config, settings.menus, settings.recordings))
    except OSError as error:
        yield warning(
            f"cannot read {error.filename}: {error.strerror}", "look at IVR_CONFIG, IVR_MENUS, IVR_RECORDINGS"
        )
        return
    errors = sum(problem.severity == ERROR for problem in compiled.problems)
    if errors:
        yield warning(f"the files in {settings.menus} cannot be published: {errors} errors", "`ivr check` names them")
    else:
        yield ok(f"the files in {settings.menus} can be published")
