"""Zendesk: satisfaction ratings are words, good or bad; offered ones are not answered yet."""

from collections.abc import Iterator

from cx_loop.ingest.vendors.adapter import Adapter, Object, Options
from cx_loop.logic.answers.response import Field, NoAnswer, Response, by_key
from cx_loop.logic.hook_signatures import Scheme

WORDS = {"good": "good", "good_with_comment": "good", "bad": "bad", "bad_with_comment": "bad"}


def responses(event: Object, options: Options) -> Iterator[Response]:
    said = event.get("satisfaction_rating", event)
    word = str(said["score"]).lower()
    if word in ("offered", "unoffered", "received"):
        raise NoAnswer("not_answered")
    yield Response(
        id=str(said["id"]),
        fields=by_key(_fields(said, WORDS.get(word, word))),
        occurred_at=said["created_at"],
        revision=said["updated_at"],
    )


def _fields(said: Object, word: str) -> Iterator[Field]:
    yield Field("score", word, "score", "choice")
    yield Field("comment", said.get("comment"), "comment", "text")
    for name in ("reason", "group_id", "assignee_id", "requester_id", "ticket_id"):
        if said.get(name):
            yield Field(name, str(said[name]), name, "hidden")


ADAPTER = Adapter(
    key="zendesk",
    name="Zendesk",
    of_object=responses,
    scheme=Scheme(
        "hmac",
        header="X-Zendesk-Webhook-Signature",
        encoding="base64",
        timestamp="X-Zendesk-Webhook-Signature-Timestamp",
    ),
)
