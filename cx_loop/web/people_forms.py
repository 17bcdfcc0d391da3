"""What is asked about people."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cx_loop.models import Department, Membership, User, in_language
from cx_loop.ui.fields import WordField

ROLES = {
    "member": _("Member"),
    "lead": _("Lead"),
    "director": _("Director"),
    "duty": _("Duty"),
}


class InviteForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    name = forms.CharField(label=pgettext_lazy("of a person", "Name"), max_length=120)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class PersonForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("of a person", "Name"), max_length=120)
    is_admin = forms.BooleanField(
        label=_("Admin"), required=False, help_text=_("changes everything, everywhere")
    )
    is_analyst = forms.BooleanField(
        label=_("Analyst"), required=False, help_text=_("reads everything, changes nothing")
    )


class DepartmentChoice(forms.ModelChoiceField[Department]):
    def label_from_instance(self, obj: Any) -> str:
        return in_language(obj.name) or str(obj.key)


class MembershipChoice(forms.ModelChoiceField[Membership]):
    def label_from_instance(self, obj: Any) -> str:
        department = in_language(obj.department.name) or obj.department.key
        return f"{department} · {obj.duty or ROLES[obj.role]}"


class PlaceForm(forms.Form):
    department = DepartmentChoice(label=_("Department"), queryset=Department.objects.none())
    role = forms.ChoiceField(label=_("Role"), choices=list(ROLES.items()))
    duty = WordField(
        label=_("Name of the duty"),
        required=False,
        max_length=80,
        help_text=_("such as quality: a route can address it"),
    )
    instead_of = MembershipChoice(
        label=_("Instead of"),
        required=False,
        queryset=Membership.objects.none(),
        empty_label=_("nothing: a further role"),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = person.memberships.select_related("department").order_by("pk")
        self.fields["instead_of"].queryset = mine  # type: ignore[attr-defined]
        here = Department.objects.in_force()
        self.fields["department"].queryset = here  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("role") == "duty" and not said.get("duty"):
            self.add_error("duty", _("A duty needs a name."))
        if said.get("role") != "duty":
            said["duty"] = ""
        return said
