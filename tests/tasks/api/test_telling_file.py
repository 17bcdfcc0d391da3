"""The survey tool's file over the REST API: taken, and what the tool did handed back."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cx_loop import clock
from tasks.models import OptOut, Told
from tests.api_stories import BASE, get, post, with_key
from tests.factories import NOW, make_department, make_user
from tests.pages import reading_as
from tests.tasks.conftest import Mended

GUESTS = ("guest-1", "guest-2", "+86 7")


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with clock.set_to(NOW):
        yield


@pytest.fixture
def url(world: Mended) -> str:
    for guest in (*GUESTS, "wei@example.com"):
        world.answered(guest, contact=True)
    task = world.mend()
    world.tell(task, world.template())
    return f"tasks/{task.number}/told/file/"


def taken(client: Any, url: str) -> list[str]:
    """The customers in the file."""
    answer = client.get(BASE + url)
    assert answer.status_code == 200, answer.content
    rows = list(csv.DictReader(StringIO(b"".join(answer).decode())))
    return sorted(row["customer"] for row in rows)


def faults(body: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(each["line"], each["field"], each["code"]) for each in body["results"]]


def test_what_the_tool_did_is_kept_line_by_line_and_leaves_the_file(
    world: Mended, url: str
) -> None:
    key, as_ana = with_key("work"), {"as": world.ana.email}
    assert taken(key, url) == ["'+86 7", "guest-1", "guest-2"]
    rows: list[Any] = [
        {"customer": "guest-1", "outcome": "sent", "at": NOW.isoformat()},
        {"customer": "guest-9", "outcome": "sent"},
        {"customer": "guest-2", "outcome": "gone"},
        {"customer": "+86 7", "outcome": "opted_out"},
        {"customer": "wei@example.com", "outcome": "sent"},
    ]
    body = post(key, url, rows=rows, **as_ana)
    assert (body["landed"], body["unchanged"], body["refused"]) == (2, 0, 3)
    unknown = "customer_unknown"
    assert faults(body) == [
        (2, "customer", unknown),
        (3, "outcome", "outcome_unknown"),
        (5, "customer", unknown),
    ]
    assert post(key, url, rows=rows, **as_ana)["unchanged"] == 2
    assert (taken(key, url), OptOut.objects.get().how) == (["guest-2"], "tool")
    (told,) = get(key_that_reads(), url.removesuffix("file/"))["tellings"]
    assert (told["file"], told["sent"], told["failed"], told["opted_out"]) == (3, 1, 0, 1)


def key_that_reads() -> Any:
    return with_key("read")


def test_a_spreadsheet_comes_back_as_it_was_saved(world: Mended, url: str) -> None:
    said = "customer;姓名;outcome\n'+86 7;王;sent\nguest-1;李;failed\nguest-1;李;sent\n"
    file = SimpleUploadedFile("back.csv", said.encode("gb18030"))
    asked = {"file": file, "as": world.ana.email}
    answer = with_key("work").post(BASE + url, asked, format="multipart")
    assert (answer.status_code, answer.json()["landed"]) == (200, 2)
    assert faults(answer.json()) == [(4, "outcome", "said_twice")]
    kept = Told.objects.exclude(outcome="").order_by("outcome")
    assert [each.outcome for each in kept] == ["failed", "sent"]


def test_all_refused_is_told_apart_and_so_is_who_may_not(world: Mended, url: str) -> None:
    rows = [{"customer": "guest-9", "outcome": "sent"}]
    assert post(world.ana, url, 422, rows=rows)["refused"] == 1
    assert post(world.ana, url, 400)["code"] == "invalid"
    assert post(with_key("work"), url, 400, rows=rows)["code"] == "person_required"
    get(with_key("read"), url, 403)
    get(with_key("work", department=make_department("it")), url, 404)
    get(make_user(is_analyst=True), url, 403)
    headless = {"file": SimpleUploadedFile("x.csv", b"customer,state\na,sent\n")}
    client = with_key("work")
    answer = client.post(BASE + url, {**headless, "as": world.ana.email}, format="multipart")
    assert (answer.status_code, answer.json()["code"]) == (400, "column_missing")


def test_the_page_takes_the_same_file_and_shows_the_lines_that_are_wrong(
    world: Mended, url: str
) -> None:
    page = f"/tasks/{Told.objects.first().task_id}/told/"
    file = SimpleUploadedFile("b.csv", b"customer,outcome\nguest-1,sent\nguest-9,sent\n")
    answer = reading_as(world.ana).post(f"{page}outcomes/", {"file": file})
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "1 sent, 0 failed, 0 opted out, 2 not said yet" in said
    assert ("line 3" in said, "guest-9" in said) == (True, False)
