"""What makes a queue pleasant all day: sorting, views, what is newer, and taking back."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from cx_loop import clock
from cx_loop.models import Actor, Department, Notice, User
from tasks import reads
from tasks.actions.errors import Invalid
from tasks.actions.views import MOST, keep_view
from tasks.models import QueueView, Task
from tests.factories import NOW, make_activity, make_department, make_task, make_user
from tests.pages import costs_the_same, reading_as, seen

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def ground() -> Department:
    return make_department("ground-ops")


@pytest.fixture
def ana(ground: Department) -> User:
    return make_user("ana@example.com", department=ground)


@pytest.fixture
def lin(ground: Department) -> User:
    return make_user("lin@example.com", department=ground, role="lead")


def order_of(user: User, url: str) -> list[str]:
    return re.findall(r'class="title" href="[^"]+">([^<]+)<', seen(reading_as(user), url))


def sent(client: Client, url: str, **fields: object) -> HttpResponse:
    with clock.set_to(NOW):
        answer = client.post(url, fields, follow=True)
    assert isinstance(answer, HttpResponse)
    return answer


def test_a_queue_is_sorted_as_one_asks(ana: User, ground: Department) -> None:
    make_task(department=ground, severity=1, title={"text": "Critical"}, due_at=NOW + 9 * HOUR)
    make_task(department=ground, severity=2, title={"text": "Soon"}, due_at=NOW + HOUR)
    make_task(department=ground, severity=2, title={"text": "New"}, due_at=NOW + 20 * HOUR)
    assert order_of(ana, "/queue/") == ["Critical", "Soon", "New"]
    assert order_of(ana, "/queue/?sort=due") == ["Soon", "Critical", "New"]
    assert order_of(ana, "/queue/?sort=newest") == ["New", "Soon", "Critical"]


@pytest.mark.parametrize("sort", ["", "due", "newest"])
@pytest.mark.parametrize("tab", ["department", "late"])
def test_every_task_is_on_exactly_one_page_however_sorted(
    ana: User, ground: Department, sort: str, tab: str
) -> None:
    for place in range(120):
        due = NOW + timedelta(days=-1 if tab == "late" else place % 3 - 1)
        state = "accepted" if place % 5 or tab == "late" else "verifying"
        make_task(department=ground, severity=1 + place % 2, due_at=due, state=state)
    filters, reach = reads.QueueFilters(sort=sort), reads.reach_of(ana, NOW)
    numbers: list[int] = []
    after: reads.Place | None = None
    while not numbers or after:
        found = reads.queue(ana, tab, filters, reach=reach, now=NOW, after=after)
        numbers += [task.number for task in found.tasks]
        after = reads.Place.parse(found.next) if found.next else None
    assert sorted(numbers) == sorted(Task.objects.values_list("number", flat=True))


def test_the_newest_closed_tasks_are_found_through_their_index() -> None:
    closed = Task.objects.filter(department=1, severity=2, state="closed").order_by("-number")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    assert "task_closed_by_age" in closed[:31].explain()


def test_what_is_watched_comes_after_what_has_a_deadline(ana: User, ground: Department) -> None:
    make_task(department=ground, state="verifying", due_at=NOW - HOUR, title={"text": "Watched"})
    make_task(department=ground, title={"text": "Due"}, assignee=ana)
    assert order_of(ana, "/queue/?tab=department&sort=due") == ["Due", "Watched"]


def test_a_queue_is_narrowed_to_a_department_with_those_below(ground: Department) -> None:
    gate = make_department("gate", parent=ground)
    lead = make_user(department=ground, role="lead")
    make_task(department=ground, title={"text": "Above"})
    make_task(department=gate, title={"text": "Below"})
    make_task(title={"text": "Elsewhere"})
    assert order_of(lead, "/queue/?tab=department&department=gate") == ["Below"]
    assert sorted(order_of(lead, "/queue/?tab=department&department=ground-ops")) == [
        "Above",
        "Below",
    ]


def test_no_filter_shows_another_departments_tasks(ana: User) -> None:
    elsewhere = make_department("it")
    make_task(department=elsewhere, title={"text": "Foreign"})
    for tab in reads.TABS:
        assert order_of(ana, f"/queue/?tab={tab}&department=it") == []


def test_a_queue_is_narrowed_to_a_person_or_to_nobody(lin: User, ground: Department) -> None:
    ana = make_user("ana@example.com", department=ground)
    make_task(department=ground, state="accepted", assignee=ana, title={"text": "Of Ana"})
    make_task(department=ground, title={"text": "Of nobody"})
    assert order_of(lin, "/queue/?tab=department&assignee=ana@example.com") == ["Of Ana"]
    assert order_of(lin, "/queue/?tab=department&assignee=-") == ["Of nobody"]


def test_a_filter_without_a_field_can_be_left_out_again(lin: User, ground: Department) -> None:
    make_task(department=ground, escalation_level=1, title={"text": "Pushed up"})
    make_task(department=ground, title={"text": "Quiet"})
    page = seen(reading_as(lin), "/queue/?tab=department&escalated=1")
    assert "Quiet" not in page
    assert 'href="?tab=department" class="chip">Escalated' in page


def test_a_name_of_somebody_elsewhere_is_not_found_out(ana: User) -> None:
    make_user("boss@example.com", name="Secret Name")
    assert "Secret Name" not in seen(reading_as(ana), "/queue/?assignee=boss@example.com")


def test_an_open_queue_hears_what_others_changed(ana: User, ground: Department) -> None:
    task = make_task(department=ground)
    client = reading_as(ana)
    newer = newer_url(client)
    assert seen(client, newer, status=204) == ""
    make_activity(task, "opened", now=NOW)
    assert "1 newer" in seen(client, newer)


def test_what_one_did_oneself_is_not_news(ana: User, ground: Department) -> None:
    task = make_task(department=ground)
    client = reading_as(ana)
    newer = newer_url(client)
    make_activity(task, "commented", by=Actor(ana), now=NOW)
    assert seen(client, newer, status=204) == ""


def test_what_happens_elsewhere_is_not_news(ana: User) -> None:
    client = reading_as(ana)
    newer = newer_url(client)
    make_activity(make_task(), "opened", now=NOW)
    assert seen(client, newer, status=204) == ""


@pytest.mark.parametrize("nonsense", ["", "x", "-1", "9" * 30])
def test_who_asks_for_news_of_nothing_hears_nothing(ana: User, nonsense: str) -> None:
    assert seen(reading_as(ana), f"/queue/newer/?seen={nonsense}", status=204) == ""


def test_news_costs_the_same_with_many_rows(ana: User, ground: Department) -> None:
    client = reading_as(ana)
    newer = newer_url(client)
    costs_the_same(
        client, newer, lambda: make_activity(make_task(department=ground), "opened", now=NOW)
    )


def test_a_view_is_kept_as_a_link(ana: User) -> None:
    client = reading_as(ana)
    query = "tab=department&severity=1&after=abc&nonsense=1"
    page = sent(client, "/queue/views/", name=" Critical  ones ", query=query)
    kept = QueueView.objects.get()
    assert (kept.name, kept.query) == ("Critical ones", "tab=department&severity=1")
    assert 'href="/queue/?tab=department&amp;severity=1" aria-current="page"' in text(page)


def test_a_view_of_the_same_name_is_kept_anew(ana: User) -> None:
    client = reading_as(ana)
    sent(client, "/queue/views/", name="Mine", query="tab=mine")
    sent(client, "/queue/views/", name="Mine", query="tab=late")
    assert QueueView.objects.get().query == "tab=late"


def test_a_view_let_go_can_be_taken_back(ana: User) -> None:
    client = reading_as(ana)
    sent(client, "/queue/views/", name="Mine", query="tab=mine")
    page = sent(client, f"/queue/views/{QueueView.objects.get().pk}/drop/")
    assert "is no longer kept" in text(page)
    sent(client, "/queue/views/", **undo_of(page))
    assert QueueView.objects.get().name == "Mine"


def test_a_view_is_ones_own(ana: User, lin: User) -> None:
    kept = keep_view(user=lin, name="Lin's", query="", now=NOW)
    assert "Lin&#x27;s" not in seen(reading_as(ana), "/queue/")
    assert sent(reading_as(ana), f"/queue/views/{kept.pk}/drop/").status_code == 404


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\x00b"])
def test_a_view_has_a_name_that_fits(ana: User, name: str) -> None:
    with pytest.raises(Invalid):
        keep_view(user=ana, name=name, query="", now=NOW)


def test_views_are_a_row_of_links_not_a_list(ana: User) -> None:
    for place in range(MOST):
        keep_view(user=ana, name=f"View {place}", query="", now=NOW)
    with pytest.raises(Invalid):
        keep_view(user=ana, name="One more", query="", now=NOW)
    assert keep_view(user=ana, name="View 1", query="tab=late", now=NOW).query == "tab=late"


def test_a_view_in_chinese_comes_back_as_it_was(ana: User) -> None:
    sent(reading_as(ana), "/queue/views/", name="登机", query=f"tab=department&q={quote('登机')}")
    page = seen(reading_as(ana), f"/queue/?{QueueView.objects.get().query}")
    assert 'value="登机"' in page


def test_a_hold_is_undone_while_nobody_else_moved(ana: User, ground: Department) -> None:
    task = make_task(department=ground, state="in_progress", assignee=ana)
    client = reading_as(ana)
    until = (NOW + 48 * HOUR).strftime("%Y-%m-%dT%H:%M")
    page = sent(client, f"/tasks/{task.number}/hold/", reason="Parts", until=until, version=1)
    sent(client, f"/tasks/{task.number}/start/", **undo_of(page))
    task.refresh_from_db()
    assert task.state == "in_progress"


def test_an_undo_that_comes_too_late_changes_nothing(ana: User, ground: Department) -> None:
    task = make_task(department=ground, state="in_progress", assignee=ana)
    client = reading_as(ana)
    until = (NOW + 48 * HOUR).strftime("%Y-%m-%dT%H:%M")
    page = sent(client, f"/tasks/{task.number}/hold/", reason="Parts", until=until, version=1)
    Task.objects.filter(pk=task.pk).update(version=9)
    answer = sent(client, f"/tasks/{task.number}/start/", **undo_of(page))
    task.refresh_from_db()
    assert (answer.status_code, task.state) == (409, "on_hold")


def test_an_assignment_is_given_back(ana: User, lin: User, ground: Department) -> None:
    task = make_task(department=ground, state="accepted", assignee=ana)
    client = reading_as(lin)
    url = f"/tasks/{task.number}/assign/"
    page = sent(client, url, assignee="lin@example.com", version=1)
    sent(client, url, **undo_of(page))
    task.refresh_from_db()
    assert task.assignee == ana


def test_what_the_table_of_states_cannot_take_back_offers_no_undo(
    ana: User, ground: Department
) -> None:
    task = make_task(department=ground)
    page = sent(reading_as(ana), f"/tasks/{task.number}/accept/", version=1, start="on")
    assert "Undo" not in text(page)


def test_what_was_marked_as_read_can_be_unread(ana: User) -> None:
    for place, read_at in enumerate([None, NOW - HOUR]):
        Notice.objects.create(
            user=ana, dedup_key=f"{place}", code="opened", created_at=NOW, read_at=read_at
        )
    client = reading_as(ana)
    page = sent(client, "/inbox/read/")
    assert not Notice.objects.unread(ana).exists()
    sent(client, "/inbox/read/", **undo_of(page))
    assert Notice.objects.unread(ana).count() == 1


def test_the_help_names_every_key(ana: User) -> None:
    page = seen(reading_as(ana), "/queue/")
    for key in ("j", "k", "Enter", "a", "s", "h", "x", "n", "/", "?"):
        assert f"<kbd>{key}</kbd>" in page


def newer_url(client: Client) -> str:
    found = re.search(r'hx-get="(/queue/newer/[^"]+)"', seen(client, "/queue/"))
    assert found
    return found[1].replace("&amp;", "&")


def text(page: HttpResponse) -> str:
    return page.content.decode()


def undo_of(page: HttpResponse) -> dict[str, str]:
    """What the form of the undo sends."""
    form = re.search(r'class="undo".*?</form>', text(page), re.DOTALL)
    assert form
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[0]))
    fields.pop("csrfmiddlewaretoken")
    return {name: value.replace("&amp;", "&") for name, value in fields.items()}
