"""What a lead is told when customers who complained wait too long for a call."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from cx_loop.models import Department, in_language


def say_late(count: int) -> str:
    """In one sentence; it names no customer."""
    return _("Customers who complained wait too long for a call: %(count)s.") % {"count": count}


def mail_of_recovery(department: Department, count: int, language: str) -> tuple[str, str]:
    """Subject and text of the mail, in the language of who gets it."""
    with translation.override(language):
        lines = [
            say_late(count),
            "",
            in_language(department.name),
            "",
            f"{settings.PUBLIC_URL}/recovery/",
        ]
        return lines[0], "\n".join(lines)
