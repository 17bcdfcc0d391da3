"""The page of a file: handed in, mapped by its head, tried, counted, refused lines taken."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cx_loop import clock
from cx_loop.ingest.files.work import work_on_files
from cx_loop.models import Delivery, HandedFile, Source
from tests.cx_loop.hooks.conftest import NOW as LATER
from tests.cx_loop.hooks.conftest import counted, entries, tool  # noqa: F401
from tests.cx_loop.ingest.test_workbook import workbook
from tests.factories import make_admin, make_user
from tests.pages import reading_as, seen

pytestmark = pytest.mark.django_db
PAGE = "/sources/google-forms-main/"
ROWS = [["Timestamp", "Score"], ["2026-03-10 09:00:00", 3], ["2026-03-10 09:01:00", "=bad"]]


@pytest.fixture
def admin() -> Any:
    return reading_as(make_admin())


def send(client: Any, url: str, status: int = 302, **said: Any) -> Any:
    with clock.set_to(LATER):
        response = client.post(url, said)
    assert response.status_code == status, response.content.decode()[:2000]
    return response


def hand_in(client: Any, name: str, content: bytes, status: int = 302) -> str:
    answer = send(client, f"{PAGE}files/", status, file=SimpleUploadedFile(name, content))
    go_on()
    return str(answer.url) if status == 302 else answer.content.decode()


def go_on() -> None:
    with clock.set_to(LATER):
        work_on_files(now=LATER)


def test_a_sheet_is_tried_and_counted_on_its_page(admin, tool):  # noqa: F811
    tool("google-forms", entries("Score"))
    page = hand_in(admin, "answers.xlsx", workbook(ROWS))
    assert "Read: not counted yet" in seen(admin, page)
    send(admin, page, do="try")
    assert "Being tried" in seen(admin, page)
    assert 'hx-trigger="every 1s"' in seen(admin, page)
    go_on()
    with clock.set_to(LATER):
        assert admin.get(page, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    told = seen(admin, page)
    assert "1 answer would be counted." in told
    assert "An answer is no number." in told
    assert counted() == []
    send(admin, page, do="count")
    go_on()
    assert "1 answer was counted." in seen(admin, page)
    assert [row[3] for row in counted()] == [3]
    assert "answers.xlsx" in seen(admin, PAGE)


def test_refused_lines_are_taken_away_as_they_stood(admin, tool):  # noqa: F811
    tool("google-forms", entries("Score"))
    page = hand_in(admin, "answers.xlsx", workbook(ROWS))
    send(admin, page, do="try")
    go_on()
    with clock.set_to(LATER):
        said = b"".join(admin.get(f"{page}refused/").streaming_content).decode("utf-8-sig")
    head, line = said.strip().split("\r\n")
    assert head == "Timestamp,Score,line,code,reason"
    assert line.startswith("2026-03-10 09:01:00,'=bad,3,answer_not_a_number,")


def test_the_head_of_a_file_is_mapped_like_a_delivery(admin, tool):  # noqa: F811
    tool("google-forms", [])
    page = hand_in(admin, "answers.csv", b"Timestamp,Score\n2026-03-10 09:00:00,3\n")
    assert "Say first which column is which" in seen(admin, page)
    with clock.set_to(LATER):
        rows = admin.get(PAGE).context["rows"]
    assert [row.seen.key for row in rows] == ["Score"]
    said = {"field0": "Score", "use0": "metric:nps", "place0": "boarding"}
    said |= {"low0": "0", "high0": "10", "direction0": "higher_is_better"}
    assert (
        "What would be counted"
        in send(admin, f"{PAGE}mapping/", 200, do="try", **said).content.decode()
    )
    send(admin, f"{PAGE}mapping/", do="save", **said)
    assert Source.objects.get().mapping[0]["metric"] == "nps"


def test_json_is_a_delivery_and_what_is_missing_or_too_large_is_told(admin, tool):  # noqa: F811
    tool("google-forms", [])
    hand_in(admin, "answers.json", b'{"a": 1}')
    assert (Delivery.objects.count(), HandedFile.objects.count()) == (1, 0)
    send(admin, f"{PAGE}files/", 422)
    told = hand_in(admin, "answers.json", b"[" + b" " * (5 * 1024 * 1024) + b"]", 422)
    assert "A JSON file may have 5 MB." in told


def test_a_file_is_thrown_away_when_it_is_not_at_work(admin, tool):  # noqa: F811
    tool("google-forms", entries("Score"))
    page = hand_in(admin, "answers.xlsx", workbook(ROWS))
    send(admin, page, do="count")
    send(admin, page, do="drop")
    assert HandedFile.objects.count() == 1
    go_on()
    send(admin, page, do="drop")
    assert HandedFile.objects.count() == 0
    send(admin, page, 404, do="try")
    assert len(counted()) == 1


def test_files_are_for_admins(admin, tool):  # noqa: F811
    tool("google-forms", entries("Score"))
    page = hand_in(admin, "answers.xlsx", workbook(ROWS))
    analyst = reading_as(make_user("ann@example.com", is_analyst=True))
    seen(analyst, page, status=403)
    assert "answers.xlsx" not in seen(analyst, PAGE)
