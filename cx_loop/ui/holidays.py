"""Public holidays and a calendar's own days by name, in the reader's language."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cx_loop.models import in_language

# names that are known in English only, where the days are kept
_KNOWN = {
    "New Year's Day": gettext_lazy("New Year's Day"),
    "Martin Luther King Jr. Day": gettext_lazy("Martin Luther King Jr. Day"),
    "Washington's Birthday": gettext_lazy("Washington's Birthday"),
    "Presidents' Day": gettext_lazy("Presidents' Day"),
    "Good Friday": gettext_lazy("Good Friday"),
    "Easter Sunday": gettext_lazy("Easter Sunday"),
    "Easter Monday": gettext_lazy("Easter Monday"),
    "Early May Bank Holiday": gettext_lazy("Early May Bank Holiday"),
    "May Day": gettext_lazy("May Day"),
    "Labor Day": gettext_lazy("Labor Day"),
    "Labour Day": gettext_lazy("Labour Day"),
    "Memorial Day": gettext_lazy("Memorial Day"),
    "Spring Bank Holiday": gettext_lazy("Spring Bank Holiday"),
    "Ascension Day": gettext_lazy("Ascension Day"),
    "Whit Monday": gettext_lazy("Whit Monday"),
    "Juneteenth National Independence Day": gettext_lazy("Juneteenth National Independence Day"),
    "Independence Day": gettext_lazy("Independence Day"),
    "National Day": gettext_lazy("National Day"),
    "Assumption Day": gettext_lazy("Assumption Day"),
    "Summer Bank Holiday": gettext_lazy("Summer Bank Holiday"),
    "German Unity Day": gettext_lazy("German Unity Day"),
    "Columbus Day": gettext_lazy("Columbus Day"),
    "All Saints' Day": gettext_lazy("All Saints' Day"),
    "Veterans Day": gettext_lazy("Veterans Day"),
    "Armistice Day": gettext_lazy("Armistice Day"),
    "Thanksgiving Day": gettext_lazy("Thanksgiving Day"),
    "Thanksgiving": gettext_lazy("Thanksgiving"),
    "Christmas Day": gettext_lazy("Christmas Day"),
    "Second Day of Christmas": gettext_lazy("Second Day of Christmas"),
    "Boxing Day": gettext_lazy("Boxing Day"),
}
OBSERVED = " (observed)"


def say_holiday(names: str | Mapping[str, str]) -> str:
    """What a calendar or the list of a country calls a day; several names of one day as well."""
    said = names if isinstance(names, str) else in_language(dict(names))
    return _("; ").join(_one(part.strip()) for part in said.split(";") if part.strip())


def _one(name: str) -> str:
    if name.endswith(OBSERVED):
        return _("%(holiday)s (observed)") % {"holiday": _one(name.removesuffix(OBSERVED))}
    return str(_KNOWN.get(name, name))
