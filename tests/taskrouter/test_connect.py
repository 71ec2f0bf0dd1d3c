"""`ivr connect --taskrouter`: the plan, the deed, the same again, and what is left alone."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from ivr.carrier.taskrouter import TaskRouter
from ivr.commands.connect import command
from ivr.connecting import wanted
from ivr.connecting.plan import Aim, Plan
from ivr.errors import IvrError
from ivr.people.changes import disable
from ivr.store.people import Person
from ivr.switchboard.happening import EVENTS
from ivr.tickets import Agent
from tests.queue.waiting_hotline import CONFIG, MAIN

ALL = [
    "create workspace Aurora Energy",
    *(f"create activity {name}" for name in ("Ready", "Not ready", "Wrap-up", "In another call")),
    "create task queue care",
    "create workflow Hotline",
    "create worker Priya",
]


def enrolled(at_work, name, **known):
    person = at_work.node.store.people.add(Person(name, "agent", ("care",), "+15005550101", **known), "tests")
    at_work.node.store.agents.enrol(Agent(person.id, ("care",), "", skills=("gas",), since=0.0), "tests")
    return person


def test_the_plan_does_nothing_the_deed_does_it_and_the_same_again_changes_nothing(at_work):
    enrolled(at_work, "Priya")
    assert at_work.connect(apply=False) == ALL
    assert at_work.router.workspaces == {}
    assert at_work.node.store.routing.read().workspace == ""
    done = at_work.connect()
    assert [step for step in done if not step.startswith("leave")] == ALL
    before = at_work.node.store.routing.read()
    assert not [step for step in at_work.connect() if not step.startswith("leave")]
    assert at_work.node.store.routing.read() == before
    assert (before.workspace, before.takes) == (at_work.workspace.item["sid"], ("care", "care gas"))


def test_what_is_made_says_who_is_chosen_and_where_we_are_asked(at_work):
    priya = enrolled(at_work, "Priya", languages=("en-US",))
    at_work.connect()
    space = at_work.workspace
    assert space.item["event_callback_url"].startswith(f"{at_work.server.url}/taskrouter/events#")
    assert set(space.item["events_filter"].split(",")) == set(EVENTS)
    named = {one["friendly_name"]: one for one in space.activities.values()}
    assert {name: named[name]["available"] for name, _ in wanted.ACTIVITIES.values()} == {
        "Ready": True,
        "Not ready": False,
        "Wrap-up": False,
        "In another call": False,
    }
    assert space.item["timeout_activity_sid"] == named["Not ready"]["sid"]
    (flow,) = space.workflows.values()
    assert flow["assignment_callback_url"] == flow["fallback_assignment_callback_url"]
    assert flow["assignment_callback_url"] == f"{at_work.server.url}/taskrouter/assignment"
    (worker,) = space.workers.values()
    assert json.loads(worker["attributes"]) == {
        "person": priya.id,
        "teams": ["care"],
        "languages": ["en-US"],
        "skills": ["gas"],
        "contact_uri": "+15005550101",
    }
    assert worker["activity_name"] == "Not ready"


def test_what_stands_there_and_is_not_ours_is_left_and_said(at_work):
    at_work.connect()
    carrier, space = TaskRouter(at_work.settings), at_work.workspace
    theirs = carrier.make(space.item["sid"], "task_queues", {"friendly_name": "Chat"})
    carrier.make(space.item["sid"], "workers", {"friendly_name": "Olga", "attributes": '{"level": 3}'})
    before = json.dumps([space.queues[theirs.sid], *space.workers.values()])
    assert [step for step in at_work.connect() if "activity" not in step] == [
        "leave task queue Chat",
        "leave worker Olga",
    ]
    assert json.dumps([space.queues[theirs.sid], *space.workers.values()]) == before


def test_who_has_changed_is_changed_and_what_others_wrote_of_them_stays(at_work):
    priya = enrolled(at_work, "Priya")
    at_work.connect()
    carrier, space = TaskRouter(at_work.settings), at_work.workspace
    (worker,) = space.workers.values()
    told = json.loads(worker["attributes"]) | {"full_name": "Priya of Flex"}
    carrier.change(space.item["sid"], "workers", worker["sid"], {"attributes": json.dumps(told)})
    at_work.node.store.agents.enrol(Agent(priya.id, ("care",), "sip:priya@example.org", since=0.0), "tests")
    assert [step for step in at_work.connect() if not step.startswith("leave")] == ["update worker Priya"]
    now = json.loads(worker["attributes"])
    assert (now["contact_uri"], now["skills"], now["full_name"]) == ("sip:priya@example.org", [], "Priya of Flex")


def test_who_is_on_no_roster_any_more_gets_no_calls(at_work):
    at_work.ready("Priya")
    store = at_work.node.store
    (worker,) = at_work.workspace.workers.values()
    assert worker["available"]
    disable(store, store.people.named("Priya"), "tests")
    assert [step for step in at_work.connect() if "activity" not in step] == ["retire worker Priya"]
    assert (worker["available"], json.loads(worker["attributes"])["teams"]) == (False, [])
    assert [step for step in at_work.connect() if "activity" not in step] == []


def test_a_workspace_that_tells_its_events_to_others_is_not_taken(at_work):
    carrier = TaskRouter(at_work.settings)
    carrier.make_workspace({"friendly_name": "Aurora Energy", "event_callback_url": "https://crm.example.org/hook"})
    with pytest.raises(IvrError, match=r"tells its events to https://crm\.example\.org/hook already"):
        at_work.connect()
    tree = at_work.content.tree
    Plan(carrier, Aim(tree, (), at_work.server.url, "Another"), apply=True).run()
    assert [each.item["friendly_name"] for each in at_work.router.workspaces.values()] == ["Aurora Energy", "Another"]


def test_an_activity_of_our_name_that_does_the_contrary_is_named(at_work):
    carrier = TaskRouter(at_work.settings)
    made = carrier.make_workspace({"friendly_name": "Aurora Energy"})
    carrier.make(made.sid, "activities", {"friendly_name": "Wrap-up", "available": True})
    with pytest.raises(IvrError, match="'Wrap-up' of the workspace gives people calls"):
        at_work.connect()


@pytest.fixture
def told(at_work, tmp_path, monkeypatch):
    """The environment of the command, with the files of a working copy."""
    (tmp_path / "menus").mkdir()
    (tmp_path / "menus" / "main.yaml").write_text(MAIN)
    (tmp_path / "config.yaml").write_text(CONFIG.replace("by: queue", "by: taskrouter"))
    for name, value in at_work.server.environ.items():
        if name.startswith(("IVR_", "TWILIO_", "DATABASE_", "PUBLIC_", "PORT")):
            monkeypatch.setenv(name, value)
    for name, value in (
        ("IVR_CONFIG", str(tmp_path / "config.yaml")),
        ("IVR_MENUS", str(tmp_path / "menus")),
        ("TWILIO_API_URL", at_work.settings.api_url),
    ):
        monkeypatch.setenv(name, value)
    return tmp_path


def test_the_command_shows_its_plan_and_carries_it_out_when_told_to(at_work, told):
    enrolled(at_work, "Priya")
    shown = CliRunner().invoke(command, ["--taskrouter"], catch_exceptions=False)
    assert "worker Priya: create" in shown.output
    assert shown.output.endswith("8 to change; nothing is done yet: --yes does it\n")
    done = CliRunner().invoke(command, ["--taskrouter", "--yes", "--json"], catch_exceptions=False)
    said = json.loads(done.output)
    assert said["carried_out"]
    assert {"does": "create", "kind": "worker", "name": "Priya", "fields": []} in said["steps"]
    again = CliRunner().invoke(command, ["--taskrouter", "--yes"], catch_exceptions=False)
    assert "worker Priya: is as wanted" in again.output
    assert again.output.endswith("all was as wanted\n")
    assert "connected TaskRouter" in [line.deed.did for line in at_work.node.store.audit.latest(3)]


def test_a_hotline_without_such_a_team_is_told(at_work, told):
    del at_work
    (told / "config.yaml").write_text(CONFIG)
    with pytest.raises(IvrError, match=r"no team of config\.yaml is by: taskrouter"):
        CliRunner().invoke(command, ["--taskrouter"], catch_exceptions=False)


def test_an_address_that_the_carrier_cannot_reach_is_told(at_work, told, monkeypatch):
    del at_work, told
    monkeypatch.delenv("TWILIO_API_URL")
    with pytest.raises(IvrError, match=r"the carrier cannot reach http://127\.0\.0\.1"):
        CliRunner().invoke(command, ["--taskrouter"], catch_exceptions=False)
