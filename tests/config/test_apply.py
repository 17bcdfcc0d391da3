"""Applying a configuration: whole or not at all, and once is enough."""

import pytest

from alerts.models import Group, Playbook, Rule, RuleVersion
from config.configuration import ConfigurationRefused
from cx_loop.logic.configuration.differences import Change
from cx_loop.models import (
    Activity,
    AppliedConfiguration,
    Department,
    Membership,
    Organization,
    Source,
    Touchpoint,
    User,
)
from cx_loop.models.encryption import decrypt
from tasks.models import EscalationPolicy, RouteTable
from tests.config.conftest import Apply
from tests.factories import make_series

pytestmark = pytest.mark.django_db


def said(changes: object) -> list[str]:
    return str(changes).splitlines()


def test_the_example_applies_whole(apply: Apply, example: str) -> None:
    changes = said(apply(example))

    assert changes[0] == "+ organization"
    assert "+ touchpoint boarding" in changes
    assert changes[-1] == "+ escalation default"
    assert str(Organization.current()) == "Demo Air"


def test_applying_twice_changes_nothing(apply: Apply, applied: str) -> None:
    activities, stamps = Activity.objects.count(), _stamps()

    again = apply(applied)

    assert (bool(again), str(again)) == (False, "nothing to change")
    assert RuleVersion.objects.count() == 1
    assert RouteTable.objects.count() == 1
    assert (Activity.objects.count(), _stamps()) == (activities, stamps)


def _stamps() -> list[tuple[str, str]]:
    return list(AppliedConfiguration.objects.order_by("id").values_list("key", "digest"))


def test_staff_of_departments_are_invited_without_a_password(applied: str) -> None:
    ana = User.objects.get(email="ana@example.com")

    assert not ana.has_usable_password()
    assert ana.language == "zh-hans"
    roles = ana.memberships.values_list("role", "duty").order_by("role")
    assert list(roles) == [("duty", "quality"), ("member", "")]


def test_people_get_their_roles(applied: str) -> None:
    lin = User.objects.get(email="lin@example.com")

    assert (lin.name, lin.is_analyst, lin.is_superuser) == ("Lin", True, False)


def test_no_is_norway(apply: Apply) -> None:
    apply("departments:\n  - {key: oslo, calendar: {timezone: Europe/Oslo, holidays: NO}}\n")

    calendar = Department.objects.get(key="oslo").calendar
    assert calendar is not None
    assert calendar.holidays == "NO"


def test_a_name_may_be_one_text_or_one_a_language(applied: str) -> None:
    names = dict(Department.objects.values_list("key", "name"))

    assert names["it"] == {"en": "IT"}
    assert names["ground-ops"] == {"en": "Ground operations", "zh-hans": "地勤部"}


def test_a_calendar_without_a_time_zone_has_the_organizations(apply: Apply) -> None:
    apply(
        "organization: {name: A, timezone: Asia/Tokyo}\n"
        "departments:\n  - {key: it, calendar: {hours: {mon: '09:00-10:00'}}}\n"
    )

    calendar = Department.objects.get(key="it").calendar
    assert calendar is not None
    assert calendar.timezone == "Asia/Tokyo"


def test_a_changed_line_changes_one_object(apply: Apply, applied: str) -> None:
    changes = apply(applied.replace("owner: ground-ops", "owner: it"))

    assert said(changes) == ["~ touchpoint boarding: owner ground-ops -> it"]
    assert Touchpoint.objects.get(key="boarding").owner.key == "it"


def test_a_changed_rule_gets_a_new_version(apply: Apply, applied: str) -> None:
    changes = apply(applied.replace("above: 45", "above: 50"))

    assert said(changes) == ["~ rule boarding-wait: critical.above 45.0 -> 50.0"]
    rule = Rule.objects.get(key="boarding-wait")
    assert rule.current is not None
    assert rule.current.number == 2
    assert rule.versions.get(number=1).spec["critical"]["above"] == 45


def test_a_rule_may_leave_its_aggregate_to_the_metric(apply: Apply, example: str) -> None:
    apply(example.replace("    aggregate: p90 ", "    #"))

    version = RuleVersion.objects.get()
    assert version.spec["aggregate"] == "p90"


def test_a_rule_watches_the_series_that_are_there(apply: Apply, applied: str) -> None:
    touchpoint, rule = Touchpoint.objects.get(), Rule.objects.select_related("current").get()
    assert rule.current is not None
    make_series(touchpoint, rule.current.metric, segment="gold")

    apply(applied.replace("above: 45", "above: 50"))

    assert list(Group.objects.values_list("segment", flat=True)) == ["gold"]


def test_all_routes_are_one_table(apply: Apply, applied: str) -> None:
    apply(applied.replace("role: quality", "role: lead"))

    newest = RouteTable.objects.first()
    assert newest is not None
    assert newest.number == 2
    assert newest.routes.get().when == {"metric": ["wait"], "severity": ["critical"]}


def test_a_policy_gets_a_new_version(apply: Apply, applied: str) -> None:
    apply(applied.replace("respond_within: 4h", "respond_within: 2h"))

    policy = EscalationPolicy.objects.get(key="default")
    assert policy.current is not None
    assert (policy.current.number, policy.current.spec["respond_within"]) == (2, "2h")


def test_a_secret_comes_from_the_environment_and_is_stored_encrypted(applied: str) -> None:
    source = Source.objects.get(key="typeform-main")

    assert "knock" not in source.secret
    assert decrypt(source.secret) == "knock knock"


def test_a_changed_secret_is_never_printed(apply: Apply, applied: str) -> None:
    changes = apply(applied.replace('"${TYPEFORM_SECRET}"', "open sesame"))

    assert "sesame" not in str(changes)
    assert "~ source typeform-main: secret" in str(changes)
    assert decrypt(Source.objects.get().secret) == "open sesame"


def test_one_bad_item_and_nothing_is_applied(apply: Apply, example: str) -> None:
    with pytest.raises(ConfigurationRefused):
        apply(example.replace("owner: ground-ops", "owner: nobody"))

    assert not Department.objects.exists()
    assert not User.objects.exists()


def test_absent_objects_are_left_alone(apply: Apply, applied: str) -> None:
    assert not apply("segments: [normal, gold, diamond]\n")
    assert Playbook.objects.get().retired_at is None


def test_every_change_leaves_a_row_in_the_trail(apply: Apply, applied: str) -> None:
    apply(applied.replace("above: 45", "above: 50"))

    row = Activity.objects.filter(subject="rule").last()
    assert row is not None
    assert row.verb == "configured"
    assert row.params == {"change": "changed", "key": "boarding-wait", "version": 2}


def test_a_lead_may_hand_over_to_a_member(apply: Apply, applied: str) -> None:
    apply(
        applied.replace("lead: lin@example.com", "lead: ana@example.com").replace(
            "members: [ana@example.com]", "members: [lin@example.com]"
        )
    )

    lead = Membership.objects.get(department__key="ground-ops", role="lead")
    assert lead.user.email == "ana@example.com"


def test_parents_may_stand_below_their_children(apply: Apply) -> None:
    apply("departments:\n  - {key: it, parent: top}\n  - {key: top}\n")

    parent = Department.objects.get(key="it").parent
    assert parent is not None
    assert parent.key == "top"


def test_a_change_reads_as_one_line() -> None:
    change = Change("~", "metric", "wait", {"unit": ("", "min"), "step": (1.0, 0.5)})

    assert str(change) == "~ metric wait: unit none -> min, step 1.0 -> 0.5"


def test_a_playbook_says_where_it_fits_and_when_its_steps_are_due(
    apply: Apply, applied: str
) -> None:
    said = (
        "playbooks:\n  - {key: call, name: Call in two, kind: staffing,\n"
        "     when: {touchpoint: boarding, pain_category: [quality, efficiency]},\n"
        "     steps: [{text: Show them, type: correct, kind: training, within: 2d}]}\n"
    )
    apply(said)

    version = Playbook.objects.get(key="call").current
    assert version is not None
    assert version.when == {"pain_category": ["efficiency", "quality"], "touchpoint": ["boarding"]}
    assert (version.steps[0]["kind"], version.steps[0]["within"]) == ("training", "2d")
    assert not apply(said)
