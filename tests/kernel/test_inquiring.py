"""The second phase of a step that asks, through the switchboard, on both databases."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from kernel.boards import CALL, board_over, publish, replayed
from kernel.hotline import exits, hotline, words

from ivr.engine.inputs import Called, Continued, Pressed
from ivr.engine.tree import Choice, Given, HangUp, LookUp, Slot
from ivr.engine.verbs import Continue, Listen, Speak
from ivr.errors import StoreUnavailable
from ivr.inquiries.answer import Answer
from ivr.inquiries.desk import Desk
from ivr.token import Pretend

NOW = time.time()
FIND = LookUp(
    id="main.find",
    words=words("One moment."),
    url=("https://crm.example.org/",),
    sent={},
    gives={"name": Given("text"), "floor": Given("digits", needed=False)},
    exits=exits(nothing="main.nothing", failed="main.bye"),
    next="main.found",
)


def asking():
    content = hotline(version="dd" * 32)
    steps = {
        **content.tree.steps,
        "main.find": FIND,
        "main.found": HangUp(id="main.found", farewell=words("Hello ", Slot("name"), ".")),
        "main.nothing": HangUp(id="main.nothing", farewell=words("Nobody.")),
    }
    menu = steps["main.main"]
    steps["main.main"] = replace(menu, choices=(*menu.choices, Choice("5", "main.find", words("find"))))
    return replace(content, tree=replace(content.tree, steps=steps))


class Clerk:
    """Answers with the next of these, and remembers what it was asked."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []
        self.gate = threading.Event()
        self.gate.set()

    def answer(self, question):
        self.asked.append(question)
        self.gate.wait(10)
        found = self.answers[min(len(self.asked), len(self.answers)) - 1]
        if isinstance(found, Exception):
            raise found
        return found


ANN, BO = Answer("found", {"name": "Ann"}), Answer("found", {"name": "Bo"})


def staffed(store, folder, clerk):
    board = board_over(store, folder)
    board.facts = replace(board.facts, inquiries=Desk({LookUp: clerk}))
    publish(board, asking())
    return board


def at_the_question(board, call=CALL):
    first = board.begin(call, Called(NOW, "+14155550123", "+18005550100"))
    return board.drive(first.token, call, Pressed(NOW + 1, "5"))


def heard(answer):
    spoken = [prompt for verb in answer.verbs for prompt in (verb.prompts if isinstance(verb, Listen) else [verb])]
    return " ".join(prompt.text for prompt in spoken if isinstance(prompt, Speak))


def test_the_answer_is_asked_for_when_the_carrier_comes_back(store, tmp_path):
    clerk = Clerk(ANN)
    board = staffed(store, tmp_path / "one", clerk)
    waiting = at_the_question(board)
    assert (heard(waiting), waiting.verbs[-1], clerk.asked) == ("One moment.", Continue(), [])
    assert heard(board.drive(waiting.token, CALL, Continued(NOW + 3))) == "Hello Ann."
    assert [(each.call, each.state.place, each.node) for each in clerk.asked] == [(CALL, "main.find", FIND)]
    assert [turn.heard for turn in store.chain(CALL)] == ["Called", "Pressed", "Found"]
    assert clerk.asked[0].turn == store.chain(CALL)[-1].request
    assert replayed(board) == 3


def test_a_repeat_asks_nobody_and_is_answered_as_the_first_copy(store, tmp_path):
    clerk = Clerk(ANN, BO)
    one = staffed(store, tmp_path / "one", clerk)
    two = staffed(store, tmp_path / "two", clerk)
    waiting = at_the_question(one)
    first = one.drive(waiting.token, CALL, Continued(NOW + 3))
    assert two.drive(waiting.token, CALL, Continued(NOW + 8)) == first
    assert len(clerk.asked) == 1


def test_copies_that_arrive_together_are_answered_alike(store, tmp_path):
    clerk = Clerk(ANN, BO)
    clerk.gate.clear()
    boards = [staffed(store, tmp_path / name, clerk) for name in ("one", "two")]
    waiting = at_the_question(boards[0])
    with ThreadPoolExecutor(2) as pool:
        copies = [pool.submit(board.drive, waiting.token, CALL, Continued(NOW + 3)) for board in boards]
        until = time.monotonic() + 10
        while len(clerk.asked) < 2 and time.monotonic() < until:
            time.sleep(0.01)
        clerk.gate.set()
        first, second = (copy.result() for copy in copies)
    assert len(clerk.asked) == 2
    assert first == second
    assert len(store.chain(CALL)) == 3
    assert replayed(boards[0]) == 3


def test_an_answerer_that_breaks_is_an_exit_and_no_crash(store, tmp_path):
    board = staffed(store, tmp_path / "one", Clerk(RuntimeError("broken")))
    assert heard(board.drive(at_the_question(board).token, CALL, Continued(NOW + 3))) == "Goodbye."


def test_what_stands_in_our_own_store_is_closed_while_that_does_not_answer(store, tmp_path):
    board = staffed(store, tmp_path / "one", Clerk(StoreUnavailable(), ANN))
    waiting = at_the_question(board)
    assert heard(board.drive(waiting.token, CALL, Continued(NOW + 3))) == "Goodbye."
    assert heard(board.drive(waiting.token, CALL, Continued(NOW + 4))) == "Goodbye."


def test_a_pretended_call_takes_its_answers_from_its_facts(store, tmp_path):
    clerk = Clerk(BO)
    board = staffed(store, tmp_path / "one", clerk)
    facts = {"look_up.main.find": '{"name": "Ann", "floor": 12}'}
    start = board.start_token("dd" * 32, "care", Pretend(NOW, facts))
    first = board.drive(start, CALL, Called(NOW, None, "+18005550100"))
    waiting = board.drive(first.token, CALL, Pressed(NOW + 1, "5"), 1.0)
    found = board.drive(waiting.token, CALL, Continued(NOW + 2), 2.0)
    assert (heard(found), clerk.asked) == ("Hello Ann.", [])
    assert board.tokens.open(found.token, CALL, time.time()).state.values == {"name": "Ann", "floor": "12"}


def test_a_pretended_call_may_bring_a_second_answer_of_the_same_step(store, tmp_path):
    board = staffed(store, tmp_path / "one", Clerk(BO))
    content = asking()
    steps = {**content.tree.steps, "main.find": replace(FIND, exits={**FIND.exits, "nothing": "main.main"})}
    publish(board, replace(content, hash="ee" * 32, tree=replace(content.tree, steps=steps)))
    facts = {"look_up.main.find": "nothing", "look_up.main.find.2": '{"name": "Ann"}'}
    start = board.start_token("ee" * 32, "care", Pretend(NOW, facts))
    answer = board.drive(start, CALL, Called(NOW, None, "+18005550100"))
    said = []
    for second in (1, 3):
        waiting = board.drive(answer.token, CALL, Pressed(NOW + second, "5"), float(second))
        answer = board.drive(waiting.token, CALL, Continued(NOW + second + 1), second + 1.0)
        said.append(heard(answer))
    assert said[0].startswith("Welcome.")
    assert said[1] == "Hello Ann."
