"""The first run: an admin with an empty database gets to a first warning, step by step."""

import json
from html import unescape
from typing import Any

import pytest
from django.test import Client

from alerts.models import Rule
from config.start.first_answers import value_beyond
from cx_loop.models import ApiKey, Department, Metric, Organization, Touchpoint
from tests.factories import PASSWORD, make_admin, make_organization, make_user
from tests.pages import reading_as

pytestmark = pytest.mark.django_db
SAID: list[dict[str, Any]] = [
    {"step": "organization", "name": "Harbour Ferries", "timezone": "Asia/Shanghai"},
    {"step": "department", "name": "Piers", "lead": "lin@example.com"},
    {
        "step": "journey",
        "name": "A crossing",
        "stage": "Departure",
        "touchpoint": "Boarding",
        "touchpoint_key": "boarding",
        "owner": "piers",
    },
    {"step": "metric", "name": "Satisfaction", "kind": "csat"},
    {
        "step": "rule",
        "name": "Boarding is liked",
        "metric": "satisfaction",
        "touchpoint": "boarding",
        "line": "3.5",
        "min_samples": "5",
    },
]


def take(client: Client, *steps: dict[str, Any]) -> None:
    for said in steps:
        came = client.post("/start/", said)
        assert came.status_code == 302, came.content.decode()


def open_step(client: Client) -> str:
    rows = client.get("/start/").context["steps"]
    return next((row["at"].step.key for row in rows if row["at"].is_next), "")


def test_each_step_opens_the_next() -> None:
    client = reading_as(make_admin())
    for said in SAID:
        assert open_step(client) == said["step"]
        take(client, said)
    assert open_step(client) == "key"
    page = unescape(client.post("/start/", {"step": "key", "name": "kiosk"}).content.decode())
    assert "cxl_" in page
    assert '"touchpoint": "boarding"' in page
    assert open_step(client) == "answer"


def test_the_steps_make_what_a_configuration_file_would() -> None:
    take(reading_as(make_admin()), *SAID)
    assert Organization.objects.get().timezone == "Asia/Shanghai"
    assert Touchpoint.objects.get(key="boarding").owner == Department.objects.get(key="piers")
    assert Metric.objects.get().key == "satisfaction"
    assert Rule.objects.get().key == "boarding-is-liked"


def test_the_answers_shown_with_the_key_are_enough_for_a_first_warning() -> None:
    client = reading_as(make_admin())
    take(client, *SAID)
    shown = client.post("/start/", {"step": "key", "name": "kiosk"}).context["answers"]
    said = [json.loads(line) for line in shown.lines]
    assert shown.warns
    assert [each["value"] for each in said] == [2] * 5
    assert {each["external_id"] for each in said} == {f"try-{n}" for n in range(1, 6)}


@pytest.mark.parametrize(
    ("kind", "low", "level", "said"),
    [
        ("csat", 1.0, {"below": 3.5}, {"value": 2}),
        ("csat", 1.0, {"below": 2}, {"value": 1}),
        ("csat", 1.0, {"below": 1}, None),
        ("nps", 0.0, {"below": -20}, {"value": 0}),
        ("duration", None, {"above": 30}, {"value": 31}),
        ("count", None, {"above": 2.5}, {"value": 3}),
        ("rate", None, {"above": 5}, {"value": 6, "exposure": 100}),
        ("rate", None, {"above": 100}, None),
        ("csat", 1.0, {"change_below": 1}, None),
    ],
)
def test_a_line_is_crossed_by_answers_as_bad_as_can_be(
    kind: str, low: float | None, level: dict[str, float], said: dict[str, float] | None
) -> None:
    assert value_beyond(kind, low, {"warning": level}) == said


def test_new_people_begin_in_the_language_the_company_is_set_up_in() -> None:
    take(reading_as(make_admin(language="zh-hans")), SAID[0])
    assert Organization.objects.get().languages == ["zh-hans", "en"]


def test_the_first_admin_reads_on_in_the_language_of_the_browser() -> None:
    admin = make_admin(language="en")
    given = {"email": admin.email, "password": PASSWORD}
    Client(headers={"accept-language": "zh-CN"}).post("/login/", given)
    admin.refresh_from_db()
    assert admin.language == "zh-hans"


def test_a_proposed_zone_is_not_put_over_a_chosen_one() -> None:
    client = reading_as(make_admin())
    assert "data-own-zone" in client.get("/start/").content.decode()
    wrong = client.post("/start/", {**SAID[0], "name": "", "timezone": "UTC"})
    assert "data-own-zone" not in wrong.content.decode()


def test_the_first_key_may_send_and_nothing_else() -> None:
    reading_as(make_admin()).post("/start/", {"step": "key", "name": "kiosk"})
    assert ApiKey.objects.get().scopes == ["ingest"]


def test_what_does_not_fit_is_said_beside_its_step() -> None:
    client = reading_as(make_admin(language="zh-hans"))
    wrong = client.post("/start/", {"step": "department", "name": "码头部", "lead": "x"})
    assert wrong.status_code == 422
    shown = {row["at"].step.key: row["form"] for row in wrong.context["steps"]}
    assert set(shown["department"].errors) == {"lead"}
    assert not Department.objects.exists()


def test_a_name_without_latin_letters_gets_a_short_name_by_itself() -> None:
    client = reading_as(make_admin(language="zh-hans"))
    client.post("/start/", {"step": "organization", "name": "云上航空", "timezone": "UTC"})
    for name in ("码头部", "客舱部"):
        said = {"step": "department", "name": name, "lead": "lin@example.com"}
        assert client.post("/start/", said).status_code == 302
    keys = Department.objects.order_by("key").values_list("key", flat=True)
    assert list(keys) == ["department-1", "department-2"]
    said = {"name": "出行", "stage": "登机", "touchpoint": "登机口", "owner": "department-1"}
    assert client.post("/start/", {"step": "journey", **said}).status_code == 302
    assert Touchpoint.objects.get().key == "touchpoint-1"


def test_an_admin_of_nothing_is_led_there_and_later_is_not(client: Client) -> None:
    admin = make_admin()
    given = {"email": admin.email, "password": PASSWORD}
    assert client.post("/login/", given)["Location"] == "/start/"
    make_organization()
    assert Client().post("/login/", given)["Location"] == "/"


def test_who_is_no_admin_has_no_first_steps(client: Client) -> None:
    somebody = make_user("ana@example.com")
    given = {"email": somebody.email, "password": PASSWORD}
    assert client.post("/login/", given)["Location"] == "/"
    assert client.get("/start/").status_code == 403


def test_the_demo_does_not_come_into_a_company_that_is_there() -> None:
    make_organization()
    client = reading_as(make_admin())
    assert "Load the demo company" not in client.get("/start/").content.decode()
    assert client.post("/start/demo/")["Location"] == "/start/"


def test_what_is_there_already_is_not_changed_unasked() -> None:
    client = reading_as(make_admin(language="zh-hans"))
    take(client, *SAID[:3])
    again = client.post("/start/", {**SAID[1], "lead": "bo@example.com"})
    assert (again.status_code, "该标识已被使用" in again.content.decode()) == (422, True)
    other = {**SAID[2], "name": "Another way", "touchpoint": "Gate"}
    assert client.post("/start/", other).status_code == 422
    assert Touchpoint.objects.get().stage.journey.key == "a-crossing"
    client.post("/start/", {**SAID[0], "name": "Somebody else"})
    assert Organization.objects.get().name == {"zh-hans": "Harbour Ferries"}
