"""Customers of a fix are found wherever they complained of it, and nobody is forgotten."""

from datetime import timedelta
from typing import Any

import pytest

from cx_loop.actions.voice import listen
from cx_loop.models import Activity, Actor, Notice
from tasks.actions.errors import Forbidden, Invalid
from tasks.actions.opt_outs import lift_opt_out, opt_out_reference
from tasks.actions.sweep import sweep
from tasks.models import OptOut, TaskAlert, Verification
from tasks.reads.telling import audience_of
from tests.factories import NOW, make_metric, make_user
from tests.pages import reading_as, seen
from tests.tasks.conftest import Mended

pytestmark = pytest.mark.django_db
YES: Any = {"contact": True}


@pytest.fixture
def heard(world: Mended) -> Mended:
    """Boarding is asked about in two ways; customers complained by score, in words, by phone."""
    make_metric("nps", kind="nps", low=0, high=10)
    world.answered("wei@example.com", **YES)
    world.answered("wei@example.com", metric="nps", value=0, **YES)
    world.answered("li@example.com", metric="nps", value=3, **YES)
    world.answered("pleased@example.com", metric="nps", value=9, **YES)
    world.answered("xu@example.com", value=5, comment="等了很久，太慢了", **YES)
    before = (NOW - timedelta(days=30)).isoformat()
    world.answered("long-ago@example.com", occurred_at=before, **YES)
    world.answered("silver@example.com", metric="nps", value=1, contact=False)
    listen(now=NOW)
    return world


def told_by(world: Mended, found: Any) -> dict[str, str]:
    return {each.address.split("@")[0]: each.origin for each in found.people}


def test_who_complained_beside_the_alert_is_told_too_and_it_is_said_why(heard: Mended) -> None:
    task = heard.mend()
    found = audience_of(task)
    assert told_by(heard, found) == {"wei": "alert", "li": "answer", "xu": "comment"}
    assert found.origins == {"alert": 1, "answer": 1, "comment": 1}
    assert found.left_out == {"no_consent": 1}
    page = seen(reading_as(heard.ana), f"/tasks/{task.number}/told/")
    assert "1 complained in another answer at the touchpoint" in page
    assert "1 wrote of a pain at the touchpoint" in page


def test_a_task_by_hand_finds_who_complained_in_the_week_before_it(heard: Mended) -> None:
    task = heard.mend()
    TaskAlert.objects.all().delete()
    assert set(told_by(heard, audience_of(task))) == {"wei", "li", "xu"}
    task.segment = "gold"
    assert audience_of(task).people == []


def test_only_the_customers_of_the_alert_are_told(heard: Mended) -> None:
    task = heard.mend()
    heard.group.segment = "gold"
    heard.group.save()
    assert told_by(heard, audience_of(task)) == {"wei": "alert"}


def test_who_forgets_to_tell_is_reminded_once(world: Mended) -> None:
    world.answered("wei@example.com", contact=True)
    task = world.mend()
    Verification.objects.update(tell_at=NOW + timedelta(days=2))
    sweep(now=NOW + timedelta(days=2, minutes=-1))
    assert not Notice.objects.filter(code="tell_customers").exists()
    for day in (2, 3):
        sweep(now=NOW + timedelta(days=day))
    told = Notice.objects.get(code="tell_customers")
    assert (told.user, told.task_number, told.params) == (world.ana, task.number, {"count": 1})
    assert "were not told yet: 1" in seen(reading_as(world.ana), "/inbox/")


@pytest.mark.parametrize("why", ["told", "nobody agreed", "came back"])
def test_nobody_is_reminded_of_what_is_done(world: Mended, why: str) -> None:
    world.answered("wei@example.com", contact=why != "nobody agreed")
    task = world.mend()
    Verification.objects.update(tell_at=NOW)
    if why == "told":
        world.tell(task, world.template())
    if why == "came back":
        Verification.objects.update(verdict="no_effect")
    sweep(now=NOW + timedelta(days=3))
    assert not Notice.objects.filter(code="tell_customers").exists()
    assert Verification.objects.get().tell_at is None


def test_an_opt_out_is_lifted_for_a_reason_that_is_kept_without_names(world: Mended) -> None:
    by, wei = Actor(world.ana), "wei@example.com"
    opt_out_reference(reference=wei, how="by_hand", by=by, now=NOW)
    said = {"customer": wei, "reason": "Asked for it, call 13812345678"}
    reading_as(world.ana).post("/recovery/opt-out/lift/", {**said, "reason": " "})
    assert OptOut.objects.exists()
    page = reading_as(world.ana).post("/recovery/opt-out/lift/", said, follow=True)
    assert "They may be written to again" in page.content.decode()
    assert not OptOut.objects.exists()
    kept = Activity.objects.get(verb="opt_out_lifted")
    assert (kept.user, kept.params["reason"]) == (world.ana, "Asked for it, call [phone]")
    assert "wei" not in str(kept.params)


def test_an_opt_out_is_lifted_by_who_may_enter_it_and_only_where_there_is_one(
    world: Mended,
) -> None:
    said = {"reference": "wei@example.com", "reason": "Asked for it", "now": NOW}
    with pytest.raises(Forbidden):
        lift_opt_out(**said, by=Actor(make_user(is_analyst=True)))
    with pytest.raises(Invalid, match="not_opted_out"):
        lift_opt_out(**said, by=Actor(world.ana))
