"""Customers who complained are contacted in time, each once, or pushed up."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from cx_loop import clock
from cx_loop.actions.erasure import export_customer
from cx_loop.ingest.accept import accept_items
from cx_loop.ingest.removal import remove_customer
from cx_loop.models import SYSTEM, Actor, CustomerLink, Metric, Notice, Segment, Source, Touchpoint
from tasks.actions.dispatch import dispatch
from tasks.actions.errors import Invalid, NotFound
from tasks.actions.forgetting import prune_contacts
from tasks.actions.recovery import push_late, seek, settle
from tasks.models import Recovery, RecoveryRule, Task
from tasks.reads.recovery import list_for
from tests.factories import (
    NOW,
    make_admin,
    make_alert,
    make_calendar,
    make_department,
    make_group,
    make_metric,
    make_organization,
    make_rule,
    make_segment,
    make_touchpoint,
    make_user,
)
from tests.pages import reading_as, seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def boarding() -> Touchpoint:
    make_organization()
    return make_touchpoint("boarding", owner=make_department("ground"))


@pytest.fixture
def csat() -> Metric:
    return make_metric("csat", kind="csat")


@pytest.fixture
def rule(csat: Metric) -> RecoveryRule:
    return RecoveryRule.objects.create(key="unhappy", metric=csat, each={"below": 3})


def answered(
    value: float, customer: str = "", at: datetime = NOW - timedelta(hours=3), **more: object
) -> None:
    source, _made = Source.objects.get_or_create(key="survey")
    item = {
        "occurred_at": at.isoformat(),
        "touchpoint": "boarding",
        "metric": "csat",
        "value": value,
        "external_id": uuid4().hex,
        **({"customer": customer} if customer else {}),
        **more,
    }
    assert accept_items([item], source=source, now=NOW).rejected == 0


@pytest.mark.parametrize(("value", "rows"), [(1, 1), (2, 1), (3, 0), (5, 0)])
def test_each_answer_beyond_the_line_adds_a_row_and_no_task(
    boarding: Touchpoint, rule: RecoveryRule, value: float, rows: int
) -> None:
    answered(value, "wei")
    seek(now=NOW)
    seek(now=NOW)
    assert (Recovery.objects.count(), Task.objects.count()) == (rows, 0)


def test_who_cannot_be_told_apart_is_on_no_list(boarding: Touchpoint, rule: RecoveryRule) -> None:
    answered(1)
    seek(now=NOW)
    assert not Recovery.objects.exists()


def test_one_working_day_is_the_deadline(boarding: Touchpoint, rule: RecoveryRule) -> None:
    boarding.owner.calendar = make_calendar(hours={"mon-fri": "09:00-18:00"})
    boarding.owner.save()
    answered(1, "wei")  # a Friday, 13:00 in Shanghai
    seek(now=NOW)
    due = Recovery.objects.get().due_at
    assert due.isoformat() == "2025-11-24T05:00:00+00:00"


def test_repeat_complainers_and_weighty_segments_come_first(
    boarding: Touchpoint, rule: RecoveryRule
) -> None:
    make_segment("gold")
    Segment.objects.filter(key="gold").update(weight=3)
    first = NOW - timedelta(hours=9)
    answered(1, "plain", first)
    answered(1, "gold", first + timedelta(hours=1), segment="gold")
    answered(2, "again", first + timedelta(hours=2))
    answered(1, "again", first + timedelta(hours=3))
    seek(now=NOW)
    rows = list_for(make_user(is_analyst=True))
    assert [(row.before, row.weight) for row in rows] == [(1, 1), (0, 3), (0, 1), (0, 1)]


def test_a_task_has_the_customers_behind_it(boarding: Touchpoint, csat: Metric) -> None:
    watched = make_rule(metric=csat, aggregate="mean", warning={"below": 4}, critical=None)
    group = make_group(watched, touchpoint=boarding)
    answered(1, "wei")
    answered(5, "li")
    group.series.set(csat.series_set.all())
    dispatch(alert=make_alert(group, edge=NOW, opened_at=NOW), now=NOW)
    seek(now=NOW)
    (row,) = Recovery.objects.all()
    assert (row.value, row.task) == (1, Task.objects.get())


def test_what_is_late_goes_to_the_lead_then_to_the_director(
    boarding: Touchpoint, rule: RecoveryRule
) -> None:
    lead = make_user(department=boarding.owner, role="lead")
    director = make_user(department=boarding.owner, role="director")
    answered(1, "wei")
    answered(2, "li")
    seek(now=NOW)
    told = []
    for days in (0, 1, 2, 3):
        push_late(now=NOW + timedelta(days=days))
        told.append(list(Notice.objects.order_by("id").values_list("user", "params__count")))
    assert told == [
        [],
        [(lead.pk, 2)],
        [(lead.pk, 2), (director.pk, 2)],
        [(lead.pk, 2), (director.pk, 2)],
    ]


def test_what_was_offered_and_became_of_it_is_kept(
    boarding: Touchpoint, rule: RecoveryRule
) -> None:
    member = Actor(make_user(department=boarding.owner))
    answered(1, "wei")
    seek(now=NOW)
    pk = Recovery.objects.get().pk
    with pytest.raises(Invalid):
        settle(recovery=pk, outcome="content", offered="", by=member, now=NOW)
    with pytest.raises(NotFound):
        settle(recovery=pk, outcome="content", offered="x", by=Actor(make_user()), now=NOW)
    row = settle(recovery=pk, outcome="content", offered="A voucher", by=member, now=NOW)
    assert (row.outcome, row.offered, row.escalate_at) == ("content", "A voucher", None)
    assert push_late(now=NOW + timedelta(days=9)) == 0
    with pytest.raises(Invalid):
        settle(recovery=pk, outcome="no_need", offered="", by=member, now=NOW)


def test_an_erased_customer_is_on_no_list_and_an_export_has_them(
    boarding: Touchpoint, rule: RecoveryRule
) -> None:
    answered(1, "wei", comment="太慢")
    answered(1, "li")
    seek(now=NOW)
    kept = export_customer(customer="wei", by=SYSTEM, now=NOW)
    assert [each["value"] for each in kept["answers"]] == [1]
    assert [each["comment"] for each in kept["comments"]] == ["太慢"]
    assert [each["touchpoint"] for each in kept["contacts"]] == ["boarding"]
    remove_customer(customer="wei", now=NOW)
    assert Recovery.objects.count() == 1
    gone = export_customer(customer="wei", by=SYSTEM, now=NOW)
    assert (gone["erased"], gone["answers"], gone["contacts"]) == (True, [], [])


def test_the_page_shows_whom_to_contact_and_keeps_what_became_of_it(
    boarding: Touchpoint, rule: RecoveryRule
) -> None:
    client: Client = reading_as(make_user(department=boarding.owner))
    answered(1, "wei", comment="打13812345678没人接")
    seek(now=NOW)
    page = seen(client, "/recovery/")
    assert "打[phone]没人接" in page
    pk = Recovery.objects.get().pk
    with clock.set_to(NOW):
        assert client.post(f"/recovery/{pk}/", {"outcome": "content"}).status_code == 422
        said = {"outcome": "content", "offered": "A voucher"}
        assert client.post(f"/recovery/{pk}/", said).status_code == 302
    assert "A voucher" in seen(client, "/recovery/?tab=over")
    assert "A voucher" not in seen(reading_as(make_user()), "/recovery/?tab=over")


def test_only_who_agreed_can_be_named_until_they_opt_out(
    boarding: Touchpoint, rule: RecoveryRule
) -> None:
    member = make_user(department=boarding.owner)
    answered(1, "wei@example.com", contact=True)
    answered(1, "li@example.com", contact=False)
    answered(1, "xu@example.com")
    seek(now=NOW)
    page = seen(reading_as(member), "/recovery/")
    assert "wei@example.com" in page
    assert "li@example.com" not in page
    assert "xu@example.com" not in page
    assert "no consent to contact" in page
    pk = Recovery.objects.get(may_contact=True).pk
    settle(recovery=pk, outcome="declined", offered="", by=Actor(member), now=NOW)
    assert not CustomerLink.objects.exclude(reference="").exists()
    assert "wei@example.com" not in seen(reading_as(member), "/recovery/?tab=over")


def test_contacts_are_kept_as_long_as_comments(
    boarding: Touchpoint, rule: RecoveryRule, settings: Any
) -> None:
    settings.KEEP = {**settings.KEEP, "comments": 30}
    member = Actor(make_user(department=boarding.owner))
    answered(1, "wei")
    answered(1, "li")
    seek(now=NOW)
    done = Recovery.objects.earliest("id")
    settle(recovery=done.pk, outcome="no_need", offered="", by=member, now=NOW)
    assert prune_contacts(now=NOW + timedelta(days=29)) == 0
    assert prune_contacts(now=NOW + timedelta(days=31)) == 1
    assert Recovery.objects.get().outcome == ""


def test_an_admin_says_which_single_answers_complain(boarding: Touchpoint) -> None:
    admin, url = reading_as(make_admin()), "/admin/tasks/recoveryrule/add/"
    said = {"key": "cold", "metric": str(make_metric("felt").pk), "touchpoints": ["boarding"]}
    with clock.set_to(NOW):
        wrong = admin.post(url, {**said, "each": '{"below": 3, "above": 9}', "within": "soon"})
        assert set(wrong.context["adminform"].form.errors) == {"each", "within"}
        assert admin.post(url, {**said, "each": '{"below": 3}', "within": "2d"}).status_code == 302
    made = RecoveryRule.objects.get()
    assert (made.each, made.touchpoints, made.within) == ({"below": 3.0}, ["boarding"], "2d")
