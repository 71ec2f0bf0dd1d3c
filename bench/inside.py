"""What a key press costs inside the process: a step, its document, a menu's check and build."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import yaml
from twilio.twiml.voice_response import Gather, VoiceResponse

from bench.generated import hotline_of
from ivr.content import Content
from ivr.engine.inputs import Called, Pressed
from ivr.engine.state import CallState
from ivr.engine.step import step
from ivr.engine.verbs import Listen, Speak
from ivr.menu.compile import compile_hotline
from webhooks.twiml import MAIN, Addresses, document

REPEATS = 5


def each(work: Callable[[], object], times: int) -> float:
    """Microseconds of one call: the median of five runs."""
    runs = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        for _ in range(times):
            work()
        runs.append((time.perf_counter() - begin) / times * 1e6)
    return statistics.median(runs)


def built(steps: int) -> Content:
    """Compile a hotline of that size; its problems would be ours."""
    compiled = compile_hotline(hotline_of(steps))
    if compiled.content is None:
        raise RuntimeError(f"the generated hotline is refused: {compiled.problems[0]}")
    return compiled.content


def step_cost(content: Content) -> float:
    """A key pressed in the first menu, in a call that is under way."""
    tree = content.tree
    began = step(tree, CallState(line="care"), Called(1.0, "+15005550188", "+18005550100"), {})
    pressed = Pressed(2.0, "1")
    return each(lambda: step(tree, began.state, pressed, {}), 5000)


def writer_cost() -> tuple[float, float]:
    """Our writer and the carrier's library on the same document of one prompt."""
    text = "Welcome to Aurora Energy. For a question about your service, press 1. For a complaint, press 2."
    verbs = (Listen((Speak(text, "en-US", "Polly.Joanna-Neural"),), digits=1),)
    to = Addresses("https://hotline.example.org", "k1" + "A" * 400)

    def by_library() -> str:
        response = VoiceResponse()
        gather = Gather(
            action="https://hotline.example.org/voice/t/" + to.token + "/step",
            action_on_empty_result=True,
            num_digits=1,
            finish_on_key="",
            timeout=5,
        )
        gather.say(text, language="en-US", voice="Polly.Joanna-Neural")
        response.append(gather)
        return str(response)

    return each(lambda: document(verbs, MAIN, to), 5000), each(by_library, 2000)


def compile_cost(steps: int) -> tuple[float, float]:
    """Seconds to check and build, and seconds of the C loader alone on the same files."""
    files = hotline_of(steps)
    begin = time.perf_counter()
    if compile_hotline(files).content is None:
        raise RuntimeError("the generated hotline is refused")
    ours = time.perf_counter() - begin
    begin = time.perf_counter()
    for text in files.values():
        yaml.load(text, Loader=yaml.CSafeLoader)
    return ours, time.perf_counter() - begin
