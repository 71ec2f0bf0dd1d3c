"""`make audit` fails on what it finds, and claims nothing where it could not look."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

spec = importlib.util.spec_from_file_location("audit", Path(__file__).parents[1] / ".ci" / "audit.py")
audit = importlib.util.module_from_spec(spec)
spec.loader.exec_module(audit)

BUG = {"id": "PYSEC-2026-1", "fix_versions": ["2.0"], "aliases": [], "description": ""}
WELL = {"name": "flask", "version": "3.1", "vulns": []}
ILL = {"name": "jinja2", "version": "1.0", "vulns": [BUG]}
LEFT = {"name": "yarl", "skip_reason": "Dependency not found on PyPI and could not be audited: yarl (1.25.1)"}


@pytest.mark.parametrize(
    ("packages", "code", "told"),
    [
        ([WELL, WELL], 0, "no vulnerability is known in 2 of 2 packages"),
        ([WELL, LEFT], 0, "no vulnerability is known in 1 of 2 packages; it tells nothing of yarl"),
        ([LEFT, LEFT], 0, "NOTHING AUDITED, the service tells nothing of any of 2 packages"),
        ([LEFT, ILL], 1, "1 known vulnerabilities\njinja2 1.0: PYSEC-2026-1, repaired in 2.0"),
    ],
)
def test_a_known_vulnerability_fails_and_a_service_that_is_away_is_said_to_be(packages, code, told):
    assert audit.of_packages(json.dumps({"dependencies": packages, "fixes": []}), "") == (code, told)


def test_an_audit_that_cannot_begin_is_no_pass():
    away = audit.of_packages("", "ERROR:pip_audit._cli:Could not connect to PyPI's vulnerability feed")
    assert (away[0], away[1][:15]) == (0, "NOTHING AUDITED")
    assert audit.of_packages("", "ERROR: invalid requirements input: requirements.lock")[0] == 1


@pytest.mark.parametrize(("severity", "code"), [("LOW", 0), ("MEDIUM", 1), ("HIGH", 1)])
def test_a_finding_in_the_code_of_medium_severity_fails(severity, code):
    found = {"filename": "ivr/a.py", "line_number": 3, "test_id": "B1", "issue_text": "bad", "issue_severity": severity}
    report = {
        "results": [found],
        "errors": [],
        "metrics": {"_totals": {"loc": 9, "skipped_tests": 0, "SEVERITY.LOW": 1}},
    }
    assert audit.of_code(json.dumps(report), "")[0] == code
    assert audit.of_code("", "no such folder")[0] == 1


def test_a_file_that_was_not_read_fails():
    report = {"results": [], "errors": [{"filename": "ivr/a.py", "reason": "syntax error"}]}
    report["metrics"] = {"_totals": {"loc": 9, "skipped_tests": 0, "SEVERITY.LOW": 0}}
    assert audit.of_code(json.dumps(report), "")[0] == 1
