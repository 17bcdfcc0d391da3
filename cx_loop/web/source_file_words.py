"""How files of answers are spoken of on pages."""

from django.utils.translation import gettext as _

from cx_loop.models import HandedFile
from cx_loop.notices import say_reason


def say_file_state(file: HandedFile) -> str:
    return {
        "reading": _("Being read"),
        "read": _("Read: not counted yet"),
        "trying": _("Being tried"),
        "tried": _("Tried: not counted yet"),
        "counting": _("Being counted"),
        "counted": _("Counted"),
        "failed": _("Cannot be read"),
    }[file.state]


def say_failure(file: HandedFile) -> str:
    if not file.reason:
        return ""
    said = say_reason(file.reason)
    return f"{said} ({file.where})" if file.where else said
