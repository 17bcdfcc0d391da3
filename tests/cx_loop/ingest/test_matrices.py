"""A matrix is as many questions as it has rows, whichever tool asked it."""

import json
from typing import Any

import pytest

from cx_loop.ingest.vendors.adapter import response_of_answer, responses_of
from cx_loop.ingest.vendors.reading import Document
from cx_loop.ingest.vendors.tools import adapter_of
from cx_loop.logic.answers.response import Response


def _tally() -> Response:
    field: dict[str, Any] = {
        "key": "question_m",
        "label": "How were",
        "type": "MATRIX",
        "value": {"r1": ["c2"], "r2": ["c1"]},
        "rows": [{"id": "r1", "text": "crew"}, {"id": "r2", "text": "meal"}],
        "columns": [{"id": "c1", "text": "bad"}, {"id": "c2", "text": "good"}],
    }
    at = "2026-03-01T10:00:00Z"
    data = {"responseId": "r", "formId": "f", "createdAt": at, "fields": [field]}
    event = {"eventType": "FORM_RESPONSE", "createdAt": at, "data": data}
    (found,) = responses_of(adapter_of("tally"), Document([event]), {})
    return found


def _jotform() -> Response:
    raw = json.dumps({"q7_howWere": {"crew": "good", "meal": "bad"}})
    form = {"rawRequest": raw, "submissionID": "r", "formID": "f"}
    (found,) = responses_of(adapter_of("jotform"), Document([form]), {})
    return found


def _surveymonkey(*rows: tuple[str, str]) -> Response:
    answers = [{"row_id": row, "choice_metadata": {"weight": weight}} for row, weight in rows]
    questions = [{"id": "q", "heading": "How were", "answers": answers}]
    return response_of_answer(
        adapter_of("surveymonkey"), {"id": 1, "survey_id": 2, "pages": [{"questions": questions}]}
    )


@pytest.mark.parametrize(
    ("found", "values"),
    [
        (_tally(), {"question_m.r1": "good", "question_m.r2": "bad"}),
        (_jotform(), {"q7.crew": "good", "q7.meal": "bad"}),
        (_surveymonkey(("r1", "5"), ("r2", "2")), {"q.r1": "5", "q.r2": "2"}),
        (_surveymonkey(("r2", "2")), {"q.r2": "2"}),
    ],
    ids=["tally", "jotform", "surveymonkey", "one row answered"],
)
def test_each_row_is_a_field_of_its_own(found: Response, values: dict[str, str]) -> None:
    assert values.items() <= {key: each.value for key, each in found.fields.items()}.items()
