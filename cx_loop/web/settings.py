"""Settings: the pages on which admins set the company up, each through the actions of a file."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cx_loop import clock
from cx_loop.actions.configure import edit
from cx_loop.models import Activity, Actor, User, in_language
from cx_loop.reads.trail import trail_of
from cx_loop.ui.sentences import NOUNS, say_sentence
from cx_loop.ui.setting_pages import pages
from cx_loop.web.setting_forms import SettingForm

View = Callable[..., HttpResponse]


def may_set_up(user: User) -> bool:
    """Whether the menu has an entry for settings."""
    return user.is_superuser


def for_admins(view: View) -> View:
    """Who may: admins, and nobody else; others are told so before anything is looked up."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        assert isinstance(request.user, User)
        if not may_set_up(request.user):
            raise PermissionDenied
        return view(request, *args, **named)

    return guarded


def actor_of(request: HttpRequest) -> Actor:
    assert isinstance(request.user, User)
    return Actor(user=request.user)


@for_admins
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    rows = [
        {"page": page, "count": page.count() if page.count is not None else None}
        for page in pages()
    ]
    return show(request, "cx_loop/settings/overview.html", {"rows": rows}, here="")


def show(
    request: HttpRequest, template: str, said: dict[str, Any], *, here: str, status: int = 200
) -> HttpResponse:
    """A page of settings, with the others beside it. `here`: the key of the one shown."""
    beside = {"now": clock.now(), "setting_pages": list(pages()), "here": here}
    return render(request, template, {**beside, **said}, status=status)


@dataclass(slots=True)
class Newer:
    """What somebody else saved meanwhile: the row that tells of it, and what differs."""

    activity: Activity | None
    differing: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Editing:
    """A form that is opened, tried or saved, of the object `key` of a `kind`."""

    form: SettingForm
    kind: str
    opened: str = ""
    newer: Newer | None = None
    status: int = 200


def turned(
    request: HttpRequest,
    kind: str,
    key: str,
    content: Callable[[dict[str, Any]], dict[str, Any]],
    retired: str,
) -> None:
    """Out of force, and back, as a button asks; what came of it is said on the next page.

    `content` makes what a file would hold of the entry, `retired` says that it is out of force.
    """
    by, now, do = actor_of(request), clock.now(), request.POST.get("do")
    try:
        if do == "retire":
            edit.retire(kind=kind, key=key, by=by, now=now)
            messages.success(request, retired)
        elif do == "back":
            form = edit.forms_of(kind)[key]
            said, opened = content(edit.entry(kind, key, form)), edit.opened_of(form)
            edit.write(kind=kind, key=key, content=said, opened=opened, by=by, now=now)
            messages.success(request, _("It is back."))
        else:
            raise Http404
    except edit.Needed as needed:
        messages.error(request, say_needed(needed))
    except edit.Refused as refusal:
        messages.error(request, say_refused(refusal))


def save(
    request: HttpRequest,
    page: Editing,
    *,
    write: Callable[[], bool],
    initial: Callable[[Any], dict[str, Any]],
    pk: int | None = None,
) -> bool:
    """Whether it was written; else the page says why not. `initial`: the fields of a form in force.

    Somebody who is told of a newer one may put theirs in its place: they save again.
    """
    try:
        changed = write()
    except edit.Refused as refusal:
        page.status = 422
        for each in refusal.refusals:
            slot = page.form.slot_of(each.place)
            page.form.add_error(slot, say_sentence(each.sentence))
    except edit.Taken:
        page.status = 422
        slot = "key" if "key" in page.form.fields else None
        page.form.add_error(slot, _("There is one of that key already; choose another."))
    except edit.Stale as stale:
        page.status = 409
        page.newer = Newer(
            next(iter(trail_of(page.kind, pk, most=1)), None) if pk else None,
            list(page.form.differing(initial(stale.form))) if stale.form else [],
        )
        page.opened = edit.opened_of(stale.form)
    else:
        messages.success(request, _("Saved.") if changed else _("Nothing was different."))
        return True
    return False


def save_entry(
    request: HttpRequest,
    page: Editing,
    key: str,
    content: dict[str, Any],
    *,
    initial: Callable[[Any], dict[str, Any]],
    pk: int | None = None,
) -> bool:
    """`save` of what a file would hold: `content`, of which the object `key` was edited."""
    by, now = actor_of(request), clock.now()
    return save(
        request,
        page,
        write=lambda: edit.write(
            kind=page.kind, key=key, content=content, opened=page.opened, by=by, now=now
        ),
        initial=initial,
        pk=pk,
    )


def opened_in(request: HttpRequest, *, is_there: bool = True) -> str:
    """What the page was opened with; where it says nothing of what is there, it is stale."""
    return request.POST.get("opened", "")[:64] or ("gone" if is_there else "")


def say_refused(refusal: edit.Refused) -> str:
    return " ".join(say_sentence(each.sentence) for each in refusal.refusals)


def say_needed(needed: edit.Needed) -> str:
    """Why something cannot be retired: what refers to it, by name."""
    kinds = {
        **{kind: gettext(word) for kind, word in NOUNS.items()},
        "routes": _("the routes"),
        "recovery": _("recovery rule"),
        "moments": _("the weighing of moments"),
    }
    forms = {kind: edit.forms_of(kind) for kind, _key in needed.by}
    said = [f"{kinds.get(kind, kind)} {_called(key, forms[kind][key])}" for kind, key in needed.by]
    what = _(", ").join(each.strip() for each in said)
    return _("It is needed by: %(what)s. Change these first.") % {"what": what}


def _called(key: str, form: Mapping[str, Any]) -> str:
    return in_language(form.get("name") or form.get("text") or {}) or key


def first_of(rows: Iterable[Any]) -> Any:
    return next(iter(rows), None)
