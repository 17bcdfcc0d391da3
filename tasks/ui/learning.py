"""Words of what the company learns: groups, and the names of what has none of its own."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks.logic.learning import Learned
from tasks.ui.causes import PAIN_CATEGORIES, ROOT_CAUSES
from tasks.ui.checklist import KINDS

GROUPS = {
    "department": gettext_lazy("Department"),
    "touchpoint": gettext_lazy("Touchpoint"),
    "pain_category": gettext_lazy("Pain category"),
    "root_cause": gettext_lazy("Root cause"),
    "metric": gettext_lazy("Metric"),
    "playbook": gettext_lazy("Playbook"),
    "countermeasure": gettext_lazy("Kind of countermeasure"),
}


def say_group(row: Learned, group: str) -> str:
    """The name of a group in the reader's language."""
    known = {
        "pain_category": PAIN_CATEGORIES,
        "root_cause": ROOT_CAUSES,
        "countermeasure": KINDS,
    }.get(group, {})
    return str(row.name or known.get(row.key) or row.key or _("not said"))
