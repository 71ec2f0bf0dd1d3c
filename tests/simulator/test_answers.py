"""Answers of systems outside, in scenarios and on the command line of `ivr call`."""

import pytest

from ivr.errors import IvrError
from ivr.simulator.answers import answers_of, in_steps
from ivr.simulator.scenario import ScenarioRefused, read_scenario

HEAD = "title: A call\nsteps: [{when: called}]\n"


def read(tmp_path, answers):
    path = tmp_path / "call.yaml"
    path.write_text(HEAD + answers)
    return read_scenario(path)


def test_answers_are_facts_of_the_call(tmp_path):
    scenario = read(
        tmp_path,
        "answers:\n"
        "  main.find: {name: Ann, places: [{id: 7, address: 'Main Street, 4'}]}\n"
        "  main.order: [nothing, failed, {number: 12}]\n",
    )
    assert scenario.facts == {
        "look_up.main.find": '{"name":"Ann","places":[{"id":"7","address":"Main Street, 4"}]}',
        "look_up.main.order": "nothing",
        "look_up.main.order.2": "failed",
        "look_up.main.order.3": '{"number":"12"}',
    }


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ("answers: {main.find: perhaps}\n", "'perhaps' is no answer"),
        (f"answers: {{main.find: {{a: {'x' * 950}}}}}\n", "more than 900 characters"),
        ("answers: [nothing]\n", "a map belongs here"),
    ],
)
def test_what_is_no_answer_has_its_line(tmp_path, answers, why):
    with pytest.raises(ScenarioRefused, match=rf"call.yaml:3: .*{why}"):
        read(tmp_path, answers)


def test_answers_that_are_typed_become_facts_and_a_scenario_again():
    facts = answers_of(["main.find=nothing", 'main.find={"name": "Ann"}', "main.order=failed"])
    assert facts == {
        "look_up.main.find": "nothing",
        "look_up.main.find.2": '{"name":"Ann"}',
        "look_up.main.order": "failed",
    }
    assert in_steps(facts) == {"main.find": '[nothing, {"name":"Ann"}]', "main.order": "failed"}


@pytest.mark.parametrize("typed", ["main.find", "main.find=perhaps", "main.find={name: Ann}"])
def test_what_is_typed_wrongly_is_explained(typed):
    with pytest.raises(IvrError, match="no answer"):
        answers_of([typed])
