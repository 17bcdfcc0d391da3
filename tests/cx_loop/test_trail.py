"""The trail is append-only, whoever asks."""

import pytest
from django.db import DatabaseError, connection, transaction

from cx_loop.models import SYSTEM, Activity, record
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "statement",
    ["UPDATE cx_loop_activity SET verb = 'nothing'", "DELETE FROM cx_loop_activity"],
)
def test_what_was_said_cannot_be_changed_or_taken_back(statement: str) -> None:
    record(verb="opened", subject="task", subject_id=1, by=SYSTEM, now=NOW)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Activity.objects.get().verb == "opened"
