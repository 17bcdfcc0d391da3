"""What the hot paths ask of the database, held against tests/golden/queries_*.txt.

A query more is a decision, not an accident: CX_WRITE_GOLDEN=1 writes the files anew, to be read
before they are committed.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

from alerts.actions.evaluate import drain
from cx_loop import clock
from tests.factories import make_alert, make_organization, make_task, make_touchpoint, make_user
from tests.flows.loop import MINUTE, MONDAY, Loop
from tests.pages import reading_as, seen

GOLDEN = Path(__file__).parents[1] / "golden"
TABLE = re.compile(r'(?:FROM|JOIN|INTO|UPDATE) "?((?:cx_loop|alerts|tasks|django|auth)_\w+)')


@contextmanager
def held_against(name: str) -> Iterator[None]:
    """What is asked inside the block must be what the golden file says."""
    with CaptureQueriesContext(connection) as queries:
        yield
    asked = "".join(f"{shape(query['sql'])}\n" for query in queries.captured_queries)
    path = GOLDEN / f"queries_{name}.txt"
    if os.environ.get("CX_WRITE_GOLDEN"):
        path.write_text(asked, "utf-8")
    assert asked == path.read_text("utf-8")


def shape(sql: str) -> str:
    """The verb and the tables of a statement, in the order they are named."""
    plain = " ".join(sql.split())
    verb = plain.partition(" ")[0]
    if verb in ("SAVEPOINT", "RELEASE"):
        return verb
    tables = list(dict.fromkeys(TABLE.findall(plain)))
    locks = ["FOR UPDATE"] if "FOR UPDATE" in plain else []
    skips = ["SKIP LOCKED"] if "SKIP LOCKED" in plain else []
    return " ".join([verb, *tables, *locks, *skips])


def test_a_drain_of_one_touched_series(loop: Loop) -> None:
    loop.send(10, 10, 10, at=MONDAY)
    loop.run(MONDAY)
    later = MONDAY + MINUTE
    loop.send(11, at=later)
    with clock.set_to(later), held_against("drain"):
        drain(now=later)


def test_a_drain_that_opens_an_alert_and_its_task(loop: Loop) -> None:
    loop.send(10, 10, 10, at=MONDAY)
    loop.run(MONDAY)
    later = MONDAY + MINUTE
    loop.send(90, 90, 90, at=later)
    with clock.set_to(later), held_against("drain_that_opens"):
        drain(now=later)


def test_my_queue(db: None) -> None:
    make_organization()
    touchpoint = make_touchpoint("boarding")
    ana = make_user(department=touchpoint.owner)
    for _ in range(3):
        make_task(make_alert(touchpoint=touchpoint))
    client = reading_as(ana)
    seen(client, "/")
    with held_against("queue"):
        seen(client, "/")


def test_the_board(db: None) -> None:
    make_organization()
    touchpoint = make_touchpoint("boarding")
    lead = make_user(department=touchpoint.owner, role="lead")
    for _ in range(3):
        make_task(make_alert(touchpoint=touchpoint))
    client = reading_as(lead)
    seen(client, "/board/")
    with held_against("board"):
        seen(client, "/board/")


def test_the_insights(db: None) -> None:
    make_organization()
    touchpoint = make_touchpoint("boarding")
    lead = make_user(department=touchpoint.owner, role="lead")
    for _ in range(3):
        make_task(make_alert(touchpoint=touchpoint))
    client = reading_as(lead)
    seen(client, "/insights/")
    with held_against("insights"):
        seen(client, "/insights/")


def test_a_journey_map(db: None) -> None:
    make_organization()
    touchpoint = make_touchpoint("boarding")
    make_task(make_alert(touchpoint=touchpoint))
    client = reading_as(make_user(department=touchpoint.owner))
    seen(client, "/journeys/flight/?at=boarding")
    with held_against("journey_map"):
        seen(client, "/journeys/flight/?at=boarding")
