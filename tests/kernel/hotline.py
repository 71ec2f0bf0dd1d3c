"""A small hotline, built by hand: what the tests of the kernel call."""

from dataclasses import replace

from ivr.content import Content, Kind, Schedule
from ivr.engine.phrases import PHRASES
from ivr.engine.tree import (
    Ask,
    Choice,
    HangUp,
    Limits,
    Line,
    Menu,
    OpenCase,
    Record,
    Say,
    Slot,
    Step,
    Team,
    Template,
    Transfer,
    Tree,
    Words,
)

LANGUAGE = "en-US"
AGENTS = ("+15005550101", "+15005550102")


def words(*template: str | Slot) -> Words:
    return Words({LANGUAGE: tuple(template)})


def exits(**named: str) -> dict[str, str]:
    return named


STEPS: tuple[Step, ...] = (
    Menu(
        id="main.main",
        prompt=words("Welcome."),
        choices=(
            Choice("1", "main.account", words("a complaint"), value="bill"),
            Choice("2", "main.pin", words("your balance"), value="balance"),
            Choice("3", "main.story", words("a message"), value="message"),
            Choice("4", "main.hello", words("a greeting"), value="hello"),
            Choice("0", "main.desk", words("a representative"), value="person"),
        ),
        name="about",
        exits=exits(silence="main.desk", wrong="main.desk"),
    ),
    Ask(
        id="main.account",
        prompt=words("Your account, please."),
        name="account",
        shortest=4,
        longest=4,
        exits=exits(silence="main.story", wrong="main.story"),
        next="main.story",
    ),
    Ask(
        id="main.pin",
        prompt=words("Your PIN, please."),
        name="pin",
        shortest=4,
        longest=4,
        secret=True,
        exits=exits(silence="main.bye", wrong="main.bye"),
        next="main.main",
    ),
    Record(
        id="main.story",
        prompt=words("Tell us."),
        name="statement",
        up_to=60,
        exits=exits(silence="main.case", wrong="main.case"),
        next="main.case",
    ),
    OpenCase(
        id="main.case",
        kind="complaint",
        reference=words("Your reference is ", Slot("case.number"), "."),
        about=(Slot("about"),),
        fields={"account": "account"},
        exits=exits(failed="main.bye"),
        next="main.desk",
    ),
    Say(id="main.hello", text=words("Hello."), next="main.main"),
    Transfer(
        id="main.desk",
        team="care",
        summary=("A call about ", Slot("about", "nothing"), "."),
        exits=exits(closed="main.bye", busy="main.bye", nobody="main.bye", no_answer="main.bye", failed="main.bye"),
        next="main.bye",
    ),
    HangUp(id="main.bye", farewell=words("Goodbye.")),
)


def phrases() -> dict[str, Template]:
    """Each of the engine's own words, so that a text tells where it came from."""
    slots = tuple(Slot(name) for name in ("words", "key", "value", "number", "team", "waited", "summary"))
    frames = {name: (f"[{name}] ",) for name in PHRASES}
    frames |= {"for": ("For ", Slot("words"), ", press ", Slot("key"), "."), "to": ("To ", *slots[:2])}
    return frames


def hotline(version: str = "aa" * 32, farewell: str = "Goodbye.") -> Content:
    """Build the hotline; another farewell makes another version."""
    steps = {step.id: step for step in STEPS}
    steps["main.bye"] = HangUp(id="main.bye", farewell=words(farewell))
    tree = Tree(
        company="Aurora Energy",
        language=LANGUAGE,
        steps=steps,
        lines={"care": Line("care", "+18005550100", "UTC", "main.main", "main.desk", (LANGUAGE,), default=True)},
        teams={"care": Team("care", words("Customer care"), ring=AGENTS)},
        series={"complaint": "C"},
        voices={LANGUAGE: "Polly.Joanna-Neural"},
        phrases={LANGUAGE: phrases()},
        everywhere={"*": "back"},
        limits=Limits(),
        types={"account": "digits", "pin": "digits", "about": "choice", "statement": "recording"},
        asks={"account": "main.account", "pin": "main.pin"},
        secrets=frozenset({"pin"}),
        caller_facts=("caller.number",),
    )
    return Content(
        hash=version,
        tree=tree,
        schedules={"care": Schedule("", "UTC")},
        kinds={"complaint": Kind("complaint", "C", "care")},
        places={},
        sources={},
    )


def to_screens(content: Content) -> Content:
    """Let a browser and an exchange ring together, then a public phone."""
    team = replace(content.tree.teams["care"], ring=("client:anna", AGENTS[0], "sip:bo@example.org"), order="together")
    return replace(content, tree=replace(content.tree, teams={"care": team}))
