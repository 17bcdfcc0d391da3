"""Rules and playbooks by hand: a save goes through the same actions as a file, in a new version."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _

from alerts.actions.drafts import check_guardrails_known
from alerts.actions.errors import Invalid
from alerts.actions.playbooks import retire_playbook, save_playbook
from alerts.actions.rules import bring_rule_back, retire_rule, save_rule
from alerts.logic.conditions import SpecError, parse_spec
from alerts.logic.playbooks import PAIN_CATEGORIES, PLAYBOOK_KINDS
from alerts.models import Playbook, PlaybookVersion, Rule, RuleVersion
from cx_loop import clock
from cx_loop.admin.base import NamesField, ReadOnlyInline, RetiringAdmin, actor_of
from cx_loop.logic.scores import default_aggregate
from cx_loop.logic.working_time import parse_span
from cx_loop.models import Journey, Metric, Stage, Touchpoint
from cx_loop.ui.sentences import say_sentence

WATCHED: dict[str, type[Any]] = {"journey": Journey, "stage": Stage}


class RuleForm(forms.ModelForm[Rule]):
    """`spec` is what the file says under the rule, from `aggregate` to `verify`."""

    metric = forms.ModelChoiceField(Metric.objects.filter(retired_at=None))
    watches = forms.JSONField(
        initial="all", help_text='"all", {"touchpoints": ["…"]}, {"stage": "…"}, {"journey": "…"}'
    )
    spec = forms.JSONField(widget=forms.Textarea(attrs={"rows": 24, "cols": 80}))
    playbook = forms.ModelChoiceField(Playbook.objects.filter(retired_at=None), required=False)

    class Meta:
        model = Rule
        fields = ["key", "name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        rule = kwargs.get("instance")
        if rule is not None and rule.current is not None:
            version = rule.current
            current = {
                "metric": version.metric,
                "watches": version.watches,
                "spec": version.spec,
                "playbook": version.playbook,
            }
            kwargs["initial"] = {**current, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    def clean_watches(self) -> Any:
        watches = self.cleaned_data["watches"]
        match watches:
            case "all":
                return watches
            case {"touchpoints": [_, *_] as keys} if len(watches) == 1 and _are_touchpoints(keys):
                return watches
            case {"journey": str(key)} | {"stage": str(key)} if len(watches) == 1:
                if WATCHED[next(iter(watches))].objects.filter(key=key).exists():
                    return watches
        raise forms.ValidationError(_("Name touchpoints, a stage or a journey that are there."))

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        metric, spec = said.get("metric"), said.get("spec")
        if metric is None or spec is None:
            return said
        if not isinstance(spec, dict):
            self.add_error("spec", _("Write a mapping such as {…}."))
            return said
        usual = {"aggregate": default_aggregate(metric.kind).name}
        try:
            said["parsed"] = parse_spec({**usual, **spec, "metric": metric.key}, metric.scale)
        except SpecError as refusal:
            self.add_error("spec", f"{refusal.field}: {say_sentence(refusal.message)}")
            return said
        try:
            check_guardrails_known(said["parsed"])
        except Invalid as refusal:
            self.add_error("spec", "; ".join(message for _path, _code, message in refusal.problems))
        return said


def _are_touchpoints(keys: list[Any]) -> bool:
    wanted = {key for key in keys if isinstance(key, str)}
    return len(wanted) == len(keys) == Touchpoint.objects.filter(key__in=wanted).count()


class RuleVersionInline(ReadOnlyInline):
    model = RuleVersion
    fk_name = "rule"
    fields = ["number", "created_at", "created_by", "watches", "spec"]
    ordering = ["-number"]


@admin.register(Rule)
class RuleAdmin(RetiringAdmin[Rule]):
    form = RuleForm
    list_display = ["key", "name", "current", "retired_at"]
    fields = ["key", "name", "metric", "watches", "spec", "playbook"]
    inlines = [RuleVersionInline]

    def save_model(self, request: HttpRequest, obj: Rule, form: Any, change: bool) -> None:
        said = form.cleaned_data
        saved = save_rule(
            key=obj.key,
            name=obj.name,
            metric=said["metric"],
            watches=said["watches"],
            spec=said["parsed"],
            playbook=said["playbook"],
            by=actor_of(request),
            now=clock.now(),
        )
        obj.pk, obj.current = saved.pk, saved.current

    def change_force(self, request: HttpRequest, obj: Rule, *, retire: bool) -> None:
        change = retire_rule if retire else bring_rule_back
        change(key=obj.key, by=actor_of(request), now=clock.now())


class PlaybookForm(forms.ModelForm[Playbook]):
    name = NamesField()
    kind = forms.ChoiceField(
        choices=[("", "-"), *((kind, kind) for kind in PLAYBOOK_KINDS)], required=False
    )
    when = forms.JSONField(
        initial=dict,
        required=False,
        help_text='{"touchpoint": ["…"], "metric": ["…"], "pain_category": ["…"]}',
    )
    steps = forms.JSONField(
        initial=list,
        help_text='[{"text": {"en": "…"}, "type": "correct", "kind": "…", "within": "4h"}]',
    )

    class Meta:
        model = Playbook
        fields = ["key"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        playbook = kwargs.get("instance")
        if playbook is not None and playbook.current is not None:
            version = playbook.current
            current = said_of(version)
            kwargs["initial"] = {**current, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    def clean_when(self) -> dict[str, list[str]]:
        when = self.cleaned_data["when"] or {}
        if not isinstance(when, dict) or not all(map(_is_condition, when.items())):
            raise forms.ValidationError(_("Name touchpoints, metrics or pain categories."))
        return {name: sorted(when[name]) for name in sorted(when) if when[name]}

    def clean_steps(self) -> list[dict[str, Any]]:
        steps = self.cleaned_data["steps"]
        for step in steps if isinstance(steps, list) else [None]:
            match step:
                case {"text": {**texts}, "type": "" | "contain" | "correct", **more} if texts:
                    if _is_more(more):
                        continue
            raise forms.ValidationError(_("A step has a text per language and a type."))
        return list(steps)


def said_of(version: PlaybookVersion) -> dict[str, Any]:
    names = ("name", "kind", "when", "steps")
    return {name: getattr(version, name) for name in names}


def _is_condition(said: tuple[str, Any]) -> bool:
    """A condition a playbook may have, with keys that are there."""
    name, keys = said
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        return False
    if name == "pain_category":
        return set(keys) <= set(PAIN_CATEGORIES)
    kinds: dict[str, type[Any]] = {"touchpoint": Touchpoint, "metric": Metric}
    return name in kinds and kinds[name].objects.filter(key__in=keys).count() == len(set(keys))


def _is_more(said: dict[Any, Any]) -> bool:
    """What a step may say besides: its own kind, and the working time it is due in."""
    kind, within = said.get("kind", PLAYBOOK_KINDS[0]), said.get("within", "1d")
    return set(said) <= {"kind", "within"} and kind in PLAYBOOK_KINDS and _is_span(within)


def _is_span(raw: Any) -> bool:
    try:
        return bool(parse_span(raw))
    except ValueError:
        return False


class PlaybookVersionInline(ReadOnlyInline):
    model = PlaybookVersion
    fk_name = "playbook"
    fields = ["number", "created_at", "created_by", "name", "kind", "when", "steps"]
    ordering = ["-number"]


@admin.register(Playbook)
class PlaybookAdmin(RetiringAdmin[Playbook]):
    form = PlaybookForm
    list_display = ["key", "current", "retired_at"]
    fields = ["key", "name", "kind", "when", "steps"]
    inlines = [PlaybookVersionInline]

    def save_model(self, request: HttpRequest, obj: Playbook, form: Any, change: bool) -> None:
        said = {name: form.cleaned_data[name] for name in ("name", "kind", "when", "steps")}
        saved = save_playbook(key=obj.key, by=actor_of(request), now=clock.now(), **said)
        obj.pk, obj.current = saved.pk, saved.current

    def change_force(self, request: HttpRequest, obj: Playbook, *, retire: bool) -> None:
        key, by, now, version = obj.key, actor_of(request), clock.now(), obj.current
        if retire:
            retire_playbook(key=key, by=by, now=now)
        elif version is not None:
            save_playbook(key=key, by=by, now=now, **said_of(version))
