import dataclasses

from engine.aurora import DA, Phone, template, text, tree

from ivr.engine.effects import CreateCase
from ivr.engine.events import CaseOpened, Decided, Ended, Entered, LanguageChanged, Left
from ivr.engine.tree import Branch, Choice, Decide, HangUp, Menu, OpenCase, Say, Set
from ivr.engine.verbs import Hang, Listen, Speak

BYE = HangUp(id="main.bye")
EXITS = {"silence": "main.bye", "wrong": "main.bye", "failed": "main.bye"}
NUMBER = {"number.complaint": "C10427-3"}
MENU = Menu(id="main.menu", prompt=text("Menu."), exits=EXITS, choices=(Choice("1", "main.news"),))


def case(**more):
    return OpenCase(id="main.case", kind="complaint", exits=EXITS, **({"reference": None, "next": "main.bye"} | more))


def values_of(node: Set, **more) -> dict:
    return dict(Phone(tree(node, BYE, **more)).state.values)


def test_a_key_cuts_an_announcement_short_and_is_spent():
    news = Say(id="main.news", text=text("News."), words=text("Hear, hear."), next="main.menu")
    phone = Phone(tree(news, MENU))
    assert phone.turn.verbs == (
        Listen((Speak("Hear, hear.", "en-US", "Joanna"), Speak("News.", "en-US", "Joanna")), 1, "", 1.0),
    )
    assert phone.press("1").place == "main.menu"
    assert Phone(tree(news, MENU)).silent().state.quiet == 0


def test_an_announcement_that_must_be_heard_is_spoken_before_what_follows():
    news = Say(id="main.news", text=text("News."), skip=False, next="main.menu")
    phone = Phone(tree(news, MENU))
    assert phone.turn.verbs[0] == Speak("News.", "en-US", "Joanna")
    assert phone.place == "main.menu"


def test_an_announcement_is_only_for_its_languages():
    danish = Say(id="main.news", text=text("", "Nyt."), languages=(DA,), next="main.menu")
    assert Phone(tree(danish, MENU)).place == "main.menu"


def test_an_announcement_without_words_is_passed():
    assert Phone(tree(Say(id="main.news", text=text("{nothing|}"), next="main.menu"), MENU)).place == "main.menu"


def test_who_hangs_up_during_an_announcement_still_goes_the_silent_way():
    news = Say(id="main.news", text=text("News."), next="main.case")
    phone = Phone(
        tree(news, case(next="main.quiet"), Say(id="main.quiet", text=text("x"), next="main.menu"), MENU), NUMBER
    )
    phone.hangs_up()
    assert phone.noted(CaseOpened)
    assert phone.turn.verbs == ()
    assert phone.noted(Entered)[-1] == Entered("main.quiet")
    assert phone.noted(Ended) == [Ended("main.quiet", "left")]


def test_the_first_branch_that_holds_is_taken():
    branches = (Branch("flag.storm", "main.bye"), Branch("team.desk.open", "main.menu"))
    node = Decide(id="main.decide", branches=branches, next="main.bye", words=text("One moment."))
    phone = Phone(tree(node, MENU, BYE), {"flag.storm": False, "team.desk.open": True})
    assert phone.noted(Decided) == [Decided("main.decide", 2, "main.menu")]
    assert phone.heard[0] == "One moment."
    assert phone.turn.reads.items() >= {"flag.storm": False, "team.desk.open": True}.items()


def test_without_a_branch_that_holds_the_else_is_taken():
    node = Decide(id="main.decide", branches=(Branch("not flag.storm", "main.menu"),), next="main.bye")
    phone = Phone(tree(node, MENU, BYE))
    assert phone.noted(Decided) == [Decided("main.decide", 0, "main.bye")]
    assert phone.turn.reads.items() >= {"flag.storm": None}.items()


def test_names_are_set_each_in_its_type():
    node = Set(
        id="main.set",
        next="main.bye",
        values={
            "word": template("bill"),
            "count": template("3"),
            "price": template("2.5"),
            "sure": template("yes"),
            "from": template("{caller.number}"),
            "missing": template("{other|none}"),
            "mixed": template("{word} {count}"),
        },
    )
    types = {"count": "number", "price": "amount", "sure": "yes_no"}
    assert values_of(node, types=types) == {
        "word": "bill",
        "count": 3,
        "price": 2.5,
        "sure": True,
        "from": "+15005550006",
        "missing": "none",
        "mixed": "bill 3",
    }


def test_the_name_language_is_the_calls():
    phone = Phone(tree(Set(id="main.set", values={"language": (DA,)}, next="main.bye"), BYE))
    assert phone.noted(LanguageChanged) == [LanguageChanged(DA)]
    assert phone.state.values == {}


def test_a_case_is_opened_and_its_reference_spoken_uncut():
    menu = Menu(
        id="main.menu",
        prompt=text("Menu."),
        exits=EXITS,
        choices=(Choice("1", "main.case", text("a bill"), value="bill"),),
        name="about",
    )
    node = case(
        reference=text("Your reference is {case.number}."),
        words=text("Thank you."),
        about=template("{about}, {pin}{account|no account}"),
        fields={"about": "about", "pin": "pin", "account": "account"},
        priority=2,
        team="desk",
    )
    hotline = tree(
        menu,
        node,
        BYE,
        labels={"about": {"bill": text("a bill", "en regning")}},
        types={"about": "choice"},
        secrets=frozenset({"pin"}),
    )
    phone = Phone(hotline, NUMBER)
    phone.state = dataclasses.replace(phone.state, values={"pin": "4711"})
    phone.press("1")
    assert phone.turn.effects == (
        CreateCase("C10427-3", "complaint", "a bill, no account", 2, "desk", "en-US", {"about": "bill"}, ()),
    )
    assert phone.heard == ["Thank you.", "Your reference is C 1 0 4 2 7 3."]
    assert phone.last == Hang()
    assert phone.state.values["case.number"] == "C10427-3"


def test_no_number_no_case():
    phone = Phone(tree(case(), BYE))
    assert phone.turn.effects == ()
    assert phone.noted(Left) == [Left("main.case", "failed", "main.bye")]


def test_the_same_step_passed_again_opens_another_case():
    menu = dataclasses.replace(MENU, choices=(Choice("1", "main.case"),))
    phone = Phone(tree(menu, case(next="main.menu")), NUMBER).press("1")
    phone.facts = {"number.complaint": "C10428-1"}
    phone.press("1")
    assert phone.noted(CaseOpened)[0].number == "C10428-1"


def test_two_cases_of_a_kind_in_one_turn_have_two_numbers():
    second = dataclasses.replace(case(), id="main.second")
    facts = NUMBER | {"number.complaint.2": "C10428-1"}
    phone = Phone(tree(case(next="main.second"), second, BYE), facts)
    assert [event.number for event in phone.noted(CaseOpened)] == ["C10427-3", "C10428-1"]
    phone = Phone(tree(case(next="main.second"), second, BYE), NUMBER)
    assert phone.noted(Left) == [Left("main.second", "failed", "main.bye")]


def test_the_last_words_end_the_call():
    bye = HangUp(id="main.bye", words=text("Well."), farewell=text("Goodbye."))
    phone = Phone(tree(bye))
    assert phone.heard == ["Well.", "Goodbye."]
    assert phone.turn.events[-1] == Ended("main.bye", "hung_up")
