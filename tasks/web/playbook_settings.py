"""Playbooks: what is done about an alert, step by step; where each is proposed, how it did."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alerts.models import Playbook, Rule
from cx_loop.actions.configure import edit
from cx_loop.models import in_language
from cx_loop.reads.trail import trail_of
from cx_loop.web.settings import Editing, for_admins, opened_in, save_entry, show, turned
from tasks.ui.checklist import KINDS
from tasks.web.playbook_form import STEPS, PlaybookForm, initial_of
from tasks.web.route_words import Names, say_when

HERE, KIND = "playbooks", "playbook"


@for_admins
@require_safe
def playbooks(request: HttpRequest) -> HttpResponse:
    books = list(Playbook.objects.select_related("current"))
    proposed: dict[int, list[str]] = {}
    for rule in (
        Rule.objects.in_force().filter(current__playbook__isnull=False).select_related("current")
    ):
        assert rule.current is not None
        assert rule.current.playbook_id is not None
        proposed.setdefault(rule.current.playbook_id, []).append(in_language(rule.name) or rule.key)
    names = Names.of([book.current.when for book in books if book.current])
    rows = [
        {
            "book": book,
            "name": _name(book),
            "kind": KINDS.get(book.current.kind, "") if book.current else "",
            "steps": len(book.current.steps) if book.current else 0,
            "fits": say_when(book.current.when, names)
            if book.current and book.current.when
            else "",
            "rules": ", ".join(proposed.get(book.pk, [])),
        }
        for book in books
    ]
    page = {
        "rows": [row for book, row in zip(books, rows, strict=True) if book.retired_at is None],
        "retired": [row for book, row in zip(books, rows, strict=True) if book.retired_at],
    }
    return show(request, "tasks/settings/playbooks.html", page, here=HERE)


@for_admins
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _shown(request, Editing(PlaybookForm(has_key=True), KIND), None)
    return _answer(request, Editing(PlaybookForm(request.POST, has_key=True), KIND), None)


@for_admins
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, key: str) -> HttpResponse:
    book = get_object_or_404(Playbook.objects.select_related("current"), key=key)
    form = edit.forms_of(KIND)[book.key]
    if request.method != "POST":
        first = PlaybookForm(initial=initial_of(form))
        return _shown(request, Editing(first, KIND, edit.opened_of(form)), book)
    opened = opened_in(request)
    typed = PlaybookForm(request.POST, kept_names=form["name"], kept_steps=form["steps"])
    return _answer(request, Editing(typed, KIND, opened), book)


@for_admins
@require_POST
def turn(request: HttpRequest, key: str) -> HttpResponse:
    """Out of force, and back."""
    book = get_object_or_404(Playbook, key=key)
    retired = _("Retired. Tasks that have it keep it.")
    turned(request, KIND, key, lambda entry: {"playbooks": [entry]}, retired)
    return redirect("tasks:playbook", key=book.key)


def _answer(request: HttpRequest, page: Editing, book: Playbook | None) -> HttpResponse:
    form = page.form
    assert isinstance(form, PlaybookForm)
    if not form.is_valid():
        page.status = 422
        return _shown(request, page, book)
    key = book.key if book else form.cleaned_data["key"]
    content, pk = {"playbooks": [form.entry(key)]}, book.pk if book else None
    done = save_entry(request, page, key, content, initial=initial_of, pk=pk)
    return redirect("tasks:playbooks") if done else _shown(request, page, book)


def _shown(request: HttpRequest, page: Editing, book: Playbook | None) -> HttpResponse:
    rules = Rule.objects.in_force().filter(current__playbook=book).order_by("key") if book else []
    said: dict[str, Any] = {
        "form": page.form,
        "book": book,
        "name": _name(book) if book else "",
        "opened": page.opened,
        "newer": page.newer,
        "most": STEPS,
        "rules": [(rule.key, in_language(rule.name) or rule.key) for rule in rules],
        "trail": trail_of(KIND, book.pk) if book else [],
    }
    return show(request, "tasks/settings/playbook.html", said, here=HERE, status=page.status)


def _name(book: Playbook) -> str:
    return in_language(book.current.name if book.current else {}) or book.key
