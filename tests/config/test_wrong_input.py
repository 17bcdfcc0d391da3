"""Whatever is typed into a form of settings, it answers: where it is wrong, in the reader's
language, with what was typed still there."""

import re

import pytest
from django import forms
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import translation

from cx_loop import clock
from tests.factories import (
    NOW,
    make_admin,
    make_metric,
    make_organization,
    make_touchpoint,
)
from tests.pages import reading_as

pytestmark = pytest.mark.django_db
NEW = {
    "cx_loop:organization": (),
    "cx_loop:department-new": (),
    "cx_loop:measure-new": ("metric",),
    "cx_loop:calendars": (),
    "cx_loop:keys": (),
    "cx_loop:invite": (),
    "tasks:route-new": (),
    "tasks:policy-new": (),
    "tasks:playbook-new": (),
    "alerts:silences": (),
    "cx_loop:lexicon": (),
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
    return reading_as(make_admin(language="zh-hans"))


def typed_into(form: forms.BaseForm, how: str) -> dict[str, object]:
    text, number, choice = HOW[how]
    said: dict[str, object] = {}
    for name, field in form.fields.items():
        if hasattr(field.widget, "widgets"):  # of several parts, each with a name of its own
            continue
        if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
            said[name] = choice
        elif isinstance(field, forms.IntegerField | forms.FloatField | forms.DateTimeField):
            said[name] = number
        elif not isinstance(field, forms.FileField | forms.BooleanField):
            said[name] = text
    return said


def form_of(answer: HttpResponse) -> forms.BaseForm:
    form: forms.BaseForm = answer.context["form"]  # type: ignore[attr-defined]
    return form


def wrong_words(form: forms.BaseForm) -> list[str]:
    """Refusals without a Chinese character, or with an English word that is no example."""
    with translation.override("zh-hans"):
        said = [str(each) for errors in form.errors.values() for each in errors]
    plain = [re.sub(r"'[^']*'|“[^”]*”", "", each) for each in said]
    return [
        each
        for each in plain
        if not re.search("[一-鿿]", each) or set(LATIN.findall(each.lower())) - IN_A_FILE
    ]


@pytest.mark.parametrize("name", NEW)
def test_every_wrong_input_is_answered_at_its_field(admin: Client, name: str) -> None:
    url = reverse(name, args=NEW[name])
    with clock.set_to(NOW):
        empty = form_of(admin.get(url))
        for how in HOW:
            said = typed_into(empty, how)
            answer = admin.post(url, said)
            assert answer.status_code in (200, 302, 422), (how, answer.status_code)
            if answer.status_code == 302:
                continue
            form = form_of(answer)
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
