from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cx_loop.models import ApiKey, Rollup, Source
from tests.cx_loop.ingest.conftest import accept, make_airline, said

pytestmark = pytest.mark.django_db


def test_a_key_is_printed_once_and_only_its_hash_is_kept() -> None:
    out = StringIO()
    call_command("create_key", "kiosk", "--scope", "ingest", "--source", "hall", stdout=out)
    text = out.getvalue().strip()
    key = ApiKey.objects.get()
    assert text.startswith(f"cxl_{key.prefix}_")
    assert text.split("_", 2)[2] not in key.digest
    assert (key.scopes, key.source) == (["ingest"], Source.objects.get(key="hall"))


def test_a_key_of_a_department_that_is_not_there_is_refused() -> None:
    with pytest.raises(CommandError, match="no department moon"):
        call_command("create_key", "kiosk", "--scope", "read", "--department", "moon")


def test_wrong_rollups_are_found_and_made_anew() -> None:
    make_airline()
    source = Source.objects.create(key="survey")
    accept(source, said(4), said(5), said(30.5, metric="wait"))
    call_command("rebuild_rollups", "--check", stdout=StringIO())
    Rollup.objects.filter(grain=5, bin=3).update(n=7)
    with pytest.raises(CommandError, match="1 rollups differ"):
        call_command("rebuild_rollups", "--check", stdout=StringIO())
    call_command("rebuild_rollups", stdout=StringIO())
    call_command("rebuild_rollups", "--check", stdout=StringIO())
    assert Rollup.objects.get(grain=5, bin=3).n == 1
