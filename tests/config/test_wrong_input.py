"""Whatever is typed into a form of settings, it answers: where it is wrong, in the reader's
language, with what was typed still there."""

import re
from typing import NamedTuple

import pytest
from django import forms
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import translation

from cx_loop import clock
from cx_loop.models import Actor, Metric, Touchpoint, User
from tasks.actions.policy_edits import put_policy
from tasks.models import RecoveryRule
from tests.factories import (
    NOW,
    make_admin,
    make_metric,
    make_organization,
    make_playbook,
    make_source,
    make_standard,
    make_touchpoint,
)
from tests.pages import reading_as

pytestmark = pytest.mark.django_db


class Place(NamedTuple):
    """Where a form is shown, where it goes, and what it is called on the page."""

    shown: str
    sent: str
    form: str = "form"
    do: str = ""
    key: str = ""

    def urls(self) -> tuple[str, str]:
        args = [self.key] if self.key else []
        return reverse(self.shown, args=args), reverse(self.sent, args=args)


NEW = {
    "cx_loop:organization": (),
    "cx_loop:department-new": (),
    "cx_loop:measure-new": ("metric",),
    "cx_loop:value-new": ("location",),
    "cx_loop:moment-weights": (),
    "cx_loop:calendars": (),
    "cx_loop:keys": (),
    "cx_loop:invite": (),
    "cx_loop:journey-new": (),
    "tasks:route-new": (),
    "tasks:policy-new": (),
    "tasks:playbook-new": (),
    "alerts:standard-new": (),
    "tasks:recovery-rule-new": (),
    "alerts:silences": (),
    "cx_loop:lexicon": (),
}
# pages on which a form has an address, a name or a button of its own
ELSEWHERE = {
    "a rule": Place("alerts:rule-new", "alerts:rule-new", do="save"),
    "a rule that is tried": Place("alerts:rule-new", "alerts:rule-new", do="try"),
    "an address": Place("cx_loop:messages", "cx_loop:message-add", "address_form"),
    "a test mail": Place("cx_loop:messages", "cx_loop:message-mail", "mail_form"),
    "a source": Place("cx_loop:sources", "cx_loop:source-add"),
    "options": Place("cx_loop:source", "cx_loop:source-change", "options_form", "options", "any"),
    "options of LimeSurvey": Place(
        "cx_loop:source", "cx_loop:source-change", "options_form", "options", "lime"
    ),
}
STEPS = ("organization", "department", "journey", "metric", "rule", "key")
HOW = {
    "nothing": ("", "", ""),
    "too long": ("长" * 5_001, "9" * 400, "长" * 300),
    "not a number": ("x", "many", ""),
    "odd letters": ("a\u202e<b>😀\x00", "١٢", "\x00"),
    "not in the list": ("x", "-1", "无此项"),
    "endless": ("x", "1e999", "x"),
}
LATIN = re.compile(r"[A-Za-z]{4,}")
IN_A_FILE = {"mon", "http", "https", "example", "json", "csat", "choice"}


@pytest.fixture
def admin() -> Client:
    make_organization()
    make_metric("wait")
    make_touchpoint("boarding")
    make_source("any", tool="generic")
    make_source("lime", tool="limesurvey")
    return reading_as(make_admin(language="zh-hans"))


def typed_into(form: forms.BaseForm, how: str) -> dict[str, object]:
    text, number, choice = HOW[how]
    said: dict[str, object] = {}
    for name, field in form.fields.items():
        if hasattr(field.widget, "widgets"):  # of two parts, each with a name of its own
            said |= {f"{name}_n": number, f"{name}_unit": choice}
        elif isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
            said[name] = choice
        elif isinstance(field, forms.IntegerField | forms.FloatField | forms.DateTimeField):
            said[name] = number
        elif not isinstance(field, forms.FileField | forms.BooleanField):
            said[name] = text
    return said


def form_of(answer: HttpResponse, name: str = "form") -> forms.BaseForm:
    form: forms.BaseForm = answer.context[name]  # type: ignore[attr-defined]
    return form


def wrong_words(form: forms.BaseForm) -> list[str]:
    """Refusals without a Chinese character, or with an English word that is no example."""
    with translation.override("zh-hans"):
        said = [str(each) for errors in form.errors.values() for each in errors]
    plain = [re.sub(r"'[^']*'|“[^”]*”", "", each) for each in said]
    return [
        each
        for each in plain
        if not re.search("[一-鿿]", each)
        or "变量" in each  # as Django says it, to programmers
        or set(LATIN.findall(each.lower())) - IN_A_FILE
    ]


@pytest.mark.parametrize("name", NEW)
def test_every_wrong_input_is_answered_at_its_field(admin: Client, name: str) -> None:
    url = reverse(name, args=NEW[name])
    try_all(admin, url, url)


@pytest.mark.parametrize("name", ELSEWHERE)
def test_so_it_is_on_pages_of_more_than_one_form(admin: Client, name: str) -> None:
    place = ELSEWHERE[name]
    try_all(admin, *place.urls(), name=place.form, do=place.do)


def test_what_stands_is_changed_no_worse(admin: Client) -> None:
    by = Actor(User.objects.get())
    metric, place = Metric.objects.get(), Touchpoint.objects.get()
    put_policy(entry={"key": "usual"}, opened="", by=by, now=NOW)
    RecoveryRule.objects.create(key="late", metric=metric, each={"above": 60})
    pages = (
        reverse("cx_loop:department", args=[place.owner.key]),
        reverse("cx_loop:measure", args=["metric", metric.key]),
        reverse("tasks:policy", args=["usual"]),
        reverse("tasks:playbook", args=[make_playbook().key]),
        reverse("tasks:recovery-rule", args=["late"]),
        reverse("alerts:standard-edit", args=[make_standard(place, metric).pk]),
    )
    for url in pages:
        try_all(admin, url, url, also=(409,))  # a form that says no version is stale


def try_all(
    admin: Client,
    shown: str,
    sent: str,
    *,
    name: str = "form",
    do: str = "",
    also: tuple[int, ...] = (),
) -> None:
    with clock.set_to(NOW):
        empty = form_of(admin.get(shown), name)
        for how in HOW:
            said = typed_into(empty, how)
            answer = admin.post(sent, {**said, "do": do} if do else said)
            assert answer.status_code in (200, 302, 422, *also), (how, answer.status_code)
            if answer.status_code in (302, *also) or do == "try":
                continue
            form = form_of(answer, name)
            assert form.errors, how
            assert not wrong_words(form), how
            lost = [
                each
                for each, value in said.items()
                if each in form.fields and form[each].value() not in (value, [value])
            ]
            assert not lost, how


@pytest.mark.parametrize("step", STEPS)
def test_every_step_of_the_first_run_answers_wrong_input(step: str) -> None:
    client = reading_as(make_admin(language="zh-hans"))
    rows = {row["at"].step.key: row["form"] for row in client.get("/start/").context["steps"]}
    for how in HOW:
        answer = client.post("/start/", {"step": step, **typed_into(rows[step], how)})
        assert answer.status_code in (200, 302, 422), how
        if answer.status_code == 422:
            shown = {row["at"].step.key: row["form"] for row in answer.context["steps"]}
            assert shown[step].errors
            assert not wrong_words(shown[step]), how
