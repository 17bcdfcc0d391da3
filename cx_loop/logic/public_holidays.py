"""Public holidays of countries and their parts: which days, and what they are called."""

from datetime import date
from functools import cache

from holidays import country_holidays

from cx_loop.logic.sentences import sentence

_LOCAL = ""
# of the pages -> of the library of holidays, the best first
_LANGUAGES = {"en": ("en_US", "en_GB"), "zh-hans": ("zh_CN",)}


@cache
def holidays_of(code: str, year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Public holidays of a year, and the week-end days worked instead.

    An ordinary week-end inside a long holiday is not listed: who works week-ends works then.
    """
    country, _, part = code.partition("-")
    try:
        calendar = country_holidays(country, subdiv=part or None, years=year)
    except NotImplementedError:
        raise ValueError(
            sentence("No public holidays are known for {code!r}; use CN or DE-BY.", code=code)
        ) from None
    make_up = frozenset(getattr(calendar, "weekend_workdays", ()))
    return frozenset(calendar) - make_up, make_up


def holiday_names(code: str, day: date) -> dict[str, str]:
    """What the public holiday of a day is called, a text per language that is known; what is
    known in no language of the pages stands as it is called there. {} of an ordinary day."""
    found = {
        language: names[day]
        for language, names in _names_of(code, day.year).items()
        if day in names
    }
    local = found.pop(_LOCAL, "")
    return found or ({"en": local} if local else {})


@cache
def _names_of(code: str, year: int) -> dict[str, dict[date, str]]:
    country, _, part = code.partition("-")
    local = country_holidays(country, subdiv=part or None, years=year)
    known = {_LOCAL: dict(local.items())}
    supported = getattr(local, "supported_languages", None) or ()
    for language, ways in _LANGUAGES.items():
        if way := next((each for each in ways if each in supported), None):
            said = country_holidays(country, subdiv=part or None, years=year, language=way)
            known[language] = dict(said.items())
    return known
