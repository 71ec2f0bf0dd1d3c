"""The clock of a pretended call: a moment in the line's zone, within this century."""

from __future__ import annotations

import pytest
from kernel.hotline import hotline

from ivr.errors import IvrError
from ivr.rehearsal import line_of, moment

LINE = line_of(hotline(), "")


@pytest.mark.parametrize("at", ["0001-01-01 00:00", "1999-12-31 23:59", "2100-01-01 00:00", "9999-12-31 23:59"])
def test_a_year_far_away_is_refused_and_the_years_that_can_be_are_named(at: str) -> None:
    with pytest.raises(IvrError, match="too far away") as refused:
        moment(at, LINE, 5.0)
    assert "2000 to 2099" in (refused.value.hint or "")


def test_the_first_and_the_last_moment_can_be_heard() -> None:
    assert moment("2000-01-01 00:00", LINE, 5.0) < moment("2099-12-31 23:59", LINE, 5.0)
    assert moment("", LINE, 5.0) == 5.0
    with pytest.raises(IvrError, match="is not a moment"):
        moment("tomorrow", LINE, 5.0)
