"""The organisation: its name, zone and languages; and what only the server's settings can say."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cx_loop.actions.configure import edit
from cx_loop.reads.trail import trail_of
from cx_loop.web.department_form import zones
from cx_loop.web.setting_forms import SettingForm, names_given, one
from cx_loop.web.settings import Editing, for_admins, opened_in, save_entry, show

HERE = KIND = "organization"


class OrganizationForm(SettingForm):
    timezone = one(
        gettext_lazy("Time zone"),
        gettext_lazy("Days and weeks of figures begin in it; people may choose their own."),
    )
    first_language = one(gettext_lazy("First language"), gettext_lazy("In which new people begin."))
    other_languages = forms.MultipleChoiceField(
        label=gettext_lazy("Names are also kept in"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.choose("timezone", zones())
        self.choose("first_language", settings.LANGUAGES)
        self.choose("other_languages", settings.LANGUAGES)

    def slot_of(self, place: str) -> str | None:
        return "first_language" if ".languages" in place else super().slot_of(place)

    def content(self) -> dict[str, Any]:
        """As a file would have it."""
        said = self.cleaned_data
        rest = [code for code in said["other_languages"] if code != said["first_language"]]
        entry = {"name": self.names, "timezone": said["timezone"]}
        return {"organization": {**entry, "languages": [said["first_language"], *rest]}}


def initial_of(form: Any) -> dict[str, Any]:
    languages = form.get("languages") or ["en"]
    return {
        **names_given(form.get("name", {})),
        "timezone": form.get("timezone", "UTC"),
        "first_language": languages[0],
        "other_languages": languages[1:],
    }


@for_admins
@require_http_methods(["GET", "HEAD", "POST"])
def organization(request: HttpRequest) -> HttpResponse:
    form = edit.forms_of(KIND).get("", {})
    if request.method != "POST":
        first = OrganizationForm(initial=initial_of(form))
        return _shown(request, Editing(first, KIND, edit.opened_of(form)))
    typed = OrganizationForm(request.POST, kept_names=form.get("name", {}))
    page = Editing(typed, KIND, opened_in(request, is_there=bool(form)))
    if not typed.is_valid():
        page.status = 422
        return _shown(request, page)
    done = save_entry(request, page, "", typed.content(), initial=initial_of, pk=1)
    return redirect("cx_loop:organization") if done else _shown(request, page)


def _shown(request: HttpRequest, page: Editing) -> HttpResponse:
    said = {
        "form": page.form,
        "opened": page.opened,
        "newer": page.newer,
        "public_url": settings.PUBLIC_URL,
        "trail": trail_of(KIND, 1),
    }
    template = "cx_loop/settings/organization.html"
    return show(request, template, said, here=HERE, status=page.status)
