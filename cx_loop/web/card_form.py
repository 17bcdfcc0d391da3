"""Moment cards on the page of a journey: written and taken away by who works at the touchpoint."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cx_loop.actions.moment_cards import WORDS
from cx_loop.logic.moments import polarity
from cx_loop.models import MomentCard, Segment, Touchpoint, in_language
from cx_loop.ui.curves import say_signed
from cx_loop.ui.moments import MOMENT_TYPES, POLARITIES


@dataclass(frozen=True, slots=True)
class CardShown:
    card: MomentCard
    touchpoint: str
    segment: str
    type: str
    polarity: str
    sign: str
    score: str
    may_retire: bool


class CardForm(forms.Form):
    """`touchpoints`: those the writer works at."""

    touchpoint = forms.ChoiceField(label=gettext_lazy("Touchpoint"))
    segment = forms.ChoiceField(label=gettext_lazy("Segment"), required=False)
    who = forms.CharField(
        label=gettext_lazy("Who"),
        max_length=WORDS["who"],
        help_text=gettext_lazy("A kind of customer, never a name."),
    )
    scene = forms.CharField(
        label=gettext_lazy("In which scene"),
        max_length=WORDS["scene"],
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    felt = forms.CharField(
        label=gettext_lazy("Felt what"),
        max_length=WORDS["felt"],
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    score = forms.FloatField(
        label=gettext_lazy("How strongly, from −5 to +5"),
        min_value=-5,
        max_value=5,
        required=False,
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind of moment"), required=False)

    def __init__(self, *args: Any, touchpoints: Sequence[Touchpoint], **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": "card", **kwargs})
        segments = Segment.objects.filter(retired_at=None).order_by("position", "key")
        self._offer(
            "touchpoint", [(each.key, in_language(each.name) or each.key) for each in touchpoints]
        )
        named = [(each.key, in_language(each.name) or each.key) for each in segments]
        self._offer("segment", [("", _("everybody")), *named])
        self._offer("kind", [("", _("the touchpoint's")), *MOMENT_TYPES.items()])

    def _offer(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


def say_card(
    card: MomentCard, segments: Mapping[str, str], neutral: float, *, may_retire: bool
) -> CardShown:
    sign = "" if card.score is None else polarity(card.score, neutral)
    return CardShown(
        card=card,
        touchpoint=in_language(card.touchpoint.name) or card.touchpoint.key,
        segment=segments.get(card.segment, card.segment),
        type=str(MOMENT_TYPES.get(card.moment_type, "")),
        polarity=str(POLARITIES.get(sign, "")),
        sign=sign,
        score="" if card.score is None else say_signed(card.score),
        may_retire=may_retire,
    )
