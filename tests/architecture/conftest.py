import pytest

from tests.flows.loop import Loop


@pytest.fixture
def loop(db: None) -> Loop:
    return Loop()
