"""What two scanners say of what we ship: bandit of the code, pip-audit of the packages (`make audit`).

    audit.py BIN [options of pip-audit]        # BIN is the folder in which both are installed

Exit code 1: bandit finds something of medium severity or more, the advisory service knows of a vulnerability, or a
scanner broke. Where the service cannot be reached nothing was audited: that is said, is no failure, and is never
called a pass.
"""

from __future__ import annotations

import json
import subprocess
import sys

CODE = ["ivr", "webhooks", "console"]
LOCKS = ["requirements.lock", "requirements-s3.lock"]  # what is installed to answer calls
BANDIT = ["--quiet", "--recursive", "--format", "json"]
PIP_AUDIT = ["--disable-pip", "--require-hashes", "--format", "json", "--progress-spinner", "off"]
UNREACHED = (
    "vulnerability feed",
    "not redirecting properly",
    "ServiceError",
    "requests.exceptions.",
)  # as pip-audit says it


def main(place: str, *options: str) -> int:
    """Run both and say what came of each."""
    named = [word for lock in LOCKS for word in ("-r", lock)]
    code, told = of_code(*run(f"{place}/bandit", *BANDIT, *CODE))
    worse, more = of_packages(*run(f"{place}/pip-audit", *PIP_AUDIT, *options, *named))
    print(f"bandit: {told}\npip-audit: {more}")
    return max(code, worse)


def run(*command: str) -> tuple[str, str]:
    """Give what a scanner writes and what it complains of; its exit code says less than its report."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # what `make` installed
    return done.stdout, done.stderr


def of_code(report: str, complaints: str) -> tuple[int, str]:
    """Say what bandit's report comes to: exit code, and the words for it."""
    if not report.startswith("{"):
        return 1, f"it broke: {complaints}"
    read = json.loads(report)
    totals = read["metrics"]["_totals"]
    found = [
        f"{one['filename']}:{one['line_number']} {one['test_id']} {one['issue_text']}"
        for one in read["results"]
        if one["issue_severity"] != "LOW"
    ]
    found += [f"{one['filename']} was not read: {one['reason']}" for one in read["errors"]]
    count = f"{len(found)} findings of medium severity or more in {totals['loc']} lines"
    rest = f"{totals['skipped_tests']} explained at their lines, {totals['SEVERITY.LOW']} of low severity"
    return min(1, len(found)), "\n".join([f"{count}; {rest}", *found])


def of_packages(report: str, complaints: str) -> tuple[int, str]:
    """Say what pip-audit's report comes to: exit code, and the words for it."""
    if not report.startswith("{"):
        away = any(word in complaints for word in UNREACHED)
        last = complaints.strip().rpartition("\n")[2]
        return int(not away), f"{'NOTHING AUDITED, the service cannot be reached' if away else 'it broke'}: {last}"
    packages = json.loads(report)["dependencies"]
    found = [
        f"{one['name']} {one['version']}: {bug['id']}, repaired in {', '.join(bug['fix_versions']) or 'no version yet'}"
        for one in packages
        for bug in one.get("vulns", ())
    ]
    if found:
        return 1, "\n".join([f"{len(found)} known vulnerabilities", *found])
    left = [one["name"] for one in packages if "skip_reason" in one]
    if len(left) == len(packages):
        return 0, f"NOTHING AUDITED, the service tells nothing of any of {len(packages)} packages"
    unknown = f"; it tells nothing of {', '.join(left)}" if left else ""
    return 0, f"no vulnerability is known in {len(packages) - len(left)} of {len(packages)} packages{unknown}"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
