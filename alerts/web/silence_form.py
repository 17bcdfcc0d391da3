"""The form of a silence. What one must be is judged by the action, not here."""

from datetime import datetime, timedelta, tzinfo
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alerts.actions.silences import departments_led
from alerts.logic.silences import LONGEST, MATCHERS
from alerts.models import Alert, Rule
from alerts.web.silence_words import kinds, matcher_names, severities
from cx_loop.models import Department, Metric, Segment, Touchpoint, User, in_language
from cx_loop.ui.dimensions import ValueField
from cx_loop.ui.fields import Moment, moment

FIRST_GUESS = timedelta(hours=4)


class SilenceForm(forms.Form):
    """`user` decides what may be chosen: a lead silences the own touchpoints only."""

    touchpoint = forms.ChoiceField(required=False)
    metric = forms.ChoiceField(required=False)
    rule = forms.ChoiceField(required=False)
    segment = forms.ChoiceField(required=False)
    severity = forms.ChoiceField(required=False)
    stage = forms.ChoiceField(required=False)
    journey = forms.ChoiceField(required=False)
    channel = ValueField("channel")
    location = ValueField("location")
    kind = forms.ChoiceField(label=gettext_lazy("Kind"))
    department = forms.ChoiceField(label=gettext_lazy("Touchpoints of"), required=False)
    starts_at = moment(gettext_lazy("From"), gettext_lazy("Empty: from now on."), required=False)
    ends_at = moment(gettext_lazy("Until"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Whoever meets the silence reads it."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, user: User, now: datetime, zone: tzinfo, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "silence_%s", **kwargs})
        for name, label in matcher_names().items():
            self.fields[name].label = label
        for each in self.fields.values():
            if isinstance(each, Moment):
                each.zone = zone
        self.fields["ends_at"].initial = now + FIRST_GUESS
        self.fields["ends_at"].help_text = _("At most %(days)s days.") % {"days": LONGEST.days}
        self._offer_places(user)
        self._offer("metric", _named(Metric.objects.filter(retired_at=None)))
        self._offer("segment", _named(Segment.objects.filter(retired_at=None)))
        self._offer("severity", list(severities().items()))
        self._choices("kind", list(kinds().items()))

    def matchers(self) -> dict[str, list[str]]:
        """What was chosen; a field left open matches all."""
        return {name: [self.cleaned_data[name]] for name in MATCHERS if self.cleaned_data.get(name)}

    @property
    def what(self) -> list[forms.BoundField]:
        return [self[name] for name in matcher_names()]

    @property
    def when(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in MATCHERS and name != "reason"]

    def _offer_places(self, user: User) -> None:
        led = Department.objects.in_force() if user.is_superuser else departments_led(user)
        places = Touchpoint.objects.in_force().filter(owner__in=led)
        found = list(places.select_related("stage__journey"))
        self._offer("touchpoint", _named(found))
        self._offer("stage", _named({each.stage for each in found}))
        self._offer("journey", _named({each.stage.journey for each in found}))
        rules = Rule.objects.in_force().filter(groups__touchpoint__in=found).distinct()
        self._offer("rule", _named(rules))
        departments = [(each.key, in_language(each.name) or each.key) for each in led]
        if user.is_superuser:
            self._choices("department", [("", _("Whole company")), *departments])
        elif len(departments) > 1:
            self._choices("department", departments)
        else:
            del self.fields["department"]

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self._choices(name, [("", _("Any")), *choices])

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


def from_alert(alert: Alert) -> dict[str, str]:
    """First guesses: everything like this alert."""
    found = {"rule": alert.version.rule.key, "touchpoint": alert.touchpoint.key}
    return found | alert.group.dimensions


def _named(rows: Any) -> list[tuple[str, str]]:
    found = [(each.key, in_language(each.name) or each.key) for each in rows]
    return sorted(found, key=lambda row: row[1])
