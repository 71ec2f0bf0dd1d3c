import dataclasses

from engine.aurora import PRIYA, SAM, Phone, text, tree

from ivr.engine.events import Chose, Left, Queued, Talked, WaitEnded
from ivr.engine.inputs import Dequeued, OfferKeyed, Parted, WaitKeyed, Waits
from ivr.engine.tree import AGAIN, Choice, Say, Team, Transfer, Waiting, Words
from ivr.engine.verbs import Connect, Continue, Enqueue, Hang, Leave, Listen, Play, Ring
from ivr.engine.waiting import ESTIMATE, PLACE, STATE, beside

KEYS = (Choice("1", "main.menu", text("a message", "en besked")), Choice("2", AGAIN, text("waiting"), also=("3",)))
DESK = Transfer(
    id="main.desk",
    team="desk",
    exits=dict.fromkeys(("closed", "busy", "nobody", "no_answer"), "main.menu"),
    next="main.after",
    waiting=Waiting(every=60.0, text=text("Thank you."), choices=KEYS),
)
MENU = Say(id="main.menu", text=text("Menu."), next="hang_up")
AFTER = Say(id="main.after", text=text("Goodbye."), next="hang_up")
ABLE = {"team.desk.able.en-US": 2, "call.id": "CA1"}


def queueing(step=DESK, **more):
    team = Team("desk", text("the desk"), (), "in turn", 20, by="queue", patience=120, **more)
    return tree(step, MENU, AFTER, teams={"desk": team})


def waits(known=ABLE, step=DESK):
    return Phone(queueing(step), known)


def ended(phone, result, seconds=10, why=""):
    phone.at += seconds
    return phone.give(Dequeued(phone.at, result, seconds, why))


def test_a_caller_waits_in_a_queue_of_their_own():
    phone = waits()
    assert phone.turn.verbs == (Enqueue("c-CA1"),)
    assert phone.noted(Queued) == [Queued("main.desk", "desk")]
    assert phone.turn.reads["team.desk.able.en-US"] == 2


def test_words_are_said_in_the_same_document():
    phone = waits(step=dataclasses.replace(DESK, words=text("Please hold.")))
    assert phone.heard == ["Please hold."]
    assert isinstance(phone.last, Enqueue)


def test_nobody_who_can_take_the_call_is_nobody():
    assert waits({**ABLE, "team.desk.able.en-US": 0}).noted(Left) == [Left("main.desk", "nobody", "main.menu")]


def test_the_skills_of_the_step_are_asked_for():
    phone = waits({"team.desk.able.en-US.gas.meters": 1}, dataclasses.replace(DESK, skills=("gas", "meters")))
    assert isinstance(phone.last, Enqueue)


def test_a_closed_team_is_not_waited_for():
    assert waits({**ABLE, "team.desk.open": False}).noted(Left) == [Left("main.desk", "closed", "main.menu")]


def test_where_nobody_knows_who_is_there_the_people_last_known_are_rung_in_turn():
    phone = waits({"team.desk.numbers": f"{PRIYA},{SAM}"})
    assert phone.rings == (PRIYA,)
    assert PRIYA not in str(phone.state), "a phone of the rosters stands in no token"
    phone.dialed("no-answer")
    assert phone.rings == (SAM,)
    phone.dialed("no-answer")
    assert phone.noted(Left) == [Left("main.desk", "no_answer", "main.menu")]


def test_a_talk_leads_on_and_its_wait_is_no_time_in_the_menu():
    phone = ended(waits(), "bridged", 40)
    assert phone.place == "main.after"
    assert phone.noted(WaitEnded) == [WaitEnded("main.desk", "desk", "answered", 40)]
    assert phone.noted(Talked) == [Talked("main.desk", "desk", 0)]
    assert phone.state.talked == 40


def test_patience_leads_to_busy_whoever_says_so():
    assert ended(waits(), "leave", 20, "patience").noted(Left) == [Left("main.desk", "busy", "main.menu")]
    assert ended(waits(), "leave", 120).noted(Left) == [Left("main.desk", "busy", "main.menu")]


def test_a_key_leads_where_it_says():
    phone = ended(waits(), "leave", 20, "key 1")
    assert phone.place == "main.menu"
    assert phone.noted(Chose) == [Chose("main.desk", "1")]


def test_who_left_and_nobody_knows_why_is_rung_for():
    assert ended(waits({**ABLE, "team.desk.numbers": PRIYA}), "leave").rings == (PRIYA,)


def test_a_queue_that_fails_is_left_for_ringing_and_then_for_no_answer():
    for result in ("error", "system-error", "queue-full"):
        assert ended(waits({**ABLE, "team.desk.numbers": PRIYA}), result).rings == (PRIYA,)
        assert ended(waits(), result).noted(Left) == [Left("main.desk", "no_answer", "main.menu")]


def test_a_caller_who_hangs_up_while_waiting_is_noted():
    phone = waits().hangs_up()
    assert phone.noted(WaitEnded) == [WaitEnded("main.desk", "desk", "hung_up", 0)]
    assert phone.turn.verbs == ()
    assert waits().hangs_up(bridged=True).noted(Talked) == [Talked("main.desk", "desk", 30)]


def test_a_stray_input_while_waiting_moves_nothing():
    phone = waits()
    before = phone.state
    phone.dialed("completed", bridged=True)
    assert (phone.state, phone.turn.verbs) == (before, (Enqueue("c-CA1"),))


def spoken(number=1, language="en-US", step=DESK, **reads):
    phone = waits(step=step)
    state = dataclasses.replace(phone.state, language=language)
    return beside(phone.tree, state, Waits(0.0, number, 0), {STATE: "waiting", **reads})


def words(verbs):
    return [prompt.text for prompt in verbs[0].prompts]


def test_the_first_document_says_place_words_and_offers_in_the_callers_language():
    said = words(spoken(**{PLACE: 2, ESTIMATE: 3}))
    assert said == ["queue place", "queue estimate", "Thank you.", "For a message, press 1.", "For waiting, press 2."]
    assert words(spoken(language="da-DK", **{PLACE: 1}))[-2] == "For en besked, tryk 1."


def test_an_estimate_that_nobody_can_honour_is_not_told():
    for minutes in (None, 0, 31):
        assert "queue estimate" not in words(spoken(**{PLACE: 2, ESTIMATE: minutes}))


def test_between_the_words_there_is_music_or_silence_of_at_most_twenty_seconds():
    music = dataclasses.replace(DESK, waiting=dataclasses.replace(DESK.waiting, music=Words({}, {"en-US": "ab"})))
    assert spoken(2, step=music) == (Listen((Play("ab"),), 1, "", 1.0), Continue())
    assert spoken(2) == (Listen((), 1, "", 19.0), Continue())
    assert len(words(spoken(4, **{PLACE: 1}))) > 2


def test_a_ticket_that_is_over_leaves_the_queue_and_a_claimed_one_stays():
    for state in ("left", "call_back", "away"):
        assert spoken(**{STATE: state}) == (Leave(),)
    assert spoken(**{STATE: "claimed"})[-1] == Continue()


def test_a_key_leaves_waits_on_or_comes_too_late():
    phone = waits()

    def keyed(state):
        return beside(phone.tree, phone.state, WaitKeyed(0.0, 1, "1"), {STATE: state})

    assert keyed("left") == (Leave(),)
    assert keyed("waiting") == (Continue(),)
    assert [getattr(verb, "text", "") for verb in keyed("claimed")] == ["You are being connected.", ""]


def test_an_agent_who_took_the_call_is_joined_and_who_met_nobody_hears_so():
    phone = waits()

    taken = beside(phone.tree, phone.state, OfferKeyed(0.0, "1"), {STATE: "taken", "call.id": "CA1"})
    assert taken[-1] == Connect("c-CA1", 7200)
    assert beside(phone.tree, phone.state, OfferKeyed(0.0, "2"), {STATE: "passed"}) == (Hang(),)
    assert len(beside(phone.tree, phone.state, Parted(0.0, bridged=False), {})) == 2
    assert beside(phone.tree, phone.state, Parted(0.0, bridged=True), {}) == (Hang(),)


def test_a_ring_team_is_rung_as_ever():
    assert isinstance(Phone(tree(dataclasses.replace(DESK), MENU, AFTER)).last, Ring)
