"""What people changed in pages, and what a file leaves out."""

import pytest

from alerts.models import Rule
from cx_loop.models import AppliedConfiguration, Department, Metric, Segment, Touchpoint, User
from tests.config.conftest import Apply, Refused
from tests.factories import NOW, make_admin, make_department, make_series, make_source

pytestmark = pytest.mark.django_db


def edit_in_a_page() -> None:
    Touchpoint.objects.filter(key="boarding").update(owner=Department.objects.get(key="it"))


def test_an_edit_in_a_page_is_not_written_over_unasked(applied: str, refused: Refused) -> None:
    edit_in_a_page()

    assert refused(applied) == [
        "34: touchpoint boarding was edited in pages since the last apply: "
        "owner it there, ground-ops here. "
        "Take the pages' values into the file, or apply with --overwrite."
    ]
    assert Touchpoint.objects.get(key="boarding").owner.key == "it"


def test_overwrite_puts_the_files_value_back(apply: Apply, applied: str) -> None:
    edit_in_a_page()

    changes = apply(applied, overwrite=True)

    assert str(changes) == "~ touchpoint boarding: owner it -> ground-ops"
    assert not apply(applied)


def test_an_edit_that_the_file_took_over_is_fine(apply: Apply, applied: str) -> None:
    edit_in_a_page()
    taken_over = applied.replace("owner: ground-ops", "owner: it")

    assert not apply(taken_over)
    changed = apply(taken_over.replace("name: Boarding,", "name: Board,"))

    assert str(changed) == "~ touchpoint boarding: name.en Boarding -> Board"


def test_an_object_made_in_a_page_is_not_written_over_either(refused: Refused) -> None:
    make_department("it", name={"en": "Ours"})

    assert (
        "department it was edited in pages and never applied"
        in refused("departments:\n  - {key: it, name: Theirs}\n")[0]
    )


def test_an_object_in_no_file_does_not_disturb(apply: Apply, applied: str) -> None:
    make_department("made-by-hand")

    assert not apply(applied)


def test_people_keep_the_language_they_chose(apply: Apply, applied: str) -> None:
    User.objects.filter(email="lin@example.com").update(language="en")

    assert not apply(applied)


def test_prune_retires_what_the_file_leaves_out(apply: Apply, applied: str) -> None:
    changes = apply(applied.replace("normal, gold, diamond", "normal, gold"), prune=True)

    assert str(changes) == "- segment diamond"
    assert Segment.objects.get(key="diamond").retired_at == NOW


def test_prune_twice_changes_nothing(apply: Apply, applied: str) -> None:
    smaller = applied.replace("normal, gold, diamond", "normal, gold")
    apply(smaller, prune=True)

    assert not apply(smaller, prune=True)


def test_what_was_pruned_comes_back_when_it_is_named_again(apply: Apply, applied: str) -> None:
    apply(applied.replace("normal, gold, diamond", "normal, gold"), prune=True)

    changes = apply(applied)

    assert str(changes) == "~ segment diamond: retired true -> false"
    assert Segment.objects.get(key="diamond").retired_at is None


def test_a_retired_rule_comes_back_as_it_was(apply: Apply, applied: str) -> None:
    before, _, rest = applied.partition("rules:\n")
    without_rules = f"{before}rules: []\nplaybooks:{rest.partition('playbooks:')[2]}"
    apply(without_rules, prune=True)
    assert not Rule.objects.in_force().exists()

    apply(applied)

    rule = Rule.objects.in_force().get()
    assert rule.current is not None
    assert rule.current.number == 1


def test_prune_leaves_sections_alone_that_the_file_does_not_have(
    apply: Apply, applied: str
) -> None:
    assert not apply("segments: [normal, gold, diamond]\n", prune=True)


def test_what_others_need_is_not_pruned(applied: str, refused: Refused) -> None:
    said = refused("metrics: [{key: csat, kind: csat}]\n", prune=True)

    assert (
        "1: rule boarding-wait stays and needs metric wait, which would be retired. "
        "Keep wait, or change rule boarding-wait in the file as well."
    ) in said


def test_prune_leaves_sources_alone_that_no_file_made(apply: Apply, applied: str) -> None:
    make_source("api")

    assert str(apply("sources: []\n", prune=True)) == "- source typeform-main"


def test_prune_takes_roles_but_not_the_account(apply: Apply, applied: str) -> None:
    make_admin("by-hand@example.com")

    changes = apply("people: []\n", prune=True)

    assert str(changes) == "- person lin@example.com"
    lin = User.objects.get(email="lin@example.com")
    assert (lin.is_active, lin.is_analyst) == (True, False)
    assert User.objects.get(email="by-hand@example.com").is_superuser


def test_a_metric_with_observations_keeps_its_scale(applied: str, refused: Refused) -> None:
    make_series(Touchpoint.objects.get(), Metric.objects.get(key="csat"))

    said = refused(applied.replace("kind: csat, scale: [1, 5]", "kind: csat, scale: [1, 7]"))

    assert said[0].startswith("19: metric csat has observations, so its scale cannot change")


def test_remembering_is_by_object(applied: str) -> None:
    kept = AppliedConfiguration.objects.filter(kind="touchpoint")

    assert list(kept.values_list("key", "origin")) == [("boarding", "configuration")]
