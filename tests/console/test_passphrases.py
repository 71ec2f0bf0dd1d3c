"""Which passphrases are taken."""

from __future__ import annotations

import pytest

from console.signin.secrets import judge


@pytest.mark.parametrize(
    ("passphrase", "good"),
    [
        ("plum tractor violin seven", True),
        ("Tr0ub4dor&3", False),  # too short
        ("passwordpassword", False),
        ("helen.okafor.aurora", False),
        ("aaaaaaaaaaaaaaaaaaaa", False),
        ("qwertyuiop123456", False),
        ("x" * 201, False),
        ("鳥 森 川 空 雪 花 月 星 風 海 石 火", True),
    ],
)
def test_passphrases_are_judged_by_how_soon_they_are_guessed(passphrase: str, good: bool) -> None:
    assert (judge(passphrase, ("Helen Okafor", "helen@aurora.example")) == []) is good
