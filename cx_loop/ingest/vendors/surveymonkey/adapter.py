"""SurveyMonkey: only an envelope arrives; the answers are asked for, 500 a day at most."""

from collections.abc import Iterator
from typing import Any

from cx_loop.ingest.vendors.adapter import Adapter, Asking, Object, Options
from cx_loop.logic.answers.response import Field, Misshapen, NoAnswer, Response, Value, by_key
from cx_loop.logic.hook_signatures import Scheme

API = "https://api.surveymonkey.com"


def envelope(event: Object, options: Options) -> Iterator[Response]:
    if event.get("object_type") != "response":
        raise NoAnswer("event_unknown")
    deleted = event["event_type"] == "response_deleted"
    yield Response(
        id=str(event["object_id"]),
        survey=str(event["resources"]["survey_id"]),
        revision=event.get("event_datetime"),
        deleted=deleted,
        fetch=not deleted,
    )


def ask(response: Response, options: Options, token: str) -> Asking:
    """The answers with the texts of questions and choices, so one request a response is enough."""
    for part in (response.survey, response.id):
        if not part.isalnum():
            raise Misshapen("payload_unexpected", "survey or response")
    api = str(options.get("api") or API).rstrip("/")
    path = f"/v3/surveys/{response.survey}/responses/{response.id}/details?simple=true"
    return Asking(api + path, {"Authorization": f"Bearer {token}", "Accept": "application/json"})


def answer(said: Object) -> Response:
    return Response(
        id=str(said["id"]),
        fields=by_key(_fields(said)),
        occurred_at=said.get("date_created"),
        revision=said.get("date_modified"),
        survey=str(said["survey_id"]),
        finished=said.get("response_status", "completed") == "completed",
    )


def _fields(said: Object) -> Iterator[Field]:
    for page in said["pages"]:
        for question in page["questions"]:
            yield from _of_question(question)
    for name, value in (said.get("custom_variables") or {}).items():
        yield Field(f"custom.{name}", value, name, "hidden")
    if said.get("custom_value"):
        yield Field("custom_value", said["custom_value"], "custom_value", "hidden")
    for name in ("email_address", "collector_id"):
        if said.get(name):
            yield Field(name, said[name], name, "email" if "email" in name else "hidden")


def _of_question(question: dict[str, Any]) -> Iterator[Field]:
    """One field a question, or one a row of a matrix; a row is known by its own identifier however
    few of them were answered."""
    title, rows = question.get("heading", ""), dict[str, list[dict[str, Any]]]()
    for each in question.get("answers") or ():
        rows.setdefault(each.get("row_id", ""), []).append(each)
    for row, answers in rows.items():
        key = f"{question['id']}.{row}" if row else question["id"]
        values = [_value(each) for each in answers]
        yield Field(key, values[0] if len(values) == 1 else [str(v) for v in values], title)


def _value(each: dict[str, Any]) -> Value:
    weight = (each.get("choice_metadata") or {}).get("weight")
    if weight not in (None, ""):
        return str(weight)
    for name in ("text", "simple_text", "choice_id", "col_id", "other_id"):
        if each.get(name):
            return str(each[name])
    return None


ADAPTER = Adapter(
    key="surveymonkey",
    name="SurveyMonkey",
    of_object=envelope,
    scheme=Scheme("hmac", header="Sm-Signature", digest="sha1", encoding="base64"),
    ask=ask,
    of_answer=answer,
    a_day=500,
)
