"""A file of answers over the API: handed in, asked after, its refused lines read."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cx_loop import clock
from cx_loop.ingest.files.work import work_on_files
from cx_loop.models import HandedFile
from tests.api_stories import BASE, get, post, with_key
from tests.cx_loop.hooks.conftest import NOW, counted, entries, tool  # noqa: F401
from tests.cx_loop.ingest.test_workbook import workbook
from tests.factories import make_admin, make_source, make_user

pytestmark = pytest.mark.django_db
ROWS = [["Timestamp", "Score"], ["2026-03-10 09:00:00", 3], ["2026-03-10 09:01:00", "bad"]]
FILES = "sources/google-forms-main/files/"


def hand_in(client: Any, status: int = 202, **said: Any) -> Any:
    file = SimpleUploadedFile("answers.xlsx", workbook(ROWS))
    with clock.set_to(NOW):
        response = client.post(BASE + FILES, {"file": file, **said}, format="multipart")
    assert response.status_code == status, response.content
    return response


def go_on() -> None:
    with clock.set_to(NOW):
        while work_on_files(now=NOW):
            pass


def test_a_file_is_counted_in_one_call_and_says_what_came_of_it(tool):  # noqa: F811
    tool("google-forms", entries("Score"))
    key, person = with_key("admin"), make_admin().email
    answer = hand_in(key, then="count", **{"as": person})
    at = answer["Location"].removeprefix(BASE)
    assert (answer.json()["state"], answer.json()["progress"]) == ("reading", f"{BASE}{at}")
    go_on()
    told = get(key, at)
    assert (told["state"], told["landed"], told["refused"]) == ("counted", 1, 1)
    (line,) = get(key, f"{at}refused/")["results"]
    assert (line["line"], line["cells"][1], line["code"]) == (3, "bad", "answer_not_a_number")
    assert [row[3] for row in counted()] == [3]
    assert [each["id"] for each in get(key, FILES)["results"]] == [told["id"]]


def test_a_file_waits_until_it_is_said_what_to_do(tool):  # noqa: F811
    made, admin = tool("google-forms", entries("Score")), make_admin()
    at = f"{FILES}{hand_in(with_key('admin'), **{'as': admin.email}).json()['id']}/"
    post(admin, f"{at}try/", 409)
    go_on()
    assert post(admin, f"{at}try/")["state"] == "trying"
    go_on()
    assert (get(admin, at)["state"], counted()) == ("tried", [])
    post(admin, f"{at}drop/")
    assert not HandedFile.objects.exists()
    made.source.mapping = []
    made.source.save()
    unmapped = hand_in(with_key("admin"), 409, then="try", **{"as": admin.email})
    assert unmapped.json()["code"] == "mapping_missing"


def test_files_are_for_admins_and_unbound_keys(tool):  # noqa: F811
    tool("google-forms", entries("Score"))
    admin = make_admin()
    get(make_user(is_analyst=True), FILES, 403)
    get(with_key("work"), FILES, 403)
    get(with_key("admin", source=make_source("other")), FILES, 404)
    hand_in(with_key("admin"), 400)
    hand_in(with_key("admin"), 403, **{"as": make_user("ana@example.com").email})
    hand_in(with_key("admin"), 400, then="burn", **{"as": admin.email})
    post(with_key("admin"), FILES, 400, **{"as": admin.email})
