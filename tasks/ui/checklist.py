"""Words of the checklist: kinds, types, and what its trail and mails say."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cx_loop.models import in_language

TYPES = {
    "contain": gettext_lazy("containment"),
    "correct": gettext_lazy("corrective"),
}
KINDS = {
    "staffing": gettext_lazy("Staffing"),
    "resources": gettext_lazy("Resources"),
    "process": gettext_lazy("Process"),
    "training": gettext_lazy("Training"),
    "technology": gettext_lazy("Technology"),
    "communication": gettext_lazy("Communication"),
    "recovery": pgettext_lazy("kind of countermeasure", "Service recovery"),
}
ANSWERS = {
    "stuck": gettext_lazy("Yes, it has stuck"),
    "partly": gettext_lazy("In part"),
    "not_stuck": gettext_lazy("No, it has not"),
}
ACTIVITY = {
    "step_added": gettext_lazy("added the step “%(text)s”"),
    "step_edited": gettext_lazy("changed the step “%(text)s”"),
    "step_ticked": gettext_lazy("has done the step “%(text)s”"),
    "step_unticked": gettext_lazy("put the step “%(text)s” back on the list"),
    "step_not_needed": gettext_lazy("marked the step “%(text)s” as not needed"),
    "step_moved": gettext_lazy("moved the step “%(text)s”"),
    "step_late": gettext_lazy("The step “%(text)s” is late."),
    "playbook_chosen": gettext_lazy("chose the playbook “%(text)s”: %(steps)s steps"),
    "idea_added": gettext_lazy("had the idea “%(text)s”"),
    "idea_chosen": gettext_lazy("chose the idea “%(text)s”: %(steps)s steps"),
    "voted": gettext_lazy("voted for “%(text)s”"),
    "vote_withdrawn": gettext_lazy("took back the vote for “%(text)s”"),
    "follow_up_asked": gettext_lazy("Asked whether the training “%(text)s” has stuck."),
    "follow_up_answered": gettext_lazy("answered whether “%(text)s” has stuck: %(answer)s"),
}
# without the step's words: what somebody typed may quote a customer, and this leaves the house
MAILS = {
    "step_late": gettext_lazy("A step of an improvement task is late."),
    "follow_up_asked": gettext_lazy("A training is some weeks old: has it stuck?"),
}


def words_of(params: Mapping[str, Any]) -> dict[str, Any]:
    """What the sentences above name, from the parameters of an activity or a notice."""
    text = params.get("text")
    return {
        "text": in_language(text) if isinstance(text, dict) else str(text or ""),
        "steps": params.get("steps", ""),
        "answer": ANSWERS.get(str(params.get("answer", "")), ""),
    }


def say_reason(code: str, used: int, effective: int) -> str:
    """Why a playbook is proposed."""
    known = {
        "rule": _("the rule names it"),
        "touchpoint": _("made for this touchpoint"),
        "metric": _("made for this metric"),
        "pain_category": _("made for this pain category"),
        "general": _("fits anywhere"),
    }
    if code in known:
        return known[code]
    words = {"used": used, "effective": effective}
    return _("used here before: %(used)s times, %(effective)s of them effective") % words
