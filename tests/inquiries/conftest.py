import pytest
from inquiries.neighbour import next_door


@pytest.fixture
def neighbour():
    with next_door() as ours:
        yield ours
