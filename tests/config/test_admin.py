"""The objects of a configuration edited by hand in /admin/."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client, override_settings
from django.urls import path, reverse

from alerts.models import Playbook, Rule
from cx_loop.models import (
    Activity,
    Department,
    Endpoint,
    Metric,
    Segment,
    Source,
    Touchpoint,
    User,
)
from cx_loop.models.encryption import decrypt
from tasks.models import EscalationPolicy, RouteTable
from tests.config.conftest import Apply, Refused
from tests.factories import make_admin, make_series, make_user

pytestmark = pytest.mark.django_db

KEPT = [
    "cx_loop.organization",
    "cx_loop.user",
    "cx_loop.department",
    "cx_loop.calendar",
    "cx_loop.metric",
    "cx_loop.segment",
    "cx_loop.journey",
    "cx_loop.stage",
    "cx_loop.touchpoint",
    "cx_loop.source",
    "cx_loop.activity",
    "alerts.rule",
    "alerts.playbook",
    "tasks.routetable",
    "tasks.escalationpolicy",
]
urlpatterns = [path("admin/", admin.site.urls)]


@pytest.fixture(autouse=True)
def only_admin_pages() -> Iterator[None]:
    """Django's own pages: their templates do use variables that are not there."""
    options = {**settings.TEMPLATES[0]["OPTIONS"], "string_if_invalid": ""}
    theirs = [name for name in options["context_processors"] if name.startswith("django.")]
    with override_settings(
        ROOT_URLCONF=__name__,
        TEMPLATES=[{**settings.TEMPLATES[0], "OPTIONS": {**options, "context_processors": theirs}}],
        MIDDLEWARE=[name for name in settings.MIDDLEWARE if name.startswith("django.")],
    ):
        yield


@pytest.fixture
def page(applied: str, client: Client) -> Client:
    client.force_login(make_admin())
    return client


def url(model: str, what: str, *args: Any) -> str:
    return reverse(f"admin:{model.replace('.', '_')}_{what}", args=args)


def fields_of(page: Client, address: str) -> dict[str, Any]:
    """What the page would send back unchanged."""
    response = page.get(address)
    form = response.context["adminform"].form
    sent = {}
    for bound in form:
        value = bound.value()
        if value is not None and value is not False:
            sent[bound.html_name] = value
            if bound.field.show_hidden_initial:
                sent[bound.html_initial_name] = value
    for inline in response.context["inline_admin_formsets"]:
        for bound in inline.formset.management_form:
            sent[bound.html_name] = bound.value()
        for row in inline.formset.initial_forms:
            for bound in row:
                value = bound.value()
                sent |= {} if value is None else {bound.html_name: value}
    return sent


def edit(page: Client, model: str, obj: Any, **changed: Any) -> Any:
    address = url(model, "change", obj.pk)
    response = page.post(address, {**fields_of(page, address), **changed})
    if response.status_code == 200:
        return response.context["adminform"].form.errors
    return {}


@pytest.mark.parametrize("model", KEPT)
def test_every_list_opens_and_nothing_can_be_deleted(model: str, page: Client) -> None:
    response = page.get(url(model, "changelist"))

    assert response.status_code == 200
    assert "delete_selected" not in response.content.decode()


@pytest.mark.parametrize("model", KEPT)
def test_every_object_opens(model: str, page: Client) -> None:
    registered = next(found for found in admin.site._registry if found._meta.label_lower == model)
    found = registered._default_manager.first()
    assert found is not None

    assert page.get(url(model, "change", found.pk)).status_code == 200


def test_only_admins_come_in(applied: str, client: Client) -> None:
    client.force_login(make_user("staff@example.com", is_analyst=True))

    assert client.get(url("alerts.rule", "changelist")).status_code == 302


def test_a_saved_rule_gets_a_new_version(page: Client) -> None:
    rule = Rule.objects.select_related("current").get()
    assert rule.current is not None
    spec = {**rule.current.spec, "window": "2d"}

    assert edit(page, "alerts.rule", rule, spec=json.dumps(spec)) == {}

    rule.refresh_from_db()
    assert rule.current is not None
    assert (rule.current.number, rule.current.spec["window"]) == (2, "2d")
    assert rule.current.created_by == User.objects.get(email="admin@example.com")


def test_a_rule_saved_unchanged_keeps_its_version(page: Client) -> None:
    assert edit(page, "alerts.rule", Rule.objects.get()) == {}

    assert Rule.objects.get().versions.count() == 1


def test_an_impossible_rule_is_refused(page: Client) -> None:
    rule = Rule.objects.select_related("current").get()
    assert rule.current is not None
    spec = {**rule.current.spec, "window": "7m"}

    errors = edit(page, "alerts.rule", rule, spec=json.dumps(spec), watches='{"stage": "none"}')

    assert set(errors) == {"spec", "watches"}
    assert rule.versions.count() == 1


def test_an_edited_rule_is_protected_from_the_file(
    page: Client, applied: str, refused: Refused
) -> None:
    assert edit(page, "alerts.rule", Rule.objects.get(), watches='"all"') == {}

    assert "rule boarding-wait was edited in pages since the last apply" in refused(applied)[0]


def test_what_was_edited_in_pages_applies_when_the_file_agrees(
    page: Client, applied: str, apply: Apply
) -> None:
    assert edit(page, "cx_loop.metric", Metric.objects.get(key="wait"), unit="minutes") == {}

    assert not apply(applied.replace("unit: min", "unit: minutes"))


def test_a_playbook_and_a_policy_get_versions_too(page: Client) -> None:
    playbook, policy = Playbook.objects.get(), EscalationPolicy.objects.get()
    spec = {"respond_within": "1h", "steps": [{"after": "1h", "to": "lead"}]}

    assert edit(page, "alerts.playbook", playbook, kind="process") == {}
    assert edit(page, "tasks.escalationpolicy", policy, spec=json.dumps(spec)) == {}

    playbook.refresh_from_db()
    policy.refresh_from_db()
    assert playbook.current is not None
    assert policy.current is not None
    assert (playbook.current.number, policy.current.number) == (2, 2)


def test_new_routes_start_from_a_copy_of_the_old(page: Client) -> None:
    address = url("tasks.routetable", "add")
    copied = json.loads(fields_of(page, address)["routes"])
    assert copied[0]["role"] == "quality"

    changed = json.dumps([{**copied[0], "role": "lead"}])
    page.post(address, {**fields_of(page, address), "routes": changed})

    newest = RouteTable.objects.first()
    assert newest is not None
    assert (newest.number, newest.routes.get().role) == (2, "lead")


def test_retiring_keeps_the_row_and_bringing_back_restores_it(page: Client) -> None:
    rule, segment = Rule.objects.get(), Segment.objects.get(key="gold")
    for model, obj in (("alerts.rule", rule), ("cx_loop.segment", segment)):
        page.post(url(model, "changelist"), {"action": "retire", "_selected_action": [obj.pk]})
    assert not Rule.objects.in_force().exists()
    assert Segment.objects.get(key="gold").retired_at is not None

    page.post(
        url("alerts.rule", "changelist"), {"action": "bring_back", "_selected_action": [rule.pk]}
    )

    assert Rule.objects.in_force().get().versions.count() == 1


def test_a_secret_goes_in_and_never_comes_out(page: Client) -> None:
    source = Source.objects.get()

    assert edit(page, "cx_loop.source", source, new_secret="open sesame") == {}

    source.refresh_from_db()
    assert decrypt(source.secret) == "open sesame"
    shown = page.get(url("cx_loop.source", "change", source.pk)).content.decode()
    assert "sesame" not in shown
    assert source.secret not in shown


def test_a_save_leaves_a_row_in_the_trail(page: Client) -> None:
    department = Department.objects.get(key="it")

    assert edit(page, "cx_loop.department", department, name="Computers") == {}

    row = Activity.objects.filter(subject="department").last()
    assert row is not None
    assert row.user is not None
    assert (row.verb, row.params["fields"]) == ("configured", ["name"])
    assert Department.objects.get(key="it").name == {"en": "Computers"}


@pytest.mark.parametrize(
    ("written", "way_out"),
    [
        ("https://10.1.2.3/hook", "CX_OUTGOING_NETWORKS"),
        ("https://localhost/hook", "CX_OUTGOING_NETWORKS"),
        ("http://example.com/hook", "Only https:// addresses"),
    ],
)
def test_an_address_that_would_never_be_sent_to_is_refused_at_its_field(
    page: Client, settings: Any, written: str, way_out: str
) -> None:
    settings.OUTGOING_NETWORKS = []
    department = Department.objects.get(key="it")

    errors = edit(page, "cx_loop.department", department, notify=f'["email", "{written}"]')

    assert way_out in errors["notify"][0]
    assert not Endpoint.objects.exists()


def test_hours_that_are_none_are_refused(page: Client) -> None:
    calendar = Department.objects.get(key="ground-ops").calendar

    errors = edit(page, "cx_loop.calendar", calendar, hours='{"mon": "9-18"}', holidays="XX")

    assert set(errors) == {"hours", "holidays"}


def test_a_metric_with_observations_keeps_its_scale(page: Client) -> None:
    metric = Metric.objects.get(key="csat")
    make_series(Touchpoint.objects.get(), metric)

    assert "high" in edit(page, "cx_loop.metric", metric, high="7")


def test_an_admin_cannot_lock_themself_out(page: Client) -> None:
    me = User.objects.get(email="admin@example.com")
    address = url("cx_loop.user", "change", me.pk)
    sent = fields_of(page, address)
    sent.pop("is_superuser")

    page.post(address, sent)

    assert User.objects.get(pk=me.pk).is_superuser
