from ivr.engine.phrases import PHRASES


def test_every_month_has_a_name():
    assert {name for name in PHRASES if name.startswith("month_")} == {f"month_{n}" for n in range(1, 13)} | {
        "month_year"
    }
