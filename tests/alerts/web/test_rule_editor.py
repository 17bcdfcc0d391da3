"""The rule editor: tried on history, saved as a version, refused at the slot that is wrong."""

import ast
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from alerts import logic
from alerts.models import Rule
from alerts.web.refusals import SENTENCES
from cx_loop import clock
from cx_loop.models import Activity, Department, Metric, Touchpoint, User
from tests.factories import (
    NOW,
    fill_days,
    make_admin,
    make_department,
    make_group,
    make_metric,
    make_organization,
    make_playbook,
    make_rule,
    make_series,
    make_touchpoint,
    make_user,
)
from tests.pages import reading_as, retyped, seen

pytestmark = pytest.mark.django_db
SAID = {
    "metric": "wait",
    "aggregate": "p90",
    "place": "touchpoint:boarding",
    "window_n": "1",
    "window_unit": "d",
    "operator": "above",
    "warning_line": "30",
    "warning_recover": "25",
    "min_samples": "3",
    "for_windows": "1",
}


@pytest.fixture
def ground() -> Department:
    make_organization()
    return make_department("ground-ops", name={"en": "Ground operations", "zh-hans": "地勤部"})


@pytest.fixture
def wait(ground: Department) -> Metric:
    names = {"en": "Wait", "zh-hans": "等待时间"}
    return make_metric("wait", kind="duration", unit="min", name=names)


@pytest.fixture
def boarding(ground: Department, wait: Metric) -> Touchpoint:
    """Good days, two bad ones, good ones again."""
    place = make_touchpoint("boarding", owner=ground, name={"en": "Boarding", "zh-hans": "登机"})
    days = [[10.0] * 5] * 15 + [[50.0] * 5] * 2 + [[10.0] * 5] * 15
    fill_days(make_series(place, wait), (NOW - timedelta(days=40)).date(), days)
    return place


@pytest.fixture
def admin(boarding: Touchpoint) -> Client:
    return reading_as(make_admin())


def sent(client: Client, url: str, status: int = 200, **said: Any) -> str:
    with clock.set_to(NOW):
        response = client.post(url, {**SAID, **said})
    assert response.status_code == status, response.content.decode()
    return response.content.decode()


def test_a_rule_is_tried_before_it_is_saved(admin):
    page = sent(admin, "/rules/new/", do="try")
    assert "<dd>1</dd>" in page
    assert "Ground operations: at most 0.08 tasks a week (1 in all)" in page
    assert '<th scope="row">Boarding</th>' in page
    assert not Rule.objects.exists()


def test_a_rule_is_saved_under_a_key_of_its_own(admin):
    sent(admin, "/rules/new/", 302, do="save", name_en="Long wait", **{"name_zh-hans": "等待过长"})
    rule = Rule.objects.get(key="boarding-wait")
    assert rule.name == {"en": "Long wait", "zh-hans": "等待过长"}
    assert rule.current.spec["warning"] == {"above": 30.0, "recover": 25.0}
    assert rule.current.created_by.email == "admin@example.com"
    assert rule.groups.count() == 1


def test_every_key_of_a_rule_can_be_said(admin, wait):
    make_playbook("extra-staff")
    make_metric("complaints", kind="count", direction="lower_is_better")
    sent(
        admin,
        "/rules/new/",
        302,
        do="save",
        operator="change_below",
        warning_line="20%",
        warning_recover="10%",
        critical_line="40%",
        critical_recover="",
        by=["segment", "channel"],
        max_groups="50",
        versus="segment",
        versus_value="normal",
        warning_certain="95%",
        praise_operator="change_above",
        praise_line="15%",
        cooldown_n="1",
        cooldown_unit="d",
        keep_firing_for_n="2",
        keep_firing_for_unit="h",
        no_data="alert",
        expected_every_n="2",
        expected_every_unit="d",
        playbook="extra-staff",
        verify_settle_n="2",
        verify_settle_unit="d",
        verify_looks="5, 10",
        verify_extend_to_n="30",
        verify_extend_to_unit="d",
        verify_tolerance="2",
        verify_guardrails=["complaints"],
    )
    version = Rule.objects.get().current
    spec = version.spec
    assert spec["warning"] == {"change_below": "-20.0%", "recover": "-10.0%", "certain": "95%"}
    assert (spec["praise"], spec["critical"]) == (
        {"change_above": "15.0%"},
        {"change_below": "-40.0%"},
    )
    assert (spec["by"], spec["versus"]) == (["segment", "channel"], {"segment": "normal"})
    assert (spec["cooldown"], spec["keep_firing_for"], spec["max_groups"]) == ("1d", "2h", 50)
    assert (spec["no_data"], spec["expected_every"]) == ("alert", "2d")
    assert spec["verify"] == {
        "settle": "2d",
        "looks": ["5d", "10d"],
        "extend_to": "30d",
        "tolerance": 2.0,
        "guardrails": ["complaints"],
    }
    assert version.playbook.key == "extra-staff"


def test_saving_what_the_editor_shows_changes_nothing(admin, wait):
    test_every_key_of_a_rule_can_be_said(admin, wait)
    url = f"/rules/{Rule.objects.get().key}/edit/"
    typed = retyped(admin, url, do="save", opened_at="1")
    with clock.set_to(NOW):
        assert admin.post(url, typed).status_code == 302
    assert Rule.objects.get().versions.count() == 1


@pytest.mark.parametrize(
    ("change", "slot", "said"),
    [
        ({"metric": ""}, "metric", "Choose a metric."),
        ({"warning_line": "many"}, "warning_line", "is not a number."),
        ({"warning_recover": "40"}, "warning_recover", "recover must be on the healthy side."),
        ({"critical_line": "20"}, "critical_line", "move it beyond."),
        ({"window_n": "100"}, "window", "A window is between 5m and 90d long."),
        ({"place": ""}, "place", "Choose what is watched."),
        ({"aggregate": "nps"}, "aggregate", "choose another figure."),
        ({"spread": "segment", "by": ["segment"]}, "spread", "a single one has no spread."),
        ({"verify_looks": "7, 5"}, "verify_looks", "Each look is later than the one before."),
        ({"key": "new"}, "key", "This word is an address already"),
        ({"key": "Long Wait"}, "key", "Use small letters"),
    ],
)
def test_what_is_wrong_is_said_at_its_slot(admin, change, slot, said):
    page = sent(admin, "/rules/new/", 422, do="save", **change)
    note = page.split(f'id="rule_{slot}_note"')[1].split("</span></span>")[0]
    assert said in note.replace("&#x27;", "'")


def test_nobody_is_told_off_before_a_line_is_given(admin):
    page = sent(admin, "/rules/new/", do="try", warning_line="")
    assert "Choose metric, touchpoint and a line" in page
    assert 'class="error"' not in page


def test_a_line_for_a_budget_is_filled_in(admin):
    page = sent(admin, "/rules/new/", do="suggest", budget="0")
    assert "Line 50: 0 alerts in 90 days." in page
    assert 'name="warning_line" value="50"' in page
    assert 'name="warning_recover" value="45"' in page


def test_a_change_stands_beside_the_version_in_force(admin, wait):
    sent(admin, "/rules/new/", 302, do="save")
    page = sent(admin, "/rules/boarding-wait/edit/", do="try", opened_at="1", warning_line="60")
    assert "Now: 1 alert; with this: 0." in page


def test_a_key_that_is_taken_is_not_written_over(admin, wait):
    make_rule("boarding-wait", metric=wait)
    page = sent(admin, "/rules/new/", 422, do="save", key="boarding-wait")
    assert "There is a rule of that key already" in page
    sent(admin, "/rules/new/", 302, do="save")
    assert Rule.objects.filter(key="boarding-wait-2").exists()


def test_the_same_form_sent_twice_is_saved_once(admin):
    for _ in range(2):
        sent(admin, "/rules/new/", 302, do="save", key="wait")
    assert Rule.objects.get().versions.count() == 1


def test_a_stale_edit_is_refused_with_the_newer_one_shown(admin):
    url = "/rules/boarding-wait/edit/"
    sent(admin, "/rules/new/", 302, do="save")
    sent(admin, url, 302, do="save", opened_at="1", warning_line="35")
    page = sent(admin, url, 409, do="save", opened_at="1", warning_line="28")
    assert "Somebody saved version 2 meanwhile" in page
    assert "<del>30</del> → <ins>35</ins>" in page
    assert 'name="warning_line" value="28"' in page
    assert Rule.objects.get().current.number == 2
    sent(admin, url, 302, do="save", opened_at="2", warning_line="28")
    assert Rule.objects.get().current.spec["warning"]["above"] == 28


def test_a_drift_needs_no_line(admin):
    page = sent(admin, "/rules/new/", do="try", operator="drift_up", warning_line="")
    assert "alerts in 90 days" in page
    sent(admin, "/rules/new/", 302, do="save", operator="drift_up", warning_line="")
    assert Rule.objects.get().current.spec["drift"] == "up"


def lead_of(department: Department) -> User:
    return make_user(department=department, role="lead")


def test_a_lead_makes_rules_of_the_own_touchpoints_only(ground, boarding):
    lead = reading_as(lead_of(ground))
    assert "every touchpoint" not in seen(lead, "/rules/new/")
    sent(lead, "/rules/new/", 302, do="save")
    make_touchpoint("app")
    sent(lead, "/rules/new/", 422, do="save", place="touchpoint:app")
    sent(lead, "/rules/new/", 422, do="save", place="all")


def test_a_director_reaches_the_departments_below(boarding, ground):
    ground.parent = make_department("operations")
    ground.save()
    director = make_user(department=ground.parent, role="director")
    sent(reading_as(director), "/rules/new/", 302, do="save")


def test_a_rule_beyond_the_department_is_not_a_leads_to_change(ground, boarding, wait):
    lead = reading_as(lead_of(ground))
    make_group(make_rule("everywhere", metric=wait), touchpoint=boarding)
    seen(lead, "/rules/everywhere/edit/", status=403)
    assert "Change it" not in seen(lead, "/rules/everywhere/")
    sent(lead, "/rules/everywhere/retire/", 403, reason="It is loud.")


def test_a_member_makes_no_rules(ground, boarding):
    member = reading_as(make_user(department=ground))
    seen(member, "/rules/new/", status=403)
    assert "New rule" not in seen(member, "/rules/")


def test_a_rule_is_retired_and_brought_back_with_a_reason(admin):
    sent(admin, "/rules/new/", 302, do="save")
    sent(admin, "/rules/boarding-wait/retire/", 302, reason=" ")
    assert Rule.objects.get().retired_at is None
    sent(admin, "/rules/boarding-wait/retire/", 302, reason="The gate is gone.")
    assert "The gate is gone." in seen(admin, "/rules/boarding-wait/")
    with clock.set_to(NOW):
        assert admin.get("/rules/boarding-wait/edit/").status_code == 302
    sent(admin, "/rules/boarding-wait/back/", 302, reason="It is back.")
    assert Rule.objects.get().retired_at is None
    changes = [row.params["change"] for row in Activity.objects.filter(subject="rule")]
    assert changes == ["created", "retired", "changed"]


def test_the_editor_reads_chinese(boarding):
    lin = reading_as(make_admin(language="zh-hans"))
    assert "新建规则" in seen(lin, "/rules/new/")
    assert "不是数字" in sent(lin, "/rules/new/", 422, do="save", warning_line="很多")


def test_every_refusal_of_a_rule_can_be_said_in_the_readers_language():
    missing = {
        template
        for path in Path(logic.__file__).parent.glob("*.py")
        for template in _templates(ast.parse(path.read_text("utf-8")))
    } - {"{reason}", *SENTENCES}
    assert not missing


def _templates(tree: ast.Module) -> Iterator[str]:
    """The sentence of each SpecError that a module raises."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "SpecError":
            said = node.args[1] if len(node.args) > 1 else None
            if isinstance(said, ast.Constant):
                yield str(said.value)
