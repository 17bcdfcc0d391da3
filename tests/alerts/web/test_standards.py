from datetime import date, timedelta

import pytest

from alerts.models import Rule
from cx_loop import clock
from cx_loop.models import Department, User
from tests.factories import (
    NOW,
    fill_days,
    make_admin,
    make_department,
    make_group,
    make_metric,
    make_organization,
    make_rule,
    make_series,
    make_standard,
    make_touchpoint,
    make_user,
)
from tests.pages import costs_the_same, reading_as, seen

pytestmark = pytest.mark.django_db
TODAY = date(2025, 11, 21)


@pytest.fixture
def ground() -> Department:
    make_organization()
    return make_department("ground-ops")


@pytest.fixture
def lin(ground: Department) -> User:
    return make_user("lin@example.com", department=ground, role="lead")


@pytest.fixture
def standard(ground: Department):
    metric = make_metric("wait", kind="duration", unit="min", name={"en": "Wait"})
    boarding = make_touchpoint("boarding", owner=ground)
    return make_standard(boarding, metric, key="boarding-wait")


def press(user: User, pk: int):
    with clock.set_to(NOW):
        return reading_as(user).post(f"/standards/{pk}/rule/")


def test_a_standard_says_how_many_waits_kept_it(lin, standard) -> None:
    series = make_series(standard.touchpoint, standard.metric)
    fill_days(series, TODAY - timedelta(days=20), [[10] * 9 + [30]])
    fill_days(series, TODAY - timedelta(days=2), [[20] * 30 + [21] * 10])
    page = seen(reading_as(lin), "/touchpoints/boarding/")
    assert "Wait, 90th percentile: at most 20 min over 7 days" in page
    assert "<strong>75 %</strong>" in page
    assert "of 40 observations kept it, 95 % interval 60 to 86; promised 90 %" in page
    assert "<strong>78 %</strong>" in page
    assert "not kept" in page


def test_what_only_many_together_have_is_counted_by_windows(lin, ground) -> None:
    touchpoint = make_touchpoint("app", owner=ground)
    metric = make_metric("nps", kind="nps")
    make_standard(touchpoint, metric, target=0, window="1d")
    fill_days(make_series(touchpoint, metric), TODAY - timedelta(days=3), [[10], [10], [0], [9]])
    page = seen(reading_as(lin), "/touchpoints/app/")
    assert "of 4 windows kept it" in page
    assert "<strong>75 %</strong>" in page


def test_a_standard_in_words_stands_as_it_is(lin, ground) -> None:
    make_standard(make_touchpoint("app", owner=ground), target=None)
    page = seen(reading_as(lin), "/touchpoints/app/")
    assert "Boarding starts on time" in page
    assert "Make a rule of it" not in page


def test_one_click_makes_a_rule_in_the_leads_name(lin, standard) -> None:
    assert press(lin, standard.pk)["Location"] == "/rules/boarding-wait/"
    current = Rule.objects.get(key="boarding-wait").current
    assert current.created_by == lin
    assert current.watches == {"touchpoints": ["boarding"]}
    assert current.spec["warning"] == {"above": 20.0, "certain": "95%"}
    assert (current.spec["window"], current.spec["min_samples"]) == ("7d", 30)
    page = seen(reading_as(lin), "/touchpoints/boarding/")
    assert "Make a rule of it" not in page
    assert 'href="/rules/boarding-wait/"' in page


def test_a_second_click_makes_no_second_rule(lin, standard) -> None:
    press(lin, standard.pk)
    assert press(lin, standard.pk)["Location"] == "/touchpoints/boarding/"
    assert Rule.objects.get().current.number == 1


def test_a_member_sees_no_button_and_is_refused(standard, ground) -> None:
    ana = make_user(department=ground)
    page = seen(reading_as(ana), "/touchpoints/boarding/")
    assert "Make a rule of it" not in page
    assert press(ana, standard.pk).status_code == 302
    assert not Rule.objects.exists()


def test_a_foreign_standard_is_not_there(lin) -> None:
    assert press(lin, make_standard().pk).status_code == 404
    assert press(make_admin(), make_standard().pk).status_code == 302


def test_a_rule_that_watches_the_metric_there_is_named(lin, standard) -> None:
    make_group(make_rule("slow", metric=standard.metric), touchpoint=standard.touchpoint)
    assert 'href="/rules/slow/"' in seen(reading_as(lin), "/touchpoints/boarding/")


def test_many_standards_cost_the_same(lin, standard) -> None:
    def one() -> object:
        made = make_standard(standard.touchpoint, standard.metric)
        return make_series(standard.touchpoint, standard.metric, location=made.key)

    costs_the_same(reading_as(lin), "/touchpoints/boarding/", one)
