import pytest
from kernel.hotline import hotline

from ivr.codec import NotCodable, dumps, loads, write_json
from ivr.content import Content
from ivr.engine.events import Chose, Entered, Event
from ivr.engine.inputs import Continued, Dialed, HungUp, Input, Recorded
from ivr.engine.state import CallState
from ivr.turns import Told


def test_a_whole_version_comes_back_as_it_was():
    content = hotline()
    assert loads(Content, dumps(Content, content)) == content


def test_one_of_several_classes_names_itself():
    events = (Entered("main.main"), Chose("main.main", "1", "bill"))
    text = dumps(tuple[Event, ...], events)
    assert '"is":"Chose"' in text
    assert loads(tuple[Event, ...], text) == events


def test_an_input_within_an_input_comes_back():
    hung_up = HungUp(2.0, Recorded(1.0, "RE1", "http://carrier/RE1", 3), bridged=True)
    assert loads(Input, dumps(Input, hung_up)) == hung_up


def test_what_a_turn_tells_is_a_row_that_comes_back():
    after = CallState("care", values={"pin": "*"}, returns=("main.case",))
    told = Told(Continued(1.5), {"flag.storm": None}, "ab", 0.1, (Entered("main.main"),), "cd", after)
    text = write_json(told)
    assert text.startswith(b'["Told",["Continued",1.5],{"flag.storm":null},')
    assert loads(Told, text) == told


def test_fields_that_a_row_lacks_have_their_defaults():
    assert loads(Input, '["Dialed",1.0,"busy",false]') == Dialed(1.0, "busy", bridged=False)


def test_what_is_no_noun_is_not_written():
    with pytest.raises(TypeError):
        write_json([object()])


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "null",
        '{"is":"Nothing"}',
        '{"at":1.0}',
        '["Nothing"]',
        '["Pressed",1.0]',
        '["Pressed",1.0,1]',
        '["Pressed",1.0,"1","more"]',
        '{"is":"Pressed","at":1.0}',
        '{"is":"Pressed","at":1.0,"keys":1}',
        '{"is":"Pressed","at":true,"keys":"1"}',
        '{"is":"Pressed","at":1.0,"keys":"1","more":1}',
    ],
)
def test_what_the_type_does_not_say_is_refused(text):
    with pytest.raises(NotCodable):
        loads(Input, text)


def test_a_list_must_be_a_list_and_an_object_an_object():
    with pytest.raises(NotCodable):
        loads(tuple[str, ...], '"text"')
    with pytest.raises(NotCodable):
        loads(dict[str, int], "[]")
