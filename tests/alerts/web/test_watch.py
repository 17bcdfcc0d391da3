from datetime import timedelta

import pytest

from alerts.models import RuleState
from cx_loop import clock
from cx_loop.models import Department, User
from tests.api_stories import get
from tests.factories import (
    NOW,
    fill_hour,
    make_department,
    make_evaluation,
    make_group,
    make_metric,
    make_organization,
    make_rule,
    make_standard,
    make_touchpoint,
    make_user,
)
from tests.pages import costs_the_same, reading_as, seen

pytestmark = pytest.mark.django_db
LONG_AGO = NOW - timedelta(days=90)


@pytest.fixture
def ground() -> Department:
    make_organization()
    return make_department("ground-ops")


@pytest.fixture
def lin(ground: Department) -> User:
    return make_user("lin@example.com", department=ground, role="lead")


def watch(user: User):
    with clock.set_to(NOW):
        return get(user, "rules/watch/")


def thin_group(ground: Department, **evaluation):
    rule = make_rule(min_samples=30, now=LONG_AGO)
    group = make_group(rule, touchpoint=make_touchpoint(owner=ground))
    given = {"verdict": "insufficient", "reason": "insufficient_samples", "n": 4, **evaluation}
    make_evaluation(group, edge=NOW - timedelta(days=3), **given)
    return group


def test_touchpoints_and_standards_nobody_watches_are_listed(lin, ground) -> None:
    boarding, lounge = (make_touchpoint(key, owner=ground) for key in ("boarding", "lounge"))
    metric = make_metric("wait", kind="duration")
    make_group(make_rule(metric=metric), touchpoint=boarding)
    make_standard(boarding, metric, key="boarding-wait")
    make_standard(boarding, make_metric("csat"), key="boarding-csat", target=80)
    make_standard(lounge, target=None, key="words-only")
    told = watch(lin)
    assert told["touchpoints_unwatched"] == ["lounge"]
    assert told["standards_unwatched"] == ["boarding-csat"]
    page = seen(reading_as(lin), "/rules/watch/")
    assert 'href="/touchpoints/lounge/"' in page
    assert "Make a rule of it" in page


def test_what_a_retired_rule_watched_is_watched_no_more(lin, ground) -> None:
    rule = make_rule()
    make_group(rule, touchpoint=make_touchpoint("boarding", owner=ground))
    assert watch(lin)["touchpoints_unwatched"] == []
    rule.retired_at = NOW
    rule.save()
    assert watch(lin)["touchpoints_unwatched"] == ["boarding"]


def test_a_rule_under_which_nothing_arrives_watches_nothing(lin, ground) -> None:
    group = make_group(make_rule("blind"), touchpoint=make_touchpoint(owner=ground))
    group.members.all().delete()
    make_group(make_rule("sighted"), touchpoint=make_touchpoint(owner=ground))
    assert watch(lin)["rules_watching_nothing"] == ["blind"]
    assert "blind" in seen(reading_as(lin), "/rules/watch/")


def test_a_group_that_never_had_enough_is_too_thin_and_is_told_what_would_do(lin, ground) -> None:
    group = thin_group(ground)
    for day in range(1, 57):
        fill_hour(group.series.get(), NOW - timedelta(days=day), [10] * 5)
    (told,) = watch(lin)["too_thin"]
    assert (told["rule"], told["min_samples"], told["usual"]) == (group.rule.key, 30, 5)
    assert told["window"] == "7d"
    page = seen(reading_as(lin), "/rules/watch/")
    assert "usually 5 in a window, 30 are asked for" in page
    assert "Lengthen the window to 7 days, or ask for fewer." in page


def test_one_window_with_enough_is_not_too_thin(lin, ground) -> None:
    group = thin_group(ground)
    make_evaluation(group, edge=NOW - timedelta(days=9), verdict="ok", reason="not_breached")
    assert watch(lin)["too_thin"] == []


def test_a_young_rule_is_given_time(lin, ground) -> None:
    group = thin_group(ground)
    version = RuleState.objects.get(group=group).version
    version.created_at = NOW - timedelta(days=6)
    version.save()
    assert watch(lin)["too_thin"] == []


def test_what_is_foreign_is_not_in_the_overview(lin) -> None:
    thin_group(make_department())
    make_standard(key="foreign-standard")
    make_touchpoint("foreign-place")
    told = watch(lin)
    assert not any(told.values())
    assert "foreign" not in seen(reading_as(lin), "/rules/watch/")


def test_long_lists_go_on(lin, ground) -> None:
    for place in range(51):
        make_touchpoint(f"place-{place:02}", owner=ground)
    client = reading_as(lin)
    assert "place-50" not in seen(client, "/rules/watch/")
    assert "place-50" in seen(client, "/rules/watch/?part=touchpoints&after=place-49")


def test_the_overview_costs_the_same_with_many_rows(lin, ground) -> None:
    def one() -> object:
        make_standard(make_touchpoint(owner=ground), make_metric())
        return thin_group(ground)

    costs_the_same(reading_as(lin), "/rules/watch/", one)
