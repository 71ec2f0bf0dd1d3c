import dataclasses

import pytest
from engine.aurora import DA, EN, Phone, text, tree

from ivr.engine.events import Began, Chose, Ended, Entered, KeyRejected, LanguageChanged, Left, LimitReached
from ivr.engine.tree import Choice, Extension, HangUp, Limits, Menu, Say
from ivr.engine.verbs import Hang, Listen, Play, Speak

EXITS = {"silence": "main.bye", "wrong": "main.bye"}
BYE = HangUp(id="main.bye", farewell=text("Goodbye."))
PERSON = HangUp(id="main.person", farewell=text("A person."))


def menu(*choices, id="main.main", **more):
    return Menu(id=id, prompt=text("Welcome.", "Velkommen."), exits=EXITS, choices=choices, **more)


BILL = Choice("1", "main.bye", text("a bill", "en regning"), value="bill")
MAIN = menu(BILL, Choice("2", "main.second", text("hear more"), form="to"), name="about")
SECOND = menu(Choice("1", "main.third", text("third")), id="main.second")
THIRD = menu(Choice("1", "main.main", text("first")), id="main.third")
TREE = tree(MAIN, SECOND, THIRD, BYE, PERSON)


def test_a_call_begins_with_the_menu_and_its_choices():
    phone = Phone(TREE)
    assert phone.turn.verbs == (
        Listen(
            (
                Speak("Welcome.", EN, "Joanna"),
                Speak("For a bill, press 1.", EN, "Joanna"),
                Speak("To hear more, press 2.", EN, "Joanna"),
            ),
            1,
            "",
            5.0,
        ),
    )
    assert phone.turn.events == (Began("care"), Entered("main.main"))
    assert phone.state.began == 1000.0


def test_a_key_takes_its_choice_and_keeps_its_value():
    phone = Phone(TREE).press("1")
    assert phone.turn.events == (
        Chose("main.main", "1", "bill"),
        Entered("main.bye"),
        Ended("main.bye", "hung_up"),
    )
    assert phone.heard == ["Goodbye."]
    assert phone.last == Hang()
    assert phone.state.values == {"about": "bill"}
    assert phone.state.ended


def test_another_key_can_mean_the_same():
    also = menu(dataclasses.replace(BILL, also=("7",)))
    assert Phone(tree(also, BYE)).press("7").place == "main.bye"


def test_the_value_of_a_secret_stays_out_of_the_story():
    phone = Phone(dataclasses.replace(TREE, secrets=frozenset({"about"}))).press("1")
    assert phone.noted(Chose) == [Chose("main.main", "1", None)]


def test_a_silent_choice_is_taken_but_not_spoken():
    hidden = tree(menu(Choice("1", "main.bye")), BYE)
    assert Phone(hidden).heard == ["Welcome."]
    assert Phone(hidden).press("1").place == "main.bye"


def test_a_wrong_key_is_told_and_the_third_goes_to_the_exit():
    phone = Phone(TREE).press("9")
    assert phone.heard[:2] == ["Sorry, that did not work.", "Welcome."]
    assert phone.noted(KeyRejected) == [KeyRejected("main.main", 1)]
    phone.press("9", "9")
    assert phone.noted(Left) == [Left("main.main", "wrong", "main.bye")]


def test_silence_and_wrong_keys_are_counted_apart():
    phone = Phone(TREE).press("9", "9").silent(2)
    assert phone.place == "main.main"
    assert phone.silent().noted(Left) == [Left("main.main", "silence", "main.bye")]


def test_counters_start_anew_at_each_entry_but_not_by_again():
    phone = Phone(TREE).press("9", "9", "#", "9")
    assert phone.place == "main.bye"
    phone = Phone(TREE).press("2", "9", "9", "*", "2", "9")
    assert phone.place == "main.second"


def test_each_failed_try_has_its_own_words_and_the_last_ones_repeat():
    words = menu(BILL, after_silence=(text("Hello?"), text("Still there?")), after_wrong=(text("No."),), silences=4)
    phone = Phone(tree(words, BYE))
    assert phone.silent().heard == ["Hello?", "For a bill, press 1."]
    assert phone.silent().heard[0] == "Still there?"
    assert phone.silent().heard[0] == "Still there?"
    assert phone.press("9").heard == ["No.", "For a bill, press 1."]


def test_a_silence_without_words_of_its_own_hears_the_prompt():
    assert Phone(TREE).silent().heard[0] == "Welcome."


def test_silence_can_be_a_choice():
    stay = tree(menu(BILL, silences=1, stay=text("Or stay on the line.")), BYE)
    phone = Phone(stay)
    assert phone.heard[-1] == "Or stay on the line."
    assert phone.silent().noted(Chose) == [Chose("main.main", "")]


def test_silence_as_a_choice_that_goes_round_comes_to_an_end():
    round_and_round = dataclasses.replace(menu(silences=1, stay=text("Or wait.")), exits={"silence": "again"})
    phone = Phone(tree(round_and_round)).silent(6)
    assert not phone.state.ended
    assert phone.silent().noted(LimitReached) == [LimitReached("silence")]


def test_back_goes_to_the_menu_heard_before():
    phone = Phone(TREE).press("2", "1")
    assert phone.place == "main.third"
    assert phone.press("*").place == "main.second"
    assert phone.press("*").place == "main.main"
    assert phone.press("*").place == "main.main"


def test_only_the_last_eight_menus_are_remembered():
    phone = Phone(TREE)
    for _ in range(5):
        phone.press("2", "1", "1")
    assert len(phone.state.heard) == 8


def test_keys_everywhere_lead_to_a_person_and_to_the_top():
    assert Phone(TREE).press("2", "0").place == "main.person"
    top = dataclasses.replace(TREE, everywhere={"9": "top"})
    phone = Phone(top).press("2", "9")
    assert phone.place == "main.main"
    assert phone.noted(Chose) == [Chose("main.second", "9")]


def test_a_choice_may_change_the_language():
    dansk = Choice("5", "main.main", text("", "dansk", language=DA), language=DA)
    phone = Phone(tree(menu(BILL, dansk), BYE))
    assert phone.heard[-1] == "For dansk, tryk 5."
    phone.press("5")
    assert phone.noted(LanguageChanged) == [LanguageChanged(DA)]
    assert phone.heard[:2] == ["Velkommen.", "For en regning, tryk 1."]
    assert not phone.press("5").noted(LanguageChanged)


def test_a_choice_is_offered_only_while_its_condition_holds():
    vip = tree(menu(BILL, Choice("3", "main.bye", text("gold"), condition="flag.gold")), BYE)
    assert "For gold, press 3." not in Phone(vip).heard
    assert Phone(vip).press("3").place == "main.main"
    phone = Phone(vip, {"flag.gold": True})
    assert phone.heard[-1] == "For gold, press 3."
    assert phone.turn.reads["flag.gold"] is True
    assert phone.press("3").place == "main.bye"


def test_codes_of_several_digits_wait_for_the_longest_and_the_finishing_key():
    codes = tree(menu(Choice("42", "main.bye", text("code")), BILL, ends="#"), BYE)
    phone = Phone(codes)
    assert (phone.last.digits, phone.last.finish) == (2, "#")
    assert "For code, press 4 2." in phone.heard
    assert phone.press("42").place == "main.bye"


def test_the_finishing_key_alone_means_what_it_means_everywhere():
    codes = tree(menu(Choice("42", "main.bye", text("code")), ends="#"), BYE)
    assert not Phone(codes).press("").noted(KeyRejected)


def test_an_extension_is_keyed_instead_of_a_choice():
    directory = Extension({"1001": "desk"}, "extension", "main.bye", "main.second")
    phone = Phone(tree(menu(BILL, extension=directory, ends="#"), BYE, SECOND))
    assert phone.last.digits == 4
    assert phone.press("1001").state.values == {"extension": "desk"}
    phone = Phone(tree(menu(BILL, extension=directory, ends="#"), BYE, SECOND)).press("2002")
    assert phone.noted(Left) == [Left("main.main", "unknown", "main.second")]
    assert Phone(tree(menu(BILL, extension=directory, ends="#"), BYE)).press("9").noted(KeyRejected)


def test_star_and_hash_are_spoken_by_name():
    keys = tree(menu(Choice("*", "main.bye", text("star")), Choice("#", "main.bye", text("hash"))), BYE)
    assert Phone(keys).heard[1:] == ["For star, press star.", "For hash, press hash."]


def test_a_sentence_holds_its_key():
    sentence = tree(menu(Choice("1", "main.bye", text("Press {key} for it."), form="say")), BYE)
    assert Phone(sentence).heard[1] == "Press 1 for it."


def test_a_recorded_label_is_played_in_its_frame():
    recorded = tree(menu(Choice("1", "main.bye", text("a bill", audio={EN: "ab12"}))), BYE)
    phone = Phone(recorded)
    assert phone.heard[1:] == ["For", "<ab12>", "press 1."]
    assert phone.last.prompts[2] == Play("ab12")


def test_words_are_said_first_and_only_at_the_entry():
    phone = Phone(tree(menu(BILL, words=text("News!")), BYE))
    assert phone.heard[:2] == ["News!", "Welcome."]
    assert "News!" not in phone.silent().heard


@pytest.mark.parametrize("silences", [5, 6])
def test_a_caller_silent_too_often_in_a_row_hears_goodbye(silences):
    patient = tree(menu(BILL, silences=9), BYE, limits=Limits(silence=silences))
    phone = Phone(patient).silent(silences - 1)
    assert not phone.state.ended
    assert phone.silent().heard == ["Nobody seems to be there."]
    assert phone.last == Hang()
    assert phone.noted(Ended) == [Ended("main.main", "limit")]


def test_a_key_ends_the_row_of_silences():
    patient = tree(menu(BILL, silences=9, wrongs=9), BYE)
    assert not Phone(patient).silent(5).press("9").silent(1).state.ended


def test_a_way_out_at_the_last_silence_is_taken():
    phone = Phone(tree(menu(BILL, silences=6), BYE)).silent(6)
    assert phone.place == "main.bye"


def test_back_without_a_menu_leads_to_the_start():
    news = Say(id="main.news", text=text("News."), next="back")
    assert Phone(tree(news)).silent().place == "main.news"
