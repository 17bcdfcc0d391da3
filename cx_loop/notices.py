"""What we say to people about themselves and what they wrote, in their own language."""

from django.utils import translation
from django.utils.translation import gettext as _

from cx_loop.messaging.channels.email import SECRET
from cx_loop.models import Organization, PersonLink, User


def mail_with_link(kind: str, user: User) -> tuple[str, str]:
    """Subject and text of the mail with a link to choose a password; the link is put in last."""
    with translation.override(user.language):
        words = {"company": str(Organization.current())}
        if kind == PersonLink.Kind.INVITE:
            subject = _("Your invitation to CX Loop at %(company)s") % words
            head = _("You are invited. Choose a password here; the link works once, for 7 days:")
        else:
            subject = _("A new password for CX Loop at %(company)s") % words
            head = _("Choose a new password here; the link works once, for 2 hours:")
        tail = _("If you did not expect this mail, nothing needs to be done.")
        return subject, f"{head}\n\n{SECRET}\n\n{tail}"


def say_bad_address(code: str) -> str:
    """Why an address that is to be told of events is refused, and the way out."""
    return {
        "no_address": _("Only https:// addresses without a user name are sent to."),
        "internal_address": _(
            "It leads to an internal network. Name another address; who runs the installation can"
            " open a network with CX_OUTGOING_NETWORKS."
        ),
    }[code]
