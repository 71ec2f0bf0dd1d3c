import pytest

from ivr.engine.conditions import ConditionError, check_condition, compile_condition, holds

TYPES = {
    "team.repairs.free": "number",
    "team.repairs.open": "yes_no",
    "caller.language": "text",
    "caller.lists": "list",
    "about": "choice",
    "account": "digits",
    "visits.main.pin": "number",
}
KNOWN = {
    "team.repairs.free": 2,
    "team.repairs.open": True,
    "caller.language": "da-DK",
    "caller.lists": ["refused"],
    "about": "bill",
    "account": "0042",
    "visits.main.pin": 3,
}


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ('team.repairs.free > 0 and caller.language == "da-DK"', True),
        ('"refused" in caller.lists', True),
        ('"vip" in caller.lists', False),
        ("not team.repairs.open", False),
        ("team.repairs.open == true", True),
        ("about == 'bill' or about == 'visit'", True),
        ('about in ["visit", "bill"]', True),
        ("visits.main.pin - 1 >= 2", True),
        ("(team.repairs.free + 1) != 3", False),
        ("team.repairs.free <= 1.5", False),
    ],
)
def test_a_condition_is_judged(text, truth):
    assert holds(text, KNOWN.get) is truth
    assert check_condition(text, TYPES).names


@pytest.mark.parametrize("text", ["not flag.storm", "flag.storm", "flag.storm or team.repairs.open", "0 < flag.storm"])
def test_a_condition_that_reads_anything_unknown_is_false_not_included(text):
    assert not holds(text, KNOWN.get)


def test_values_of_types_that_cannot_be_compared_are_as_good_as_unknown():
    assert not holds("about > 3", KNOWN.get)


def test_a_condition_says_what_it_reads_and_which_texts_it_compares():
    condition = compile_condition('about == "bill" and ("x" != account or about == caller.language)')
    assert condition.names == ("about", "account", "caller.language")
    assert condition.equals == (("about", "bill"), ("account", "x"))


@pytest.mark.parametrize(
    "text",
    [
        'about =~ "(a+)+b"',
        'about !~ "b"',
        'about =~~ "b"',
        "9 ** 9 ** 9",
        "$now > 3",
        "$random",
        'd"2026-01-01" == about',
        "about ? 1 : 2",
        "about.",
        "about and",
        "",
        "1.2.3 > about",
        'about == "never closed',
        "[x for x in caller.lists]",
        "about" + " and about" * 200,
    ],
)
def test_what_could_do_harm_or_means_nothing_is_refused(text):
    with pytest.raises(ConditionError):
        compile_condition(text)


def test_an_unknown_name_is_told_with_the_one_that_was_meant():
    with pytest.raises(ConditionError, match=r"'team.repairs.fre' is not known here") as error:
        check_condition("team.repairs.fre > 0", TYPES)
    assert error.value.hint == "did you mean 'team.repairs.free'?"
    with pytest.raises(ConditionError) as error:
        check_condition("zzz", TYPES)
    assert "facts such as" in error.value.hint


@pytest.mark.parametrize(
    "text", ["account == 42", "4 != about", "team.repairs.open == 'yes'", "visits.main.pin + 1 == 'a'"]
)
def test_what_can_never_be_equal_is_refused(text):
    with pytest.raises(ConditionError, match="never equal"):
        check_condition(text, TYPES)


def test_a_condition_that_reads_nothing_is_refused():
    with pytest.raises(ConditionError, match="reads nothing"):
        check_condition("'a' == 1", TYPES)


def test_types_that_cannot_be_compared_are_refused():
    with pytest.raises(ConditionError):
        check_condition("about > 3", TYPES)


def test_a_lists_own_type_may_be_compared_with_itself():
    assert check_condition("caller.lists == caller.lists", TYPES).names == ("caller.lists",)


def test_a_condition_is_compiled_once():
    assert compile_condition("team.repairs.open") is compile_condition("team.repairs.open")
