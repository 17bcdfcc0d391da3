"""GET, POST tasks/{number}/told/file/: whom the survey tool is to write to, and what it did."""

from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from cx_loop import clock
from cx_loop.api.bodies import SmallJson
from cx_loop.api.exports import AnswersWithAFile, documented, sent
from cx_loop.api.permissions import HasScope
from cx_loop.api.problems import Problem
from cx_loop.api.replays import IDEMPOTENCY_KEY, replayable
from cx_loop.api.said import Said, problems, read_said
from cx_loop.api.viewer import actor_of, reader_of
from cx_loop.logic.answers.response import Misshapen
from cx_loop.models import zone_of
from cx_loop.ui.sheets import Sheet
from tasks.actions.tell_file import TITLES, file_for
from tasks.actions.tell_outcomes import (
    MOST_LINES,
    TooManyLines,
    may_take_outcomes,
    rows_of_file,
    take_outcomes,
)
from tasks.api.refusals import refusals
from tasks.api.telling import OfTheDepartment
from tasks.logic.outcomes import MEMBERS, MESSAGES, OUTCOMES, NoTable


class OutcomesSaid(Said):
    """JSON; else multipart/form-data with `file`: CSV or XLSX whose header names the same."""

    rows = serializers.ListField(
        child=serializers.JSONField(),
        required=False,
        help_text=f"of each {', '.join(MEMBERS)}: customer as it stands in the file, outcome one of"
        f" {', '.join(OUTCOMES)}, at (may be left out) ISO 8601 with an offset",
    )
    file = serializers.FileField(required=False, help_text="CSV or XLSX")


class OutcomeRefusedShape(serializers.Serializer[Any]):
    line = serializers.IntegerField(help_text="as a spreadsheet counts it; of `rows` from 1")
    field = serializers.CharField(help_text="empty: the whole line")
    code = serializers.ChoiceField(choices=sorted(MESSAGES))
    message = serializers.CharField()


class OutcomesShape(serializers.Serializer[Any]):
    landed = serializers.IntegerField(help_text="lines that told something new")
    unchanged = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = OutcomeRefusedShape(many=True, help_text="the lines that were refused")


class ToldFileView(AnswersWithAFile, OfTheDepartment):
    permission_classes = [HasScope("work", people=True)]
    parser_classes = [MultiPartParser, SmallJson]

    @documented("tasks_told_file", "Take the file of customers for the survey tool", "recovery")
    def get(self, request: Request, number: int) -> HttpResponseBase:
        by = reader_of(request)

        def make(kind: str) -> Sheet:
            with refusals(lambda _number: None):
                rows = file_for(number=number, by=by, now=clock.now())
            return Sheet(f"task-{number}-customers", TITLES, iter([rows]), zone_of(by.user))

        return sent(make, request)

    @extend_schema(
        operation_id="tasks_told_outcomes",
        summary="Say what the survey tool did with the file of customers",
        description="Lines that are wrong are told with their number and member, the others are"
        " kept; all refused is 422 with the same body. Whoever opted out at the tool is written to"
        " no more. The same again changes nothing.",
        tags=["recovery"],
        parameters=[IDEMPOTENCY_KEY],
        request={"application/json": OutcomesSaid, "multipart/form-data": OutcomesSaid},
        responses={
            200: OutcomesShape,
            422: OutcomesShape,
            **problems(400, 401, 403, 404, 413, 429),
        },
    )
    @replayable
    def post(self, request: Request, number: int) -> Response:
        by = actor_of(request)
        with refusals(lambda _number: None):
            may_take_outcomes(number=number, by=by)
            rows = _rows(request)
            taken = take_outcomes(number=number, rows=rows, by=by, now=clock.now())
        said = {
            "landed": taken.landed,
            "unchanged": taken.unchanged,
            "refused": len(taken.refused),
            "results": [
                {
                    "line": each.line,
                    "field": each.field,
                    "code": each.code,
                    "message": MESSAGES[each.code],
                }
                for each in taken.refused
            ],
        }
        none_landed = bool(taken.refused) and not taken.landed + taken.unchanged
        return Response(OutcomesShape(said).data, status=422 if none_landed else 200)


def _rows(request: Request) -> list[tuple[int, object]]:
    """The lines as they were sent. Raises Problem, and DRF's ValidationError."""
    upload = request.FILES.get("file")
    if getattr(request._request, "upload_too_large", False):
        raise Problem(413, "file_too_large", "A file may have 10 MB; send it as several.")
    too_many = Problem(413, "too_many_items", f"At most {MOST_LINES:,} lines at once.")
    if upload is None:
        given = read_said(OutcomesSaid, request).get("rows")
        if not given:
            errors = [{"field": "rows", "code": "required", "message": "Send rows, or a file."}]
            raise Problem(400, "invalid", "Some fields are not valid.", errors=errors)
        if len(given) > MOST_LINES:
            raise too_many
        return list(enumerate(given, start=1))
    try:
        return rows_of_file(upload.read())
    except TooManyLines:
        raise too_many from None
    except NoTable as refusal:
        detail = f"The header lacks the column {refusal}."
        raise Problem(400, "column_missing", detail, field=str(refusal)) from None
    except Misshapen as refusal:
        raise Problem(400, refusal.code, "The file cannot be read as a table.") from None
