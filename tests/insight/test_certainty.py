"""How sure: compared with published examples, and with what chance really does."""

from __future__ import annotations

from random import Random

import pytest

from ivr.insight.certainty import Share, between, between_medians
from ivr.insight.figures import KINDS, figure
from ivr.insight.saying import TOO_FEW, change
from ivr.insight.words import word


def test_wilsons_interval_is_the_published_one():
    # Newcombe, Statistics in Medicine 17 (1998) 857: 81 of 263, 15 of 148
    assert Share(81, 263).interval() == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert Share(15, 148).interval() == pytest.approx((0.0624, 0.1605), abs=1e-4)


def test_the_interval_of_a_difference_is_the_published_one():
    # Newcombe, Statistics in Medicine 17 (1998) 873, table II, method 10: 56/70 - 48/80
    found = between(Share(48, 80), Share(56, 70))
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=1e-4)
    assert found.sure


def test_medians_that_are_the_same_seldom_look_different():
    chance, wrong = Random(7), 0
    for _ in range(200):
        sides = []
        for _ in range(2):
            side: dict[int, int] = {}
            for _ in range(100):
                seconds = int(chance.expovariate(1 / 15))
                side[min(seconds, 20)] = side.get(min(seconds, 20), 0) + 1
            sides.append(side)
        found = between_medians(*sides)
        assert found is not None
        wrong += found.sure
    assert wrong <= 20


@pytest.mark.parametrize(
    ("before", "after", "said", "shape"),
    [
        ((10, 100), (5, 19), TOO_FEW, "off"),
        ((100, 1000), (200, 1000), "10.0 points worse", "bad"),
        ((200, 1000), (100, 1000), "10.0 points better", "ok"),
        ((10, 100), (12, 100), "cannot tell yet", "off"),
    ],
)
def test_a_change_is_said_only_where_it_is_sure(before, after, said, shape):
    kind = next(kind for kind in KINDS if kind.id == "gave_up")
    sides = [{"gave_up": part, "calls": whole} for part, whole in (before, after)]
    from collections import Counter

    told = change(figure(kind, Counter(sides[1]), Counter(sides[0])))
    assert told[0].startswith(said)
    assert told[1] == shape


def test_what_cannot_be_told_says_how_many_calls_would():
    found = between(Share(10, 100), Share(12, 100))
    assert not found.sure
    assert found.needed > 1000
    more = found.needed // 100
    assert between(Share(10 * more, 100 * more), Share(12 * more, 100 * more)).low == pytest.approx(0.0, abs=0.005)
    assert word("a", "b") == "a/b"
