"""A menu that could collect more than a token holds is refused; one that asks less is not."""

from small_hotline import codes

QUESTION = """\
{name}:
  ask: Please key in the number.
  as: {name}
  digits: 30
  then: {then}
"""


def asking(count):
    """A main menu that asks for so many numbers, one after the other."""
    names = [f"number_{number}" for number in range(count)]
    return "".join(
        QUESTION.format(name=name, then=then) for name, then in zip(names, [*names[1:], "desk"], strict=True)
    )


def test_too_many_long_answers_are_an_error():
    assert "token-too-long" in codes(asking(40).replace("number_0:", "main:", 1))


def test_a_few_long_answers_are_none():
    assert "token-too-long" not in codes(asking(4).replace("number_0:", "main:", 1))
