"""Admins add a journey, name it anew and retire it, without a file and without the first steps."""

import pytest
from django.test import Client

from config.configuration import check_configuration
from cx_loop import clock
from cx_loop.actions.configure.export import exported
from cx_loop.models import Activity, Department, Journey, JourneyVersion, Stage, Touchpoint
from tests.factories import NOW, make_admin, make_department, make_organization, make_touchpoint
from tests.pages import reading_as, seen

pytestmark = pytest.mark.django_db
NEW = "/settings/journeys/new/"
NAMES = {"name_en": "A refund", "name_zh-hans": "退款"}
STAGES = {"stage_en": "Asking", "stage_zh-hans": "申请"}


@pytest.fixture
def admin() -> Client:
    make_organization()
    make_department("ground-ops")
    return reading_as(make_admin())


def sent(client: Client, url: str, **said: str) -> str:
    with clock.set_to(NOW):
        answer = client.post(url, said)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"])


def test_a_journey_is_added_with_its_first_stage_and_drawn_on_next(admin: Client) -> None:
    assert NEW in seen(admin, "/journeys/")
    assert sent(admin, NEW, **NAMES, **STAGES) == "/journeys/a-refund/edit/"
    stage = Stage.objects.get()
    assert (stage.key, stage.name, str(stage.journey)) == (
        "asking",
        {"en": "Asking", "zh-hans": "申请"},
        "A refund",
    )
    assert JourneyVersion.objects.count() == 1
    assert Activity.objects.filter(subject="journey", verb="configured").exists()
    assert str(check_configuration(exported("journey"))) == "nothing to change"
    assert "Asking" in seen(admin, "/journeys/a-refund/edit/")


def test_journeys_of_the_same_name_have_keys_of_their_own(admin: Client) -> None:
    for name in ("Refund", "Refund", "退款"):
        sent(admin, NEW, name_en=name, stage_en=name)
    assert list(Journey.objects.values_list("key", flat=True)) == ["refund", "refund-2", "journey"]


def test_a_journey_gets_another_name_and_goes_once_it_is_empty(admin: Client) -> None:
    page = "/journeys/a-refund/edit/"
    sent(admin, NEW, **NAMES, **STAGES)
    sent(
        admin, page, do="add-touchpoint", stage="asking", owner="ground-ops", **{"name-en": "Form"}
    )
    sent(admin, "/journeys/a-refund/change/", do="rename", **{"name-en": "Money back"})
    assert "Money back" in seen(admin, "/journeys/")
    sent(admin, "/journeys/a-refund/change/", do="retire")
    assert "off the map first" in seen(admin, page)
    sent(admin, page, do="retire", touchpoint=Touchpoint.objects.get().key)
    assert sent(admin, "/journeys/a-refund/change/", do="retire") == "/journeys/"
    assert not Stage.objects.filter(retired_at=None).exists()
    seen(admin, "/journeys/a-refund/", status=404)


def test_what_went_with_a_journey_comes_back_with_it(admin: Client) -> None:
    sent(admin, NEW, **NAMES, **STAGES)
    sent(admin, "/journeys/a-refund/change/", do="retire")
    assert "Bring back" in seen(admin, "/journeys/")
    for _twice in range(2):  # from two tabs
        assert sent(admin, "/journeys/a-refund/back/") == "/journeys/a-refund/edit/"
    page = seen(admin, "/journeys/a-refund/edit/")
    assert "in force already" in page
    assert "Asking" in page
    assert page.count("<strong>Brought back</strong>") == 1
    assert str(check_configuration(exported("journey"))) == "nothing to change"


def test_nothing_comes_back_without_its_department(admin: Client) -> None:
    page = "/journeys/a-refund/edit/"
    sent(admin, NEW, **NAMES, **STAGES)
    add = {"do": "add-touchpoint", "stage": "asking", "owner": "ground-ops"}
    sent(admin, page, **add, **{"name-en": "Form"})
    put_back = {"do": "put-back", "touchpoint": "form", "stage": "asking"}
    sent(admin, page, do="retire", touchpoint="form")
    Department.objects.update(retired_at=NOW)
    sent(admin, page, **put_back)
    assert "cannot come back without Ground ops" in seen(admin, page)
    Department.objects.update(retired_at=None)
    assert sent(admin, page, **put_back) == f"{page}#stop-form"
    assert Touchpoint.objects.in_force().get().stage.key == "asking"


def test_what_a_file_took_off_at_once_comes_back_at_once(admin: Client) -> None:
    stop = make_touchpoint("boarding")
    journey = stop.stage.journey
    for table in (Journey, Stage, Touchpoint):
        table._default_manager.update(retired_at=NOW)
    Department.objects.filter(pk=stop.owner_id).update(retired_at=NOW)
    assert sent(admin, f"/journeys/{journey.key}/back/") == "/journeys/"
    assert Journey.objects.get().retired_at is not None
    Department.objects.update(retired_at=None)
    sent(admin, f"/journeys/{journey.key}/back/")
    assert Touchpoint.objects.in_force().get() == stop
