"""`survey` as it is written in menus."""

from menu.hotlines import compiled, good, only

START = "main:\n  survey: {}\n  silence: over\n  wrong: over\n  then: over\n"


def survey(written: str, **files):
    return good(START.format(written), **files).tree.steps["main.main"]


def test_three_questions_are_ours_in_every_language():
    found = survey("[resolved, representative, recommend]")
    assert [(one.name, one.low, one.high) for one in found.questions] == [
        ("resolved", 1, 2),
        ("representative", 1, 5),
        ("recommend", 0, 10),
    ]
    assert set(found.questions[0].text.texts) == {"en-US", "da-DK"}
    told = compiled(START.format("resolved")).problems
    assert not [one for one in told if one.code == "untranslated" and one.path == "menus/main.yaml"]


def test_a_question_of_ones_own_has_a_scale_or_answers_with_words():
    own = "[{ask: How?, as: how, between: 0 to 7}, {ask: Where?, as: place, answers: {1: at home, 3: away}}]"
    scale, choice = survey(own).questions
    assert (scale.low, scale.high, scale.answers) == (0, 7, ())
    assert [(one.key, one.words.texts["en-US"]) for one in choice.answers] == [("1", ("at home",)), ("3", ("away",))]


def test_its_texts_are_translated_under_the_name_of_the_question():
    own = "[{ask: Where?, as: place, answers: {1: at home, 2: away}}]"
    danish = "main.main:\n  survey:\n    place: {ask: Hvor?, answers: {1: hjemme, 2: ude}}\n"
    (question,) = survey(own, **{"menus/locales/da-DK.yaml": danish}).questions
    assert question.text.texts["da-DK"] == ("Hvor?",)
    assert question.answers[1].words.texts["da-DK"] == ("ude",)
    missing = [one for one in compiled(START.format(own)).problems if one.code == "untranslated"]
    assert "survey" in missing[0].text


def test_only_answers_that_another_step_reads_travel_with_the_call():
    assert survey("[resolved, recommend]").read == frozenset()
    reading = "main:\n  survey: [resolved, recommend]\n  failed: over\n  then: which\n"
    reading += "\nwhich:\n  decide:\n    - {if: not resolved, then: over}\n  else: over\n"
    content = good(reading)
    assert content.tree.steps["main.main"].read == {"resolved"}
    assert content.tree.types["resolved"] == "yes_no"


def test_an_answer_may_be_missing_where_the_caller_may_decline():
    reading = "main:\n  survey: recommend\n  opt_in: yes\n  failed: over\n  then: told\n"
    reading += "\ntold:\n  say: You said {recommend}.\n  then: over\n"
    assert "'recommend' may not be set" in only("unset-value", reading).text
    good(reading.replace("  opt_in: yes\n", ""))


def test_what_cannot_be_asked_is_named():
    assert "did you mean 'resolved'" in only("unknown-word", START.format("[resolvd]")).hint
    assert "takes no answer" in only("missing-key", START.format("[{ask: How?, as: how}]")).text
    both = "[{ask: How?, as: how, between: 1 to 5, answers: {1: well}}]"
    assert only("no-effect", START.format(both)).fix is not None
    assert "twice" in only("duplicate-key", START.format("[resolved, resolved]")).text
    assert "not a digit" in only("bad-key", START.format("[{ask: How?, as: how, answers: {12: well}}]")).text
    many = ", ".join(f"{{ask: How {n}?, as: how{n}, between: 1 to 5}}" for n in range(10))
    assert "more than 9" in only("bad-number", START.format(f"[{many}]")).text
