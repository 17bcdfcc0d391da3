"""What is promised at a touchpoint is written in a page, as a file would write it."""

import pytest
from django.test import Client

from cx_loop import clock
from cx_loop.actions.configure.export import exported
from cx_loop.models import Activity, ServiceStandard, Touchpoint, User
from tests.factories import NOW, make_admin, make_metric, make_organization, make_touchpoint
from tests.pages import reading_as, retyped, seen

pytestmark = pytest.mark.django_db
NEW = "/standards/new/"


@pytest.fixture
def admin() -> Client:
    make_organization()
    make_metric("wait", kind="duration", unit="min")
    make_touchpoint("desk", position=3)
    make_touchpoint("boarding", position=7)
    return reading_as(make_admin())


def sent(client: Client, url: str, **said: object) -> tuple[int, str]:
    with clock.set_to(NOW):
        answer = client.post(url, said)
    return answer.status_code, answer.content.decode()


def promised(client: Client, **said: object) -> ServiceStandard:
    usual = {"name_en": "Aboard soon", "touchpoint": "boarding", "metric": "wait", "target": "20"}
    assert sent(client, NEW, **{**usual, **said})[0] == 302
    return ServiceStandard.objects.latest("pk")


def test_a_standard_is_promised_in_a_page_and_told_in_the_file(admin: Client) -> None:
    made = promised(admin, aggregate="share_above", line="30", window_n="2", window_unit="w")
    assert (made.key, made.touchpoint.key, made.target) == ("boarding-wait", "boarding", 20)
    assert (made.aggregate, made.window) == ({"share_above": 30}, "2w")
    assert promised(admin).key == "boarding-wait-2"
    assert "Aboard soon" in seen(admin, "/touchpoints/boarding/")
    assert "share_above: 30" in exported("journey")
    assert set(Activity.objects.filter(verb="configured").values_list("subject", flat=True)) == {
        "standard"
    }  # the touchpoint and its stage are left as they are


def test_a_changed_target_is_a_version_and_a_stale_page_is_not_saved(admin: Client) -> None:
    made = promised(admin)
    url = f"/standards/{made.pk}/edit/"
    with clock.set_to(NOW):
        opened = admin.get(url).context["opened"]
    said = retyped(admin, url, target="15", opened=opened)
    assert sent(admin, url, **said)[0] == 302
    made.refresh_from_db()
    assert made.target == 15
    assert "20 → 15" in seen(admin, "/standards/")
    assert sent(admin, url, **{**said, "target": "10"})[0] == 409


def test_a_standard_goes_and_comes_back(admin: Client) -> None:
    made, other = promised(admin), promised(admin, name_en="Said twice")
    sent(admin, f"/standards/{made.pk}/turn/", do="retire")
    assert "Aboard soon" not in seen(admin, "/touchpoints/boarding/")
    assert f"/standards/{made.pk}/turn/" in seen(admin, "/standards/")
    Touchpoint.objects.filter(key="boarding").update(retired_at=NOW)
    sent(admin, f"/standards/{made.pk}/turn/", do="back")
    assert "off the map of its journey" in seen(admin, "/standards/")
    Touchpoint.objects.filter(key="boarding").update(retired_at=None)
    sent(admin, f"/standards/{made.pk}/turn/", do="back")
    assert "Aboard soon" in seen(admin, "/touchpoints/boarding/")
    other.refresh_from_db()
    assert other.retired_at is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"target": "-5"}, "目标 -5 没有意义：取值不低于 0。"),
        ({"aggregate": "share_above", "line": "30", "target": "1e12"}, "取值在 0 与 100 之间"),
        ({"aggregate": "top_box"}, "类指标没有量表"),
        ({"window_n": "1000000000000", "window_unit": "d"}, "最长十年"),
    ],
)
def test_an_impossible_promise_is_refused_in_the_readers_language(
    admin: Client, wrong: dict[str, str], said: str
) -> None:
    usual = {"name_en": "Soon", "touchpoint": "boarding", "metric": "wait"}
    User.objects.update(language="zh-hans")
    status, page = sent(reading_as(User.objects.get()), NEW, **usual, **wrong)
    assert (status, said in page) == (422, True)


def test_what_a_metric_has_not_is_refused_at_its_field(admin: Client) -> None:
    said = {"name_en": "Soon", "touchpoint": "boarding", "metric": "wait", "aggregate": "top_box"}
    status, page = sent(admin, NEW, **said)
    assert (status, "has no scale" in page) == (422, True)
    assert not ServiceStandard.objects.exists()
