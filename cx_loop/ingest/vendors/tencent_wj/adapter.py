"""腾讯问卷 (wj.qq.com): pages, their questions, and in those the options with those ticked."""

from collections.abc import Iterator
from typing import Any

from cx_loop.ingest.vendors.adapter import Adapter, Object, Options
from cx_loop.logic.answers.response import Field, NoAnswer, Response, Value, by_key

ACTIONS = ("answer.create", "answer.update", "answer.delete")


def responses(event: Object, options: Options) -> Iterator[Response]:
    if event.get("action") not in ACTIONS:
        raise NoAnswer("test_event")  # one is sent whenever the address is saved
    said = event["payload"]
    yield Response(
        id=f"{said['survey_id']}-{said['answer_id']}",
        fields=by_key(_fields(said)),
        occurred_at=said.get("ended_at") or said.get("started_at"),
        revision=event["created_at"],
        survey=str(said["survey_id"]),
        deleted=event["action"] == "answer.delete",
    )


def _fields(said: Object) -> Iterator[Field]:
    for page in said.get("answer") or ():
        for question in page["questions"]:
            title = question.get("title") or question.get("description") or ""
            yield Field(question["id"], _value(question), title, question.get("type", ""))
    for name in ("respondent_id", "openid", "province", "city"):
        if said.get(name):
            yield Field(name, str(said[name]), name, "hidden")


def _value(question: dict[str, Any]) -> Value:
    if "options" in question:
        ticked = [each["text"] for each in question["options"] if each.get("checked")]
        return ticked[0] if len(ticked) == 1 else ticked
    for name in ("text", "score", "value"):
        if question.get(name) not in (None, ""):
            given: Value = question[name]
            return given
    blanks = [str(each.get("value") or "") for each in question.get("blanks") or ()]
    return " ".join(each for each in blanks if each) or None


ADAPTER = Adapter(key="tencent-wj", name="腾讯问卷", of_object=responses, zone="Asia/Shanghai")
