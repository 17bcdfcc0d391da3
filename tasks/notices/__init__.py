"""What we say about a task, in the reader's language."""

from tasks.notices.activity import Reader, reason_of, say_activity, say_open_steps
from tasks.notices.mails import mail_of, say_notice
from tasks.notices.names import CALLS, LEVELS, RESOLUTIONS, STATES, VERDICTS
from tasks.notices.recovery import mail_of_recovery
from tasks.notices.titles import segment_names, sentence_of_task, title_of
from tasks.notices.verdicts import say_reason, say_relapse, say_verification
from tasks.ui.causes import PAIN_CATEGORIES, ROOT_CAUSES

__all__ = [
    "CALLS",
    "LEVELS",
    "PAIN_CATEGORIES",
    "RESOLUTIONS",
    "ROOT_CAUSES",
    "STATES",
    "VERDICTS",
    "Reader",
    "mail_of",
    "mail_of_recovery",
    "reason_of",
    "say_activity",
    "say_notice",
    "say_open_steps",
    "say_reason",
    "say_relapse",
    "say_verification",
    "segment_names",
    "sentence_of_task",
    "title_of",
]
