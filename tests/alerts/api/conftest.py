from collections.abc import Iterator

import pytest

from alerts.models import Alert
from cx_loop import clock
from tests.api_stories import Airline, make_airline
from tests.factories import NOW, make_alert


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with clock.set_to(NOW):
        yield


@pytest.fixture
def airline(db: None) -> Airline:
    return make_airline()


@pytest.fixture
def alert(airline: Airline) -> Alert:
    """An open warning at boarding, without a task."""
    return make_alert(touchpoint=airline.boarding)
