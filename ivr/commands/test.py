"""`ivr test`: play the conversations that a hotline's staff have written down."""

from __future__ import annotations

import json
import os
import sys
from itertools import groupby
from pathlib import Path

import click

from ivr.coverage import Coverage
from ivr.errors import IvrError
from ivr.simulator.play import Outcome, play
from ivr.simulator.scenario import Scenario, read_scenario, told_as
from ivr.stage import Files, Stage, files_of


@click.command(epilog="Example: ivr test menus/tests/lost_caller.yaml")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print every step and everything heard as JSON.")
def command(files: tuple[Path, ...], as_json: bool) -> None:
    """Play scenarios (menus/tests/*.yaml) against the working copy over HTTP.

    Without FILES all of them are played, and the ways of the menu are named that none walks.
    Nothing of the installation is touched: every hotline is played on a server and a database of its own.
    Exit code 0: all passed; 1: at least one did not.
    """
    working_copy = Files.working_copy(os.environ)
    folder = working_copy.menus / "tests"
    paths = files or tuple(sorted(folder.glob("*.yaml")))
    if not paths:
        raise IvrError(f"no scenarios in {folder}", hint="ivr call --save writes one; see docs/scenarios.md")
    report = played(paths, working_copy, as_json=as_json)
    report.end(ways=not files)
    sys.exit(1 if report.failed else 0)


def played(paths: tuple[Path, ...], working_copy: Files, *, as_json: bool) -> Report:
    """Play these scenarios, hotline by hotline."""
    report = Report(as_json)
    scenarios = sorted(report.read(paths), key=lambda scenario: str(files_of(scenario, working_copy).config))
    for files_at_hand, group in groupby(scenarios, key=lambda scenario: files_of(scenario, working_copy)):
        report.play(files_at_hand, list(group))
    return report


class Report:
    """What has been played, told as it happens or as JSON at the end."""

    def __init__(self, as_json: bool) -> None:
        """Begin with nothing."""
        self._as_json = as_json
        self._told: list[dict[str, object]] = []
        self._coverage: dict[str, Coverage] = {}
        self.failed = 0
        self._count = 0

    def read(self, paths: tuple[Path, ...]) -> list[Scenario]:
        """Read the files; one that cannot be read counts as failed."""
        found = []
        for path in paths:
            try:
                found.append(read_scenario(path))
            except IvrError as error:
                self._count += 1
                self._fail(str(path), [told_as(error)])
        return found

    def play(self, files: Files, scenarios: list[Scenario]) -> None:
        """Play the scenarios of one hotline."""
        try:
            with Stage(files) as stage:
                coverage = Coverage.of(stage.content.tree)
                for scenario in scenarios:
                    outcome = play(scenario, stage)
                    coverage.add(stage.events(outcome.call))
                    self._note(outcome)
                self._coverage[str(files.config)] = coverage
        except IvrError as error:
            self._count += len(scenarios)
            self._fail(str(files.config), [told_as(error)])

    def end(self, *, ways: bool = True) -> None:
        """Say how it went; of a whole folder also which ways nothing walks."""
        if self._as_json:
            walked = {
                name: {"walked": len(one.all & one.walked), "of": len(one.all), "missing": one.missing}
                for name, one in self._coverage.items()
            }
            click.echo(json.dumps({"scenarios": self._told, "coverage": walked}, indent=1))
            return
        for name, coverage in self._coverage.items() if ways else ():
            for way in coverage.missing:
                click.echo(f"  never: {way}")
            click.echo(f"{name}: {coverage.told()}")
        click.echo(f"{self._count - self.failed} passed, {self.failed} failed")

    def _note(self, outcome: Outcome) -> None:
        self._count += 1
        scenario = outcome.scenario
        if outcome.passed and not self._as_json:
            click.echo(f"ok    {scenario.path}: {scenario.title}")
        items = [item.as_json() for item in outcome.items]
        whys = [str(failure) for failure in outcome.failures]
        if whys:
            self._fail(scenario.path, whys, items)
        else:
            self._told.append({"path": scenario.path, "passed": True, "failures": [], "heard": items})

    def _fail(self, path: str, whys: list[str], items: list[dict[str, object]] | None = None) -> None:
        self.failed += 1
        self._told.append({"path": path, "passed": False, "failures": whys, "heard": items or []})
        if not self._as_json:
            click.echo(f"FAIL  {path}")
            for why in whys:
                click.echo("  " + why.replace("\n", "\n  "))
