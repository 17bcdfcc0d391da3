"""Qualtrics: events are envelopes in a signed form; files have three header rows."""

from collections.abc import Iterator
from itertools import chain, islice

from cx_loop.ingest.vendors.adapter import Adapter, Asking, Object, Options, Rows
from cx_loop.ingest.vendors.reading import parse
from cx_loop.ingest.vendors.table import named_rows
from cx_loop.logic.answers.response import Field, Misshapen, NoAnswer, Response, by_key
from cx_loop.logic.hook_signatures import Scheme

PREVIEWS = ("1", "Survey Preview")
# what is said of a response itself: names in files, and in answers of the API
IN_FILES = ("StartDate", "EndDate", "Status", "IPAddress", "Progress", "Finished", "RecordedDate")
IN_ANSWERS = ("startDate", "endDate", "status", "ipAddress", "progress", "finished", "recordedDate")
OWN = frozenset([*IN_FILES, *IN_ANSWERS, "ResponseId", "_recordId"])


def envelope(form: Object, options: Options) -> Iterator[Response]:
    """Members of the form, or of its member MSG."""
    said = parse(form["MSG"]) if "MSG" in form else form
    if said.get("Status") in PREVIEWS:
        raise NoAnswer("preview")
    yield Response(
        id=said["ResponseID"],
        survey=said["SurveyID"],
        revision=said.get("CompletedDate"),
        fetch=True,
    )


def ask(response: Response, options: Options, token: str) -> Asking:
    for part in (response.survey, response.id):
        if not part.replace("_", "").isalnum():
            raise Misshapen("payload_unexpected", "survey or response")
    api = str(options.get("api") or "").rstrip("/")  # https://<data centre>.qualtrics.com
    path = f"/API/v3/surveys/{response.survey}/responses/{response.id}"
    return Asking(api + path, {"X-API-TOKEN": token, "Accept": "application/json"})


def answer(said: Object) -> Response:
    result = said["result"]
    values = result["values"]
    fields = (Field(key, value) for key, value in values.items() if key not in OWN)
    return Response(
        id=result["responseId"],
        fields=by_key(fields),
        occurred_at=values.get("endDate") or values.get("recordedDate"),
        revision=values.get("recordedDate"),
        survey=str(values.get("surveyId", "")),
        finished=str(values.get("finished", 1)) == "1",
    )


def table(rows: Rows) -> Iterator[Response]:
    """Names, then the questions as people read them (in the language of who exported), then ids."""
    those = iter(rows)
    headers = list(islice(those, 3))
    if len(headers) < 3 or "ImportId" not in "".join(headers[2]):
        raise Misshapen("header_rows_missing")
    titles = dict(zip(headers[0], headers[1], strict=False))
    for row in named_rows(chain(headers, those), skip=3):
        if row.get("Status") in PREVIEWS:
            continue
        own = (key for key in row if key not in OWN)
        yield Response(
            id=row["ResponseId"],
            fields=by_key(Field(key, row[key], titles.get(key, key)) for key in own),
            occurred_at=row.get("EndDate") or row.get("RecordedDate"),
            revision=row.get("RecordedDate"),
            finished=row.get("Finished", "1").lower() in ("1", "true"),
        )


ADAPTER = Adapter(
    key="qualtrics",
    name="Qualtrics",
    of_object=envelope,
    of_rows=table,
    scheme=Scheme("member", header="HMAC", digest="sha512", signed="MSG"),
    ask=ask,
    of_answer=answer,
    a_day=3000,
)
