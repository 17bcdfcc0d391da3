"""Retention in another process drops a month that this one knows."""

import pytest
from django.db import connection

from cx_loop.ingest import partitions
from cx_loop.models import Observation, Series, Source
from tests.cx_loop.ingest.conftest import accept, said

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("airline")]
LATE = {"occurred_at": "2025-11-10T10:00:00Z", "touchpoint": "meal"}


@pytest.mark.parametrize("count", [1, 2])
def test_a_new_series_in_it_is_made_again_with_the_month(source: Source, count: int) -> None:
    accept(source, said(4, external_id="r0", occurred_at=LATE["occurred_at"]))
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {partitions.name_of(2025, 11)}")
    result = accept(source, *[said(3, external_id=f"r{n + 1}", **LATE) for n in range(count)])
    assert (result.accepted, result.rejected) == (count, 0)
    assert Series.objects.filter(pk__in=result.series_ids).count() == 1
    assert Observation.objects.filter(series__touchpoint__key="meal").count() == count
