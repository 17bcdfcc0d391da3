"""The slots of a rule. What a rule may say is judged by `read_draft`, here as for a file."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alerts.actions.drafts import Draft, read_draft
from alerts.actions.errors import Invalid
from alerts.actions.silences import departments_led
from alerts.logic.comparisons import DIMENSIONS, WEEK_BEFORE
from alerts.logic.levels import CERTAIN
from alerts.logic.sections import RULE
from alerts.models import Playbook, Rule
from alerts.notices import say_aggregate_name
from alerts.web.lengths import LengthField
from alerts.web.refusals import say_refusal
from alerts.web.rule_words import DRIFTS, raw_of, slot_of
from alerts.web.sentences import DIMENSIONS as DIMENSION_NAMES
from cx_loop.models import Metric, Organization, Touchpoint, User, in_language
from cx_loop.ui.dimensions import TABLES, key_of

AGGREGATES = ("p90", "p95", "median", "mean", "top_box", "nps", "rate", "sum")
RARE = ("count", "min", "max", "sd")
FOLDED = {
    gettext_lazy("What counts"): "by max_groups spread versus versus_value",
    gettext_lazy("How sure"): "warning_certain critical_certain",
    gettext_lazy("Good news"): "praise_operator praise_line praise_recover praise_certain",
    gettext_lazy("Pauses"): "cooldown keep_firing_for no_data expected_every",
    gettext_lazy("What is done, and how it is proven"): "playbook verify_settle verify_looks "
    "verify_extend_to verify_tolerance verify_guardrails",
}
RESERVED = frozenset({"new", "review", "watch", "preview"})  # pages beside those of rules
BEYOND = (
    ("above", gettext_lazy("is above")),
    ("below", gettext_lazy("is below")),
    ("outside", gettext_lazy("is outside of")),
    ("change_above", gettext_lazy("has risen by more than")),
    ("change_below", gettext_lazy("has fallen by more than")),
)
DRIFTING = (
    ("drift_down", gettext_lazy("drifts down (no line needed)")),
    ("drift_up", gettext_lazy("drifts up (no line needed)")),
    ("drift_both", gettext_lazy("drifts either way (no line needed)")),
)
POINT = gettext_lazy("the value alone decides")


def _line(label: Any, help_text: Any = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"size": 6, "autocomplete": "off"})
    return forms.CharField(
        label=label, required=False, max_length=40, widget=widget, help_text=help_text
    )


def _whole(label: Any, help_text: Any = "") -> forms.IntegerField:
    widget = forms.TextInput(attrs={"inputmode": "numeric", "size": 4, "autocomplete": "off"})
    return forms.IntegerField(label=label, required=False, widget=widget, help_text=help_text)


def _choice(label: Any, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, help_text=help_text)


def _many(label: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, required=False, widget=forms.CheckboxSelectMultiple
    )


class RuleForm(forms.Form):
    """`user` decides which touchpoints may be chosen; `rule` is the one that is changed."""

    key = forms.RegexField(
        r"^[a-z0-9][a-z0-9-]*$",
        label=gettext_lazy("Key"),
        required=False,
        max_length=80,
        help_text=gettext_lazy(
            "Small letters, digits and dashes, for the configuration file and the address. "
            "Empty: made of touchpoint and metric."
        ),
        error_messages={"invalid": gettext_lazy("Use small letters, digits and dashes only.")},
    )
    metric = _choice(gettext_lazy("Metric"))
    aggregate = _choice(gettext_lazy("What is computed"))
    aggregate_line = _line(gettext_lazy("Share beyond"))
    place = _choice(gettext_lazy("Touchpoint"))
    places = _many(gettext_lazy("And also at"))
    window = LengthField(label=gettext_lazy("Window"), periods=True)
    operator = _choice(gettext_lazy("Comparison"))
    warning_line = _line(gettext_lazy("Warning line"))
    warning_recover = _line(gettext_lazy("Warning recovers at"))
    critical_line = _line(gettext_lazy("Critical line"))
    critical_recover = _line(gettext_lazy("Critical recovers at"))
    min_samples = _whole(gettext_lazy("Smallest number"))
    for_windows = _whole(gettext_lazy("Windows in a row"))
    by = _many(gettext_lazy("Watch apart each"))
    max_groups = _whole(
        gettext_lazy("At most so many groups"), gettext_lazy("Against values that run away: 500.")
    )
    spread = _choice(gettext_lazy("Compare the largest with the smallest"))
    versus = _choice(gettext_lazy("A change counts against"))
    versus_value = _line(gettext_lazy("Which one of them"), gettext_lazy("Its name or key."))
    warning_certain = _choice(
        gettext_lazy("Warn when"),
        gettext_lazy("Certain: the whole interval lies beyond the line, so few answers wait."),
    )
    critical_certain = _choice(gettext_lazy("Critical when"))
    praise_operator = _choice(gettext_lazy("Praise when it"))
    praise_line = _line(
        gettext_lazy("Praise line"),
        gettext_lazy("Opens no task; the owner is told what to keep doing."),
    )
    praise_recover = _line(gettext_lazy("Praise ends at"))
    praise_certain = _choice(gettext_lazy("Certainty of praise"))
    cooldown = LengthField(
        label=gettext_lazy("Same alert again within"),
        help_text=gettext_lazy("It reopens the old one instead of raising a new one."),
    )
    keep_firing_for = LengthField(label=gettext_lazy("Healthy for, before it clears"))
    no_data = _choice(gettext_lazy("When nothing arrives"))
    expected_every = LengthField(
        label=gettext_lazy("Data expected every"), help_text=gettext_lazy("Empty: the window.")
    )
    playbook = _choice(gettext_lazy("Playbook"))
    verify_settle = LengthField(label=gettext_lazy("Let a fix settle for"))
    verify_looks = forms.CharField(
        label=gettext_lazy("Look at the effect after"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Days from the end of settling: 7, 14, 21, 28."),
    )
    verify_extend_to = LengthField(label=gettext_lazy("Look on until, at most"))
    verify_tolerance = forms.FloatField(
        label=gettext_lazy("Tolerance"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 6}),
        help_text=gettext_lazy("How far from the line still counts as recovered."),
    )
    verify_guardrails = _many(gettext_lazy("A fix must not make worse"))

    def __init__(self, *args: Any, user: User, rule: Rule | None = None, **more: Any) -> None:
        super().__init__(*args, **{"auto_id": "rule_%s", **more})
        self.user, self.rule = user, rule
        self._offer_names()
        self._offer_words()
        self._offer_places()
        if rule is not None:
            del self.fields["key"]

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        if key in RESERVED:
            raise forms.ValidationError(_("This word is an address already; choose another."))
        return key

    def clean_versus_value(self) -> str:
        """What is typed as people call it is kept as observations write it."""
        typed, dimension = self.cleaned_data["versus_value"], self.cleaned_data.get("versus")
        return key_of(dimension, typed) if dimension in TABLES else typed

    def draft(self) -> Draft | None:
        """The rule as it stands in the slots; None where they are refused, each at its slot."""
        if not self.is_valid():
            return None
        try:
            return read_draft(raw_of(self.cleaned_data), self.user)
        except Invalid as refusal:
            for path, code, message in refusal.problems:
                slot, said = slot_of(path), say_refusal(refusal.__cause__, code, message)
                self.add_error(slot if slot in self.fields else None, said)
        return None

    @property
    def is_begun(self) -> bool:
        """Whether there is enough to try: a metric, a place, and a line or drift."""
        said = self.data
        lines = [said.get(f"{name}_line") for name in ("warning", "critical", "praise")]
        placed = said.get("place") or said.get("places")
        return bool(
            said.get("metric") and placed and (any(lines) or said.get("operator") in DRIFTS)
        )

    @property
    def names(self) -> dict[str, str]:
        """What was typed, over the names in languages that the form does not ask for."""
        kept = dict(self.rule.name) if self.rule else {}
        typed = {code: self.cleaned_data.get(f"name_{code}", "").strip() for code in self.languages}
        return {code: word for code, word in {**kept, **typed}.items() if word}

    @property
    def languages(self) -> Sequence[str]:
        languages: list[str] = Organization.current().languages
        return languages

    @property
    def chosen_playbook(self) -> Playbook | None:
        return Playbook.objects.filter(key=self.cleaned_data.get("playbook") or "").first()

    @property
    def named(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("name_") or name == "key"]

    @property
    def folded(self) -> list[tuple[str, list[forms.BoundField], bool]]:
        """(heading, slots, whether something there is wrong)."""
        found = []
        for heading, names in FOLDED.items():
            slots = [self[name] for name in names.split()]
            found.append((str(heading), slots, any(slot.errors for slot in slots)))
        return found

    def _offer_names(self) -> None:
        languages = {"en": _("Name in English"), "zh-hans": _("Name in Chinese")}
        for code in self.languages:
            label = languages.get(code, code)
            self.fields[f"name_{code}"] = forms.CharField(
                label=label, required=False, max_length=200
            )

    def _offer_words(self) -> None:
        metrics = Metric.objects.filter(retired_at=None)
        playbooks = Playbook.objects.filter(retired_at=None).select_related("current")
        books = [(each.key, _name_of_playbook(each)) for each in playbooks]
        drifts = next(key.used for key in RULE.keys if key.name == "drift")
        each_one = [(name, DIMENSION_NAMES[name]) for name in DIMENSIONS]
        certain = [("", POINT), *((word, _sure(word)) for word in CERTAIN)]
        self._choose("metric", [("", "…"), *_named(metrics)])
        self._choose("verify_guardrails", _named(metrics))
        self._choose("aggregate", aggregates())
        self._choose("operator", [*BEYOND, *(DRIFTING if drifts else ())])
        self._choose("praise_operator", BEYOND)
        self._choose("by", each_one)
        self._choose("spread", [("", _("no")), *((key, _of(word)) for key, word in each_one)])
        before = [("", _("the window before")), (WEEK_BEFORE, _("the same window a week before"))]
        self._choose("versus", [*before, *((key, _one(word)) for key, word in each_one)])
        for name in ("warning_certain", "critical_certain", "praise_certain"):
            self._choose(name, certain)
        silent = [
            ("keep", _("stay as it is")),
            ("alert", _("alert")),
            ("ok", _("count as healthy")),
        ]
        self._choose("no_data", silent)
        self._choose("playbook", [("", _("none")), *books])

    def _offer_places(self) -> None:
        user, places = self.user, Touchpoint.objects.in_force().select_related("stage__journey")
        if not user.is_superuser:
            places = places.filter(owner__in=departments_led(user))
        found = list(places)
        choices: list[Any] = [("", "…")]
        if user.is_superuser:
            journeys = {each.stage.journey for each in found}
            stages = {each.stage for each in found}
            choices += [
                ("all", _("every touchpoint")),
                (_("Journeys"), _named(journeys, "journey:")),
                (_("Stages"), _named(stages, "stage:")),
            ]
        self._choose("place", [*choices, (_("Touchpoints"), _named(found, "touchpoint:"))])
        self._choose("places", _named(found))

    def _choose(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


def aggregates() -> list[tuple[str, str]]:
    shares = [("share_above", _("share above")), ("share_below", _("share below"))]
    known = [(name, say_aggregate_name(name)) for name in (*AGGREGATES, *RARE)]
    return [("", _("usual figure")), *known, *shares]


def _named(rows: Any, kind: str = "") -> list[tuple[str, str]]:
    found = [(kind + each.key, in_language(each.name) or each.key) for each in rows]
    return sorted(found, key=lambda row: row[1])


def _name_of_playbook(playbook: Playbook) -> str:
    names = playbook.current.name if playbook.current else {}
    return in_language(names) or playbook.key


def _sure(word: str) -> str:
    return _("%(percent)s certain") % {"percent": word.replace("%", " %")}


def _of(word: Any) -> str:
    return _("of each %(dimension)s") % {"dimension": word}


def _one(word: Any) -> str:
    return _("one %(dimension)s") % {"dimension": word}
