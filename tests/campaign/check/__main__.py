"""Judge a campaign's evidence: exit code 1 where anything was lost, doubled, a ghost, or not the same."""

from __future__ import annotations

import sys
from pathlib import Path

from campaign.check.evidence import Evidence
from campaign.check.verdict import judge, tell

if __name__ == "__main__":
    found = Evidence.of(Path(sys.argv[1]))
    findings = judge(found)
    sys.stdout.write("\n".join([*map(str, findings), tell(found, findings)]) + "\n")
    sys.exit(bool(findings))
