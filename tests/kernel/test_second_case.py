from kernel.hotline import hotline

from ivr.facts.numbers import NumberBlocks
from ivr.facts.snapshot import Living, snapshot_of
from ivr.facts.view import Asking, TurnFacts


def test_a_second_case_of_a_kind_in_one_turn_has_a_number_of_its_own(tmp_path):
    blocks = NumberBlocks(tmp_path, lambda _series, count: range(10000, 10000 + count))
    blocks.fill("C")
    facts = TurnFacts(hotline(), snapshot_of(Living(), 0.0), blocks, Asking("CA1", "care", 0.0, None))
    assert facts["number.complaint"] == facts["number.complaint"]
    assert facts["number.complaint.2"] != facts["number.complaint"]
    assert facts["number.complaint.2"].startswith("C")
