"""Routes in words: when, and to whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cx_loop.models import in_language
from tasks.logic.routing import CONDITIONS
from tasks.notices import PAIN_CATEGORIES
from tasks.web.routes import NAMED, conditions, say_role


@dataclass(frozen=True, slots=True)
class Names:
    """Names of what conditions refer to, all read at once."""

    known: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, whens: Iterable[Mapping[str, list[str]]]) -> "Names":
        wanted: dict[str, set[str]] = {}
        for when in whens:
            for condition, keys in when.items():
                wanted.setdefault(condition, set()).update(keys)
        known: dict[str, Mapping[str, str]] = {
            condition: {
                key: in_language(name)
                for key, name in table.objects.filter(  # type: ignore[attr-defined]
                    key__in=wanted[condition]
                ).values_list("key", "name")
            }
            for condition, table in NAMED.items()
            if condition in wanted
        }
        known["severity"] = {"critical": _("Critical"), "warning": _("Warning")}
        known["pain_category"] = {key: str(label) for key, label in PAIN_CATEGORIES.items()}
        return cls(known)

    def say(self, condition: str, keys: Iterable[str]) -> str:
        known = self.known.get(condition, {})
        return _(" or ").join(known.get(key) or key for key in keys)


def say_when(when: Mapping[str, list[str]], names: Names) -> str:
    """Severity is Critical and Metric is Wait or CSAT."""
    if not when:
        return _("Always")
    labels = conditions()
    parts = [
        _("%(condition)s is %(value)s")
        % {"condition": labels.get(name, name), "value": names.say(name, keys)}
        for name, keys in sorted(when.items(), key=lambda row: CONDITIONS.index(row[0]))
    ]
    return pgettext("conditions", " and ").join(parts)


def say_goal(department: str, role: str) -> str:
    """Ground operations, its lead."""
    word = say_role(role)
    if not word:
        return department
    return _("%(department)s: %(role)s") % {"department": department, "role": word}
