"""Numbers of payment cards are not whole on any page, and what else has many digits is."""

from __future__ import annotations

import pytest

from console.signs import harmless
from ivr.messages import Conversation, Draft
from ivr.payment_cards import hide_cards
from tests.kernel.two_calls import CALL

CARDS = (
    *("4539578763621486", "4539 5787 6362 1486", "5500-0055-5555-5559", "378282246310005", "6011000990139424"),
    *("2223003122003222", "2720 9999 9999 9996", "2221-0000-0000-0009"),
    *("4539\u00a05787\u00a06362\u00a01486", "4539.5787.6362.1486", "4539/5787/6362/1486", "3782.822463.10005"),
    *("4539\u202f5787\u202f6362\u202f1486", "2223.0031.2200.3222"),
)
AROUND = (
    *("{}", "they gave {}", "card {}, until 12/28", "({})", "card:{}", "no.{}", "visa-{}.Then"),
    *("\u201c{}\u201d", "{}\n", "{}; {}"),
)


@pytest.mark.parametrize("number", CARDS)
@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "they gave {}",
        "card {}, until 12/28",
        "({})",
        "card:{}",
        "no.{}",
        "visa-{}.Then",
        "\u201c{}\u201d",
        "{}\n",
    ],
)
def test_a_card_is_hidden_but_for_its_last_four(number: str, around: str) -> None:
    assert hide_cards(around.replace("{}", number)) == around.replace("{}", f"•••• {number[-4:]}")
    assert harmless(around.replace("{}", number)) == around.replace("{}", f"•••• {number[-4:]}")


@pytest.mark.parametrize(
    "text",
    [
        "4539578763621487",  # its check digit is wrong
        "+4539578763621486",
        "CA4539578763621486",
        "4539578763621486abc",
        "1.4539578763621486",
        "4539578763621486.5",
        "1234567890123452",  # of no payment network
        "2220999999999991",
        "2721000000000004",
        "22230031220038",  # 2-series have sixteen digits
        "45.39.57.87.63.62.14.86",
        "4539.5787/6362.1486",
        "4539.5787.6362.1486.1",
        "40227195",
        "2026-11-28 08:00",
        "4155550123 4155550124",
        "45395787636214864539578763621486",
    ],
)
def test_other_digits_stay(text: str) -> None:
    assert hide_cards(text) == text


def test_on_pages_no_card_is_whole(casework) -> None:
    store, clients = casework
    keyring = clients["admin"].application.extensions["keyring"]
    (case,) = store.cases.of_call(CALL)
    draft = Draft(case=case.number, channel="note", body=f"they gave {CARDS[0]}", author="Priya", once="1")
    assert Conversation(store, keyring).write(draft, 1.0)
    page = clients["admin"].get(f"/cases/{case.number}").text
    assert "they gave •••• 1486" in page
    assert CARDS[0] not in page
