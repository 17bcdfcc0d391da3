"""LimeSurvey: asked by RemoteControl, or a file: `;` between cells, all quoted.

An empty submitdate is a response not sent off; 1980-01-01 says that the survey keeps no dates.
"""

from collections.abc import Iterator
from typing import Any

from cx_loop.ingest.vendors.adapter import ASKED, WAIT, Adapter, Object, Options, Rows
from cx_loop.ingest.vendors.table import named_rows
from cx_loop.logic.answers.response import Field, Response, by_key

OWN = ("id", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp", "token")
NO_DATES = "1980-01-01"


def responses(export: Object, options: Options) -> Iterator[Response]:
    """What `export_responses` gives as JSON: a list, or (older) objects of one response each."""
    survey = str(options.get("survey") or "")
    for each in export["responses"]:
        rows = each.values() if "id" not in each else [each]
        for row in rows:
            yield _response(row, survey)


def table(rows: Rows) -> Iterator[Response]:
    for row in named_rows(rows):
        yield _response(row, "")


def _response(row: dict[str, Any], survey: str) -> Response:
    sent = str(row.get("submitdate") or "")
    when = "" if sent.startswith(NO_DATES) else sent
    fields = [Field(key, value, key) for key, value in row.items() if key not in OWN]
    if row.get("token"):
        fields.append(Field("token", row["token"], "token", "hidden"))
    return Response(
        id=str(row["id"]),
        fields=by_key(fields),
        occurred_at=when or row.get("datestamp") or "",
        revision=row.get("datestamp") or when,
        survey=survey,
        finished=bool(sent),
    )


ADAPTER = Adapter(
    key="limesurvey",
    name="LimeSurvey",
    of_object=responses,
    of_rows=table,
    partial=WAIT,
    way=ASKED,
)
