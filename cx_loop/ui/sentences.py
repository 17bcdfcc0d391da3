"""What `logic/` refuses, in the reader's language."""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from cx_loop.logic.sentences import STOPS, Sentence

# words that stand in sentences as they do in a file
NOUNS = {
    "block": _("block"),
    "calendar": _("calendar"),
    "configuration": _("configuration"),
    "department": _("department"),
    "escalation": _("escalation policy"),
    "journey": _("journey"),
    "metric": _("metric"),
    "organization": _("organisation"),
    "person": _("person"),
    "playbook": _("playbook"),
    "route": _("route"),
    "rule": _("rule"),
    "segment": _("segment"),
    "source": _("source"),
    "special day": _("special day"),
    "stage": _("stage"),
    "standard": _("standard"),
    "touchpoint": _("touchpoint"),
    "viewpoint": _("viewpoint"),
}
OF_NOUNS = frozenset({"kind", "what", "needed"})  # slots that hold one of these


def say_sentence(text: str) -> str:
    """A sentence of `logic/` translated, with the sentences inside it; other text as it is."""
    if not isinstance(text, Sentence):
        return text
    said = gettext(text.template)
    if text.values:
        words = {name: _word(name, value) for name, value in text.values.items()}
        said = said.format(**words)
    return said.rstrip(STOPS) if text.is_inner else said


def _word(name: str, value: object) -> object:
    if isinstance(value, Sentence):
        return say_sentence(value)
    if name in OF_NOUNS and isinstance(value, str) and value in NOUNS:
        return gettext(NOUNS[value])
    return value
