"""Routes and escalation policies by hand: a save makes a new table or version. And which single
answers put a customer on a list."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cx_loop import clock
from cx_loop.admin.base import KeptAdmin, ReadOnlyInline, RetiringAdmin, actor_of
from cx_loop.logic.working_time import parse_span
from cx_loop.models import Department, Touchpoint, in_language
from cx_loop.ui.sentences import say_sentence
from tasks.actions.policies import retire_policy, save_policy, save_routes
from tasks.logic.policies import PolicyError, parse_policy
from tasks.logic.recovery import parse_each
from tasks.logic.routing import RouteError, parse_route
from tasks.models import (
    EscalationPolicy,
    EscalationPolicyVersion,
    RecoveryRule,
    Route,
    RouteTable,
)

START = {
    "when": {"severity": ["critical", "warning"]},
    "respond_within": "4h",
    "resolve_within": "14d",
    "steps": [{"after": "4h", "to": "lead"}],
}


class RouteTableForm(forms.ModelForm[RouteTable]):
    """All routes at once, since the first match wins."""

    routes = forms.JSONField(
        widget=forms.Textarea(attrs={"rows": 16, "cols": 80}),
        help_text='[{"when": {"severity": "critical"}, "to": "…", "role": "members"}]',
    )

    class Meta:
        model = RouteTable
        fields: list[str] = []

    def clean_routes(self) -> list[dict[str, Any]]:
        routes = self.cleaned_data["routes"]
        known = set(Department.objects.in_force().values_list("key", flat=True))
        try:
            parsed = [parse_route(raw) for raw in routes]
        except (RouteError, TypeError) as refusal:
            raise forms.ValidationError(say_sentence(str(refusal))) from None
        unknown = sorted({route.to for route in parsed} - known)
        if unknown:
            raise forms.ValidationError(", ".join(unknown))
        return [
            {
                "when": {name: sorted(accepted) for name, accepted in route.when.items()},
                "to": route.to,
                "role": route.role or "members",
            }
            for route in parsed
        ]


class RouteInline(ReadOnlyInline):
    model = Route
    fields = ["position", "when", "department", "role"]


@admin.register(RouteTable)
class RouteTableAdmin(KeptAdmin[RouteTable]):
    """The newest table is in force; adding one starts from a copy of it."""

    form = RouteTableForm
    list_display = ["number", "created_at", "created_by"]
    inlines = [RouteInline]

    def has_change_permission(self, request: HttpRequest, obj: RouteTable | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: RouteTable | None = None) -> Any:
        return ["number", "created_at", "created_by"] if obj else ["routes"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        table = RouteTable.objects.first()
        rows = table.routes.select_related("department") if table else []
        return {
            "routes": [
                {"when": row.when, "to": row.department.key, "role": row.role} for row in rows
            ]
        }

    def save_model(self, request: HttpRequest, obj: RouteTable, form: Any, change: bool) -> None:
        saved = save_routes(
            routes=form.cleaned_data["routes"], by=actor_of(request), now=clock.now()
        )
        obj.pk, obj.number = saved.pk, saved.number


class PolicyForm(forms.ModelForm[EscalationPolicy]):
    spec = forms.JSONField(widget=forms.Textarea(attrs={"rows": 16, "cols": 80}))

    class Meta:
        model = EscalationPolicy
        fields = ["key", "name", "position"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        policy = kwargs.get("instance")
        current = policy.current.spec if policy is not None and policy.current else START
        kwargs["initial"] = {"spec": current, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        key, spec = said.get("key") or self.instance.key, said.get("spec")
        if not isinstance(spec, dict):
            if spec is not None:
                self.add_error("spec", _("Write a mapping such as {…}."))
            return said
        said["spec"] = {**spec, "key": key}
        try:
            parse_policy(said["spec"])
        except PolicyError as refusal:
            self.add_error("spec", f"{refusal.field}: {say_sentence(refusal.message)}")
        return said


class PolicyVersionInline(ReadOnlyInline):
    model = EscalationPolicyVersion
    fk_name = "policy"
    fields = ["number", "created_at", "created_by", "spec"]
    ordering = ["-number"]


@admin.register(EscalationPolicy)
class EscalationPolicyAdmin(RetiringAdmin[EscalationPolicy]):
    form = PolicyForm
    list_display = ["key", "name", "position", "current", "retired_at"]
    fields = ["key", "name", "position", "spec"]
    inlines = [PolicyVersionInline]

    def save_model(
        self, request: HttpRequest, obj: EscalationPolicy, form: Any, change: bool
    ) -> None:
        saved = save_policy(
            key=obj.key,
            name=obj.name,
            position=obj.position,
            spec=form.cleaned_data["spec"],
            by=actor_of(request),
            now=clock.now(),
        )
        obj.pk, obj.current = saved.pk, saved.current

    def change_force(self, request: HttpRequest, obj: EscalationPolicy, *, retire: bool) -> None:
        by, now = actor_of(request), clock.now()
        if retire:
            retire_policy(key=obj.key, by=by, now=now)
        elif obj.current is not None:
            save_policy(
                key=obj.key,
                name=obj.name,
                position=obj.position,
                spec=obj.current.spec,
                by=by,
                now=now,
            )


class RecoveryRuleForm(forms.ModelForm[RecoveryRule]):
    touchpoints = forms.MultipleChoiceField(
        required=False, help_text=gettext_lazy("None: all of them.")
    )
    each = forms.JSONField(help_text='{"below": 3} / {"above": 60}')

    class Meta:
        model = RecoveryRule
        fields = ["key", "metric", "touchpoints", "each", "within"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Touchpoint.objects.in_force().order_by("key")
        choices = [(each.key, in_language(each.name) or each.key) for each in places]
        self.fields["touchpoints"].choices = choices  # type: ignore[attr-defined]

    def clean_each(self) -> dict[str, float]:
        each = self.cleaned_data["each"]
        try:
            parse_each(each)
        except (ValueError, TypeError) as refusal:
            raise forms.ValidationError(say_sentence(str(refusal))) from None
        return {name: float(value) for name, value in each.items()}

    def clean_within(self) -> str:
        within: str = self.cleaned_data["within"]
        try:
            parse_span(within)
        except ValueError as refusal:
            raise forms.ValidationError(say_sentence(str(refusal))) from None
        return within


@admin.register(RecoveryRule)
class RecoveryRuleAdmin(RetiringAdmin[RecoveryRule]):
    """Each answer beyond the line puts its customer on the list of the touchpoint."""

    form = RecoveryRuleForm
    list_display = ["key", "metric", "each", "within", "retired_at"]
    fields = ["key", "metric", "touchpoints", "each", "within"]
