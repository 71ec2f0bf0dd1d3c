"""The campaign itself: 200,000 steps, half over two nodes on PostgreSQL, half over one on SQLite (`make drill`).

`CAMPAIGN_STEPS` and `CAMPAIGN_MINUTES` make it shorter or longer; in the folder `CAMPAIGN_KEEP` the evidence stays.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from campaign.check.evidence import Evidence
from campaign.check.verdict import Finding, judge, tell
from campaign.course import Plan, Run, run, say
from campaign.weather import Climate
from campaign.world import world

STEPS = int(os.environ.get("CAMPAIGN_STEPS", "200000")) // 2
MINUTES = float(os.environ.get("CAMPAIGN_MINUTES", "40")) / 2
KEEP = os.environ.get("CAMPAIGN_KEEP", "")
KILLS = int(os.environ.get("CAMPAIGN_KILLS", "200")) // 2
KILLERS = ("kill_a_worker", "kill_the_jobs", "kill_a_node")


def judged(kind: str, done: Run) -> list[Finding]:
    """Say what was done, and what the checker finds in what is left of it."""
    say(f"{kind}: {done.tell()}")
    found = Evidence.of(done.evidence)
    findings = judge(found)
    say(f"{kind}: {tell(found, findings)}")
    for finding in findings[:40]:
        say(str(finding))
    return findings


@pytest.mark.campaign
@pytest.mark.parametrize("kind", ["pair", "single"])
def test_hundreds_of_kills_lose_no_key_no_case_no_recording_and_no_message(kind, capsys):
    """`kill -9` of voice workers, job processes and whole nodes, one after the other, and nothing else."""
    with world(kind) as made, capsys.disabled():
        done = run(made, Plan(10**9, KILLS * 4.0, climate=Climate(KILLERS, pauses=(0.2, 1.0))))
        findings = judged(kind, done)
        assert not done.left, f"still to be done: {done.left}"
        assert findings == []
        assert sum(done.weather.values()) >= KILLS


@pytest.mark.campaign
@pytest.mark.parametrize("kind", ["pair", "single"])
def test_faults_at_random_lose_nothing_double_nothing_and_leave_no_ghost(kind, capsys):
    with world(kind) as made, capsys.disabled():
        done = run(made, Plan(STEPS, MINUTES * 60, climate=Climate(pauses=(4.0, 10.0))))
        findings = judged(kind, done)
        if KEEP:
            ignored = shutil.ignore_patterns("postgres")
            shutil.copytree(made.folder, Path(KEEP) / kind, ignore=ignored, dirs_exist_ok=True)
        assert not done.left, f"still to be done: {done.left}"
        assert findings == []
        assert done.steps >= STEPS, f"{done.steps} steps in {MINUTES} minutes"
