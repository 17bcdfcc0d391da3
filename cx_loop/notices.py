"""What we say to people about themselves, what they wrote, and to admins about sources, in their
own language."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from cx_loop.messaging.channels.email import SECRET
from cx_loop.models import Organization, PersonLink, User
from cx_loop.ui.words import say_duration


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


def say_source(code: str, params: Mapping[str, Any]) -> str:
    """A notice about a source."""
    said = {"source": params.get("source", "")}
    if code == "source_silent":
        said["length"] = say_duration(timedelta(hours=float(params.get("hours") or 0)))
        return _("Nothing has come from %(source)s for %(length)s, longer than is usual.") % said
    said["count"] = params.get("count", "")
    said["why"] = say_reason(str(params.get("reason", "")))
    return _("Deliveries from %(source)s wait for you (%(count)s): %(why)s") % said


def say_reason(code: str) -> str:
    """Why a delivery is not counted, or what is wrong with a mapping."""
    words = _reasons().get(code)
    if words is not None:
        return words
    if code.startswith("tool_said_"):
        return _("The tool answered %(status)s when it was asked.") % {"status": code[10:]}
    return _("It could not be read (%(code)s).") % {"code": code}


def _reasons() -> dict[str, str]:
    return _about_deliveries() | _about_answers() | _about_mappings()


def _about_deliveries() -> dict[str, str]:
    return {
        "signature_missing": _("It is not signed."),
        "signature_wrong": _("Its signature is not made with the secret."),
        "signature_old": _("It was signed more than five minutes before it came."),
        "secret_unreadable": _("The secret was stored under another key of the installation."),
        "source_disabled": _("The source was switched off when it came."),
        "body_empty": _("It is empty."),
        "body_not_json": _("It is not JSON, although it should be."),
        "body_not_utf8": _("It is not text."),
        "body_not_objects": _("It holds no objects."),
        "body_not_form": _("It is not a form, although it says so."),
        "body_not_multipart": _("It is not a form of several parts, although it says so."),
        "body_not_gzip": _("It is not packed as it says."),
        "encoding_unsupported": _("It is packed in a way that is not read."),
        "too_large": _("There is too much in it."),
        "too_many_objects": _("There are too many answers in it."),
        "items_missing": _("The list of responses is not where it was said to be."),
        "payload_unexpected": _("The tool does not send it like this."),
        "table_expected": _("This tool is read from files."),
        "table_unexpected": _("Files of this tool are not read."),
        "table_empty": _("The file has no rows."),
        "too_many_lines": _("It has more lines than a spreadsheet can have."),
        "table_unreadable": _("It is no table: is a quote left open?"),
        "workbook_unreadable": _("It is no Excel file (.xlsx) that can be read."),
        "workbook_protected": _("It has a password, or is of the format before 2007 (.xls)."),
        "workbook_too_large": _("There is too much in it: hand it in as several files."),
        "columns_mismatch": _("A row has more or fewer cells than the header."),
        "header_rows_missing": _("The file needs its three header rows."),
        "token_missing": _("The answers must be asked for: enter the token of the tool's API."),
        "token_refused": _("The tool refuses the token, or the user."),
        "tool_unreachable": _("The tool was not reached."),
        "taken_apart": _("It spoke of several responses: each is asked for by itself."),
        "to_ask_for": _("The answers are being asked for."),
        "asked_enough_today": _("As much was asked today as the tool allows; it goes on tomorrow."),
        "answer_gone": _("The tool does not know the response any more."),
        "event_unknown": _("It tells of something that is no answer."),
        "test_event": _("A test call."),
        "preview": _("A preview."),
        "not_answered": _("Asked, not answered."),
        "nothing_answered": _("No question that is mapped was answered."),
        "unfinished": _("Not finished yet."),
        "repeated": _("The same message came before."),
        "internal_error": _("Something went wrong here; it was logged."),
    }


def _about_answers() -> dict[str, str]:
    return {
        "mapping_missing": _("It is not said yet which field is which."),
        "survey_not_mapped": _("It is not said which field is which in this survey."),
        "answer_not_a_number": _("An answer is no number."),
        "exposure_not_a_number": _("Out of how many it is, is no number."),
        "exposure_required": _("Out of how many it is, is not said."),
        "exposure_invalid": _("Out of how many it is must be above 0."),
        "answer_off_scale": _("An answer lies outside the scale of its question."),
        "segment_unknown": _("There is no such segment."),
        "touchpoint_unknown": _("There is no such touchpoint."),
        "metric_unknown": _("There is no such metric."),
        "value_out_of_scale": _("A value lies outside the scale of its metric."),
        "value_not_on_step": _("A value is not on a step of its metric."),
        "time_invalid": _("When it was answered cannot be read."),
        "time_in_future": _("It was answered in the future: look at the time zone."),
        "time_too_old": _("It was answered over twenty years ago."),
        "too_many_series": _("There are too many channels or locations already."),
        "missing_field": _("Something is missing."),
    }


def _about_mappings() -> dict[str, str]:
    return {
        "scale_missing": _("Say the lowest and the highest answer."),
        "direction_missing": _("Say which end is the best."),
        "scale_differs": _("The scale is longer or shorter than that of the metric."),
        "place_missing": _("Say where this belongs."),
        "place_ambiguous": _("Say one place, not several."),
        "field_missing": _("Say which field this is."),
        "target_unknown": _("No field can be this. Choose what it is from the list."),
        "entry_not_an_object": _("An entry of the mapping is not as a file would write it."),
        "entry_unknown_key": _("An entry of the mapping says something no entry can say."),
        "values_not_a_table": _("What answers stand for is to be a table."),
        "exposure_missing": _("Say out of how many this is: a field, or 1."),
        "exposure_unexpected": _("Only a rate is out of so many."),
        "values_not_numbers": _("Answers of a metric stand for numbers."),
        "nothing_counted": _("Choose a metric or a comment for at least one field."),
        "id_missing": _("Say which field tells one response from the other."),
    }
