"""The rule form as sentences: the slots stand where the language has them."""

from django.forms import BoundField
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from alerts.web.rule_form import RuleForm

MAIN = (
    "metric aggregate aggregate_line place window operator warning_line warning_recover "
    "critical_line critical_recover min_samples for_windows"
)


def sentence_slots(form: RuleForm) -> list[SafeString]:
    """Three sentences of text and slots; the words around come from the catalog, never from
    people, so they are safe."""
    slots = {name: _slot(form[name]) for name in MAIN.split()}
    sentences = (
        _(
            "Warn when the {aggregate} {aggregate_line} of {metric} at {place} over {window} "
            "{operator} {warning_line}, recovered at {warning_recover}."
        ),
        _("Critical beyond {critical_line}, recovered at {critical_recover}."),
        _("Judge from {min_samples} observations on, when {for_windows} windows in a row say so."),
    )
    return [format_html(sentence, **slots) for sentence in sentences]


def _slot(bound: BoundField) -> SafeString:
    said = render_to_string("alerts/parts/slot.html", {"slot": bound})
    return SafeString(said.strip())  # a space would stand before the full stop
