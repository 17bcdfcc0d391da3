"""What people share, on the page of a task."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cx_loop import clock
from cx_loop.models import Notice, User
from tasks.models import Attachment, Note, Origin, Task, Watcher
from tests.api_stories import Airline, make_airline
from tests.factories import (
    NOW,
    make_alert,
    make_attachment,
    make_comment,
    make_follow_up,
    make_idea,
    make_step,
    make_task,
)
from tests.pages import costs_the_same, reading_as, seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def airline() -> Airline:
    return make_airline()


@pytest.fixture
def task(airline: Airline) -> Task:
    return make_task(make_alert(touchpoint=airline.boarding))


def send(who: User | Client, url: str, status: int = 302, **said: object) -> str:
    client = who if isinstance(who, Client) else reading_as(who)
    with clock.set_to(NOW):
        answer = client.post(url, said)
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode()


def page_of(who: User, task: Task) -> str:
    return seen(reading_as(who), f"/tasks/{task.number}/")


def test_one_button_watches_and_watches_no_more(airline, task):
    at = f"/tasks/{task.number}/watch/"
    assert "Watch no more" not in page_of(airline.lin, task)
    send(airline.lin, at, on="yes")
    assert "Watch no more" in page_of(airline.lin, task)
    assert "<p>Lin</p>" in page_of(airline.ana, task)
    send(airline.lin, at)
    assert not Watcher.objects.exists()
    send(airline.ida, at, 404, on="yes")


def test_a_comment_that_names_somebody_is_in_their_inbox(airline, task):
    send(airline.ana, f"/tasks/{task.number}/comment/", text="@Lin what now?")
    assert Notice.objects.get().user == airline.lin
    assert "Ana has named you in a comment." in seen(reading_as(airline.lin), "/inbox/")


def test_the_inbox_of_a_watcher_says_where_it_stands(airline, task):
    send(airline.lin, f"/tasks/{task.number}/watch/", on="yes")
    send(airline.ana, f"/tasks/{task.number}/accept/")
    inbox = seen(reading_as(airline.lin), "/inbox/")
    assert "A task that you watch has moved on: Accepted." in inbox


def test_a_file_is_shown_with_who_put_it_there_and_downloaded(airline, task):
    upload = SimpleUploadedFile("../gate <b>.txt", b"dark at night")
    send(airline.ana, f"/tasks/{task.number}/attachments/", file=upload)
    kept = Attachment.objects.get()
    page = page_of(airline.lin, task)
    assert kept.name == "gate _b_.txt"
    assert kept.name in page
    assert f"put the file {kept.name} on it" in page
    answer = reading_as(airline.lin).get(f"/tasks/{task.number}/attachments/{kept.pk}/")
    assert answer.content == b"dark at night"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("upload", "status", "said"),
    [
        (None, 422, "Choose a file."),
        (("a.txt", b""), 422, "The file is empty."),
        (("a.png", b"<html>"), 422, "not what its name says"),
        (("a.txt", b"a" * 11 * 1024 * 1024), 413, "at most 10 MB"),
    ],
)
def test_a_file_that_is_not_taken_is_said_beside_the_field(airline, task, upload, status, said):
    files = {"file": SimpleUploadedFile(*upload)} if upload else {}
    page = send(airline.ana, f"/tasks/{task.number}/attachments/", status, **files)
    assert said in page
    assert not Attachment.objects.exists()


def test_too_large_an_upload_passes_the_check_of_forms_and_is_said(airline, task):
    client = Client(enforce_csrf_checks=True)
    client.force_login(airline.ana)
    seen(client, f"/tasks/{task.number}/")
    token = client.cookies["csrftoken"].value
    upload = SimpleUploadedFile("a.txt", b"a" * 11 * 1024 * 1024)
    at = f"/tasks/{task.number}/attachments/"
    page = send(client, at, 413, csrfmiddlewaretoken=token, file=upload)
    assert "at most 10 MB" in page


def test_only_who_may_remove_a_file_is_offered_it(airline, task):
    kept = make_attachment(task, by=airline.ana)
    at = f"/tasks/{task.number}/attachments/{kept.pk}/"
    assert f"{at}remove/" in page_of(airline.ana, task)
    assert f"{at}remove/" not in page_of(airline.analyst, task)
    send(airline.analyst, f"{at}remove/", 403)
    send(airline.ida, f"{at}remove/", 404)
    send(airline.lin, f"{at}remove/")
    assert reading_as(airline.ana).get(at).status_code == 404
    assert reading_as(airline.ana).get(at.replace(str(kept.pk), "9" * 19)).status_code == 404


def test_the_page_asks_no_more_for_more_files_steps_and_words(airline, task):
    places = iter(range(1, 21))

    def more() -> None:
        if place := next(places, None):
            make_attachment(task, place=place, by=airline.lin)
        step = make_step(task, kind="training", owner=airline.lin)
        make_follow_up(step)
        make_idea(task, airline.lin)
        Note.objects.create(task=task, by=airline.lin, at=NOW, text="@Ana look")

    costs_the_same(reading_as(airline.ana), f"/tasks/{task.number}/", more)


def test_both_sides_of_a_tie_are_shown_to_who_may_see_them(airline, task):
    other = make_task(department=airline.it, title={"text": "Slow app"})
    send(airline.dirk, f"/tasks/{other.number}/link/", parent=f"#{task.number}")
    assert f"#{other.number} Slow app" in page_of(airline.dirk, task)
    assert f'href="/tasks/{task.number}/"' in page_of(airline.dirk, other)
    for page in (page_of(airline.ana, task), page_of(airline.ida, other)):
        assert "It gathers these" not in page
        assert "Its cause is worked on in" not in page
    assert "Slow app" not in page_of(airline.ana, task)
    send(airline.dirk, f"/tasks/{other.number}/link/", out="1")
    assert not Task.objects.exclude(parent=None).exists()


@pytest.mark.parametrize("typed", ["", "none", "99999999999999999999", "-1", "0"])
def test_a_number_that_ties_nothing_is_said_and_kept(airline, task, typed):
    page = send(airline.ana, f"/tasks/{task.number}/link/", 422, parent=typed)
    assert "There is no such task that you see." in page


def test_the_way_through_departments_is_shown_once_there_is_one(airline, task):
    assert "Its way through" not in page_of(airline.ana, task)
    send(airline.ana, f"/tasks/{task.number}/hand_over/", department="it", reason="Their app")
    page = page_of(airline.ida, task)
    assert "Its way through the departments" in page
    assert "asked first: the clocks run from then · answers for it" in page
    assert "Ana: Their app" in page


def test_a_comment_of_a_customer_leads_to_a_task(airline):
    said = make_comment(airline.boarding, "Forty minutes, nobody explained", segment="gold")
    place = seen(reading_as(airline.ana), "/touchpoints/boarding/")
    form = f"/touchpoints/boarding/task/?comment={said.pk}"
    assert "Forty minutes" in place
    assert form in place
    opened = seen(reading_as(airline.ana), form)
    assert "Forty minutes, nobody explained" in opened
    assert 'value="What a customer wrote on ' in opened
    send(airline.ana, form, title="Explain waits", severity="2", comment=str(said.pk))
    task = Task.objects.get()
    assert (Origin.objects.get().comment, task.segment) == (said.pk, "gold")
    assert "Forty minutes, nobody explained" in page_of(airline.ana, task)
    said.delete()
    assert "no longer kept" in page_of(airline.ana, task)


def test_a_comment_of_another_touchpoint_is_not_there(airline):
    said = make_comment(airline.app, "Private words")
    form = "/touchpoints/boarding/task/"
    for wrong in (said.pk, "nonsense"):
        seen(reading_as(airline.ana), f"{form}?comment={wrong}", status=404)
        send(airline.ana, form, 404, title="Explain", severity="2", comment=str(wrong))
    assert not Task.objects.exists()


def test_an_analyst_is_offered_nothing_to_write(airline, task):
    page = page_of(airline.analyst, task)
    assert 'type="file"' not in page
    assert "Tie it to the task" not in page
    assert 'name="pick"' not in seen(reading_as(airline.analyst), "/")


def test_what_is_shared_is_said_in_chinese(airline, task):
    airline.ana.language = "zh-hans"
    airline.ana.save()
    make_attachment(task)
    page = page_of(airline.ana, task)
    for words in ("附件", "关注", "同一原因"):
        assert words in page
