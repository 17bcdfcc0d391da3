"""Files on a task, over the REST API."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test.client import encode_multipart

from cx_loop.models import Activity
from tasks.logic.attachments import LARGEST, MOST
from tasks.models import Attachment
from tests.api_stories import BASE, codes, get, post, signed_in, with_key
from tests.factories import make_attachment

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
HTML = b"<html><script>alert(1)</script></html>"


def send(who, task, name="gate.png", content=PNG, status=201, **said):
    client = who if hasattr(who, "post") else signed_in(who)
    upload = SimpleUploadedFile(name, content)
    answer = client.post(f"{BASE}tasks/{task.number}/attachments/", {"file": upload, **said})
    assert answer.status_code == status, answer.content[:500]
    return answer.json()


def test_a_file_comes_back_as_a_download_and_as_nothing_else(airline, task):
    kept = send(airline.ana, task)
    assert (kept["name"], kept["kind"], kept["size"]) == ("gate.png", "png", len(PNG))
    answer = signed_in(airline.lin).get(kept["url"])
    assert answer.content == PNG
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == 'attachment; filename="gate.png"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    assert get(airline.ana, f"tasks/{task.number}/")["attachments"] == [kept]
    assert get(airline.ana, f"tasks/{task.number}/attachments/") == [kept]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.txt", b"", "file_empty"),
        ("a.png", HTML, "file_type_mismatch"),
        ("a.html", HTML, "file_type_unknown"),
        ("a.zip", b"PK\x03\x04", "file_type_unknown"),
        ("a.docx", b"PK\x03\x04" + bytes(99), "file_unsafe"),
    ],
)
def test_what_is_not_taken_is_said_and_not_kept(airline, task, name, content, code):
    assert codes(send(airline.ana, task, name, content, 400)) == {"file": code}
    assert not Attachment.objects.exists()


def test_eleven_megabytes_are_too_many(airline, task):
    said = send(airline.ana, task, "a.txt", b"a" * (11 * 1024 * 1024), 413)
    assert said["code"] == "file_too_large"
    assert send(airline.ana, task, "a.txt", b"a" * LARGEST)["size"] == LARGEST


def test_a_path_in_a_name_leads_nowhere(airline, task):
    kept = send(airline.ana, task, "../../static/x.png")
    assert kept["name"] == "x.png"
    kept = send(airline.ana, task, "登机口.png", PNG + b"1")
    answer = signed_in(airline.ana).get(kept["url"])
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")


def test_the_same_file_again_is_the_one_that_is_there(airline, task):
    assert send(airline.ana, task)["id"] == send(airline.lin, task)["id"]
    assert Activity.objects.filter(verb="attached").count() == 1


def test_a_task_has_room_for_so_many(airline, task):
    for place in range(1, MOST + 1):
        make_attachment(task, place=place)
    assert codes(send(airline.ana, task, status=400)) == {"file": "too_many_files"}
    post(airline.lin, f"tasks/{task.number}/attachments/{Attachment.objects.last().pk}/remove/")
    send(airline.ana, task)


def test_the_database_keeps_the_limit_too(airline, task):
    make_attachment(task)
    for wrong in ({"place": 1}, {"place": MOST + 1}, {"place": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_attachment(task, **wrong)


def test_who_put_it_there_and_leads_may_take_it_away_for_good(airline, task):
    kept, other = send(airline.ana, task), send(airline.lin, task, "lead.png", PNG + b"1")
    at = f"tasks/{task.number}/attachments"
    post(airline.ana, f"{at}/{other['id']}/remove/", 403)
    post(airline.ana, f"{at}/{kept['id']}/remove/")
    post(airline.ana, f"{at}/{kept['id']}/remove/", 404)
    get(airline.ana, f"{at}/{kept['id']}/", 404)
    gone = Attachment.objects.get(pk=kept["id"])
    assert (gone.content, gone.removed_by) == (None, airline.ana)
    post(airline.dirk, f"{at}/{other['id']}/remove/")
    verbs = Activity.objects.filter(subject_id=task.number).order_by("id")
    assert [each.verb for each in verbs] == ["attached", "attached", "detached", "detached"]


def test_files_of_another_department_are_not_there(airline, task):
    kept = send(airline.ana, task)
    at = f"tasks/{task.number}/attachments"
    send(airline.ida, task, status=404)
    get(airline.ida, f"{at}/", 404)
    get(airline.ida, f"{at}/{kept['id']}/", 404)
    post(airline.ida, f"{at}/{kept['id']}/remove/", 404)
    get(with_key("read", department=airline.it), f"{at}/{kept['id']}/", 404)


def test_a_file_is_not_reached_through_another_task(airline, task, critical):
    kept = send(airline.ana, task)
    get(airline.ana, f"tasks/{critical.number}/attachments/{kept['id']}/", 404)


def test_an_analyst_reads_and_adds_nothing(airline, task):
    kept = send(airline.ana, task)
    get_file = signed_in(airline.analyst).get(kept["url"])
    assert get_file.status_code == 200
    assert send(airline.analyst, task, status=403)["code"] == "read_only"


def test_a_key_attaches_for_the_person_it_names(airline, task):
    kept = send(with_key("work"), task, **{"as": airline.ana.email})
    assert kept["by"] == airline.ana.email
    send(with_key("work"), task, status=400)
    send(with_key("read"), task, status=403, **{"as": airline.ana.email})


def test_without_a_file_there_is_nothing_to_keep(airline, task):
    address = f"{BASE}tasks/{task.number}/attachments/"
    assert signed_in(airline.ana).post(address, {}).status_code == 400
    assert signed_in(airline.ana).post(address, {}, format="json").status_code == 400


def test_sent_again_under_its_key_it_is_kept_once(airline, task):
    client = signed_in(airline.ana)
    sent = {"HTTP_IDEMPOTENCY_KEY": "photo-1"}
    for _ in range(2):
        upload = SimpleUploadedFile("a.txt", b"a" * (6 * 1024 * 1024))
        address = f"{BASE}tasks/{task.number}/attachments/"
        answer = client.generic("POST", address, *encoded(upload), **sent)
        assert answer.status_code == 201
    assert answer["Idempotency-Replayed"] == "true"
    assert Attachment.objects.count() == 1


def encoded(upload):
    body = encode_multipart("edge", {"file": upload})
    return body, "multipart/form-data; boundary=edge"
