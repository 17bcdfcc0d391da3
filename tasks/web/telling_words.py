"""What is said about telling customers: why somebody is left out, and what is wrong with words."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def say_left_out(left_out: Mapping[str, int]) -> list[str]:
    """One line for each reason that holds for somebody."""
    return [_say(why, count) for why, count in sorted(left_out.items()) if count]


def _say(why: str, count: int) -> str:
    said = {
        "no_consent": ngettext(
            "%(count)s did not agree to be contacted",
            "%(count)s did not agree to be contacted",
            count,
        ),
        "not_asked": ngettext(
            "%(count)s was not asked for consent", "%(count)s were not asked for consent", count
        ),
        "opted_out": ngettext("%(count)s wants no messages", "%(count)s want no messages", count),
        "told": ngettext("%(count)s was told already", "%(count)s were told already", count),
    }[why]
    return said % {"count": count}


def say_origins(origins: Mapping[str, int]) -> list[str]:
    """Where those who may be told are known from, one line each."""
    return [_say_origin(each, count) for each, count in origins.items()]


def _say_origin(origin: str, count: int) -> str:
    said = {
        "alert": ngettext(
            "%(count)s complained in an answer behind the alert",
            "%(count)s complained in answers behind the alert",
            count,
        ),
        "list": ngettext(
            "%(count)s stands on the list of customers to contact",
            "%(count)s stand on the list of customers to contact",
            count,
        ),
        "answer": ngettext(
            "%(count)s complained in another answer at the touchpoint",
            "%(count)s complained in other answers at the touchpoint",
            count,
        ),
        "comment": ngettext(
            "%(count)s wrote of a pain at the touchpoint",
            "%(count)s wrote of a pain at the touchpoint",
            count,
        ),
    }[origin]
    return said % {"count": count}


def say_fault(code: str, message: str) -> str:
    """In the reader's language; what is not known here, as the action said it."""
    known = {
        "required": _("This is needed."),
        "too_long": _("This is too long."),
        "placeholder_unknown": _("There is no such placeholder."),
        "stop_missing": _("It must hold {stop}, the link with which the customer ends messages."),
        "stop_in_subject": _("The link {stop} belongs into the text."),
        "journey_unknown": _("There is no such journey."),
        "stale": _("Somebody has changed it since; look at it again."),
        "personal_data": _("No personal data in public."),
        "number_not_proven": _("Only numbers that the verdict has proven."),
        "customers_words": _("Do not repeat what a customer wrote."),
        "not_in_use": _("This template is not approved, or not of this journey."),
        "sentence_missing": _("The template says what was mended: release the sentence first."),
        "not_proven": _("Its effect is not proven, or proven no more."),
        "nobody": _("There is nobody who may be told."),
    }
    return known.get(code, message)


def say_line(code: str) -> str:
    """Why a line of what the survey tool did is not taken, in the reader's language."""
    return {
        "missing_field": _("This is needed."),
        "text_too_long": _("This is too long."),
        "text_has_nul": _("It has characters that no text has."),
        "outcome_unknown": _("It must be sent, failed or opted_out."),
        "time_invalid": _("It is not a moment such as 2026-03-01T09:30:00+08:00."),
        "time_without_offset": _("Its offset is missing, such as +08:00."),
        "time_in_future": _("It lies in the future."),
        "customer_unknown": _("Nobody in the file of this task is called so."),
        "said_twice": _("Another line says something else of the same customer."),
        "columns_mismatch": _("It has more or fewer cells than the first line."),
    }[code]
