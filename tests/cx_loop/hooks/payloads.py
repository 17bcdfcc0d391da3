"""What each survey tool would deliver of one visit, in the structure its makers publish.

Every value is invented: a passenger who would recommend us with 3 of 10, and says why.
"""

import json
from dataclasses import dataclass, field
from typing import Any

WORDS = "Nobody told us why boarding took so long. 等了很久没有人解释。"
AT = "2026-03-10T09:30:00Z"


@dataclass(frozen=True)
class Sent:
    """A request as a tool makes it."""

    body: bytes
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def typeform(*, score: int = 3, name: str = "t-visit-1") -> Sent:
    fields = [
        {"id": "fNPS", "ref": "recommend", "type": "nps", "title": "Would you recommend us?"},
        {"id": "fWhy", "ref": "why", "type": "long_text", "title": "Why?"},
        {"id": "fSeat", "ref": "seat", "type": "multiple_choice", "title": "Where did you sit?"},
    ]
    answers = [
        {"type": "number", "number": score, "field": {"id": "fNPS", "type": "nps"}},
        {"type": "text", "text": WORDS, "field": {"id": "fWhy", "type": "long_text"}},
        {
            "type": "choice",
            "choice": {"label": "Window"},
            "field": {"id": "fSeat", "type": "multiple_choice"},
        },
    ]
    response = {
        "form_id": "fFlight",
        "token": name,
        "landed_at": "2026-03-10T09:28:00Z",
        "submitted_at": AT,
        "hidden": {"tier": "Gold card"},
        "definition": {"id": "fFlight", "title": "Your flight", "fields": fields},
        "answers": answers,
    }
    return js({"event_id": "e-1", "event_type": "form_response", "form_response": response})


def surveymonkey_event(event: str = "response_completed") -> Sent:
    return Sent(
        js(
            {
                "name": "CX Loop",
                "filter_type": "survey",
                "filter_id": "7001",
                "event_type": event,
                "event_id": "90001",
                "object_type": "response",
                "object_id": "5001",
                "event_datetime": "2026-03-10T09:31:00.120000+00:00",
                "resources": {
                    "respondent_id": "5001",
                    "recipient_id": "0",
                    "collector_id": "301",
                    "survey_id": "7001",
                    "user_id": "11",
                },
            }
        ).body,
        "application/vnd.surveymonkey.response.v1+json",
    )


def surveymonkey_details() -> dict[str, Any]:
    score = {"choice_id": "9103", "choice_metadata": {"weight": "3"}, "simple_text": "3"}
    return {
        "id": "5001",
        "survey_id": "7001",
        "collector_id": "301",
        "response_status": "completed",
        "date_created": "2026-03-10T09:28:00+00:00",
        "date_modified": "2026-03-10T09:30:00+00:00",
        "custom_variables": {"tier": "Gold card"},
        "pages": [
            {
                "id": "1",
                "questions": [
                    {"id": "8101", "heading": "Would you recommend us?", "answers": [score]},
                    {"id": "8102", "heading": "Why?", "answers": [{"text": WORDS}]},
                ],
            }
        ],
    }


def qualtrics_values() -> dict[str, Any]:
    values = {
        "startDate": "2026-03-10T09:28:00Z",
        "endDate": AT,
        "recordedDate": "2026-03-10T09:30:01.201Z",
        "status": 0,
        "finished": 1,
        "QID1": 3,
        "QID2_TEXT": WORDS,
        "tier": "Gold card",
    }
    labels = {"QID1": "3"}
    return {"result": {"responseId": "R_visit1", "values": values, "labels": labels}}


def qualtrics_message() -> str:
    return (
        '{"Status":"Complete","SurveyID":"SV_flight","ResponseID":"R_visit1",'
        '"CompletedDate":"2026-03-10 09:30:00","BrandID":"demoair"}'
    )


QUALTRICS_FILE = (
    "StartDate,EndDate,Status,Finished,RecordedDate,ResponseId,QID1,QID2_TEXT,tier\n"
    "开始日期,结束日期,回复类型,已完成,记录日期,回复 ID,您会推荐我们吗？,为什么？,tier\n"
    '"{""ImportId"":""startDate""}","{""ImportId"":""endDate""}","{""ImportId"":""status""}",'
    '"{""ImportId"":""finished""}","{""ImportId"":""recordedDate""}","{""ImportId"":""_recordId""}",'
    '"{""ImportId"":""QID1""}","{""ImportId"":""QID2_TEXT""}","{""ImportId"":""tier""}"\n'
    f'2026-03-10 09:28:00,2026-03-10 09:30:00,0,1,2026-03-10 09:30:01,R_visit1,3,"{WORDS}",'
    "Gold card\n"
    "2026-03-10 09:40:00,2026-03-10 09:41:00,1,1,2026-03-10 09:41:01,R_preview,9,,\n"
)


def formbricks(
    event: str = "responseFinished", *, score: int | None = 3, minute: int = 30, why: str = WORDS
) -> Sent:
    answers: dict[str, Any] = {} if score is None else {"qnps": score}
    if why:
        answers["qwhy"] = why
    data = {
        "id": "cvisit1",
        "surveyId": "cflight",
        "createdAt": "2026-03-10T09:28:00.000Z",
        "updatedAt": f"2026-03-10T09:{minute}:00.000Z",
        "finished": event == "responseFinished",
        "data": answers,
        "contactAttributes": {"tier": "Gold card"},
        "meta": {"url": "https://air.example/after", "country": "CN"},
        "survey": {"title": "Your flight", "type": "link", "status": "inProgress"},
        "tags": [],
        "ttc": {"_total": 4100.5},
        "variables": {},
    }
    return js({"webhookId": "cwebhook", "event": event, "data": data})


LIMESURVEY_FILE = (
    '"id";"submitdate";"lastpage";"startlanguage";"seed";"NPS";"WHY";"TIER"\n'
    f'"7";"2026-03-10 09:30:00";"2";"zh-Hans";"91";"3";"{WORDS}";"Gold card"\n'
    '"8";"";"1";"en";"92";"9";"";""\n'
    '"9";"1980-01-01 00:00:00";"2";"en";"93";"10";"";""\n'
)


def limesurvey_export() -> dict[str, Any]:
    row = {
        "id": "7",
        "submitdate": "2026-03-10 09:30:00",
        "lastpage": "2",
        "startlanguage": "zh-Hans",
        "seed": "91",
        "NPS": "3",
        "WHY": WORDS,
        "TIER": "Gold card",
    }
    unsent = row | {"id": "8", "submitdate": None, "NPS": "9"}
    return {"responses": [row, unsent]}


def jotform() -> Sent:
    raw = {
        "slug": "submit/2601",
        "q3_recommend": "3",
        "q4_why": WORDS,
        "q5_name": {"first": "An", "last": "Li"},
        "q6_tier": "Gold card",
        "event_id": "1741599000",
    }
    members = {
        "action": "",
        "formID": "2601",
        "submissionID": "61001",
        "formTitle": "Your flight",
        "pretty": "Would you recommend us?:3, Why?:Nobody told us",
        "rawRequest": json.dumps(raw, ensure_ascii=False),
        "ip": "192.0.2.7",
    }
    mark = "------------------------visit1"
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in members.items()
    ]
    body = "".join([*parts, f"--{mark}--\r\n"]).encode()
    return Sent(body, f"multipart/form-data; boundary={mark}")


def tally() -> Sent:
    options = [{"id": "o-1", "text": "Window"}, {"id": "o-2", "text": "Aisle"}]
    fields = [
        {"key": "question_nps", "label": "Recommend?", "type": "LINEAR_SCALE", "value": 3},
        {"key": "question_why", "label": "Why?", "type": "TEXTAREA", "value": WORDS},
        {
            "key": "question_seat",
            "label": "Seat",
            "type": "MULTIPLE_CHOICE",
            "value": ["o-1"],
            "options": options,
        },
        {"key": "question_tier", "label": "tier", "type": "HIDDEN_FIELDS", "value": "Gold card"},
    ]
    data = {
        "responseId": "rVisit1",
        "submissionId": "rVisit1",
        "respondentId": "pLi",
        "formId": "fFlight",
        "formName": "Your flight",
        "createdAt": AT,
        "fields": fields,
    }
    event = {"eventId": "ev-1", "eventType": "FORM_RESPONSE", "createdAt": AT, "data": data}
    return js(event)


def delighted(*, score: int = 3, comment: str | None = WORDS, updated: int = 1773135000) -> Sent:
    person = {"id": "601", "email": "li.an@example.com", "name": "Li An", "created_at": 1700000000}
    data = {
        "id": "5501",
        "person": person,
        "survey_type": "nps",
        "score": score,
        "comment": comment,
        "permalink": "https://delighted.example/r/visit1",
        "created_at": 1773134880,
        "updated_at": updated,
        "person_properties": {"tier": "Gold card"},
        "notes": [],
        "tags": [],
        "additional_answers": [],
    }
    return js({"event_type": "survey_response.updated", "event_id": "d1", "event_data": data})


GOOGLE_FILE = (
    '"Timestamp","Would you recommend us?","Why?","Which card do you have?"\n'
    f'"2026/03/10 5:30:00 PM GMT+8","3","{WORDS}","Gold card"\n'
    '"2026/03/10 5:41:00 PM GMT+8","10 - With all my heart","",""\n'
)


def zendesk(score: str = "bad") -> Sent:
    return js(
        {
            "id": 35001,
            "ticket_id": 208,
            "assignee_id": 135,
            "group_id": 44,
            "requester_id": 7881,
            "score": score,
            "comment": WORDS,
            "created_at": "2026-03-10T09:28:00Z",
            "updated_at": AT,
        }
    )


def wjx(sign: str = "", **changes: Any) -> Sent:
    said = {
        "activity": "30100",
        "name": "登机体验",
        "index": "7",
        "joinid": "1012001",
        "timetaken": "38",
        "submittime": "2026-03-10 17:30:00",
        "q1": "3",
        "q2": WORDS,
        "q3": "1,2",
        "q4": "金卡",
        "totalvalue": "0",
        "sign": sign,
    }
    return js(said | changes)


def tencent(action: str = "answer.create", *, score: str = "3分", at: str = "17:31") -> Sent:
    options = [
        {"id": "o-1", "checked": int(text == score), "text": text} for text in ("3分", "9分")
    ]
    questions = [
        {"id": "q-1-ab", "type": "radio", "options": options, "blanks": []},
        {"id": "q-2-cd", "type": "textarea", "text": WORDS},
    ]
    card = {"id": "tier", "type": "text", "text": "金卡", "title": "tier", "description": "会员"}
    payload = {
        "survey_id": 25001,
        "survey_hash": "7446",
        "answer_id": 7,
        "respondent_id": 60000000001,
        "started_at": "2026-03-10 17:28:00",
        "ended_at": "2026-03-10 17:30:00",
        "duration": 120,
        "province": "广东省",
        "answer": [
            {"id": "p-1", "questions": questions},
            {"id": "custom_args", "questions": [card]},
        ],
    }
    return js(
        {
            "id": "33cc-visit1",
            "object": "Answer",
            "action": action,
            "created_at": f"2026-03-10 {at}:00",
            "payload": payload,
        }
    )


def generic() -> Sent:
    answers = [{"question": "nps", "value": "3"}, {"question": "why", "value": WORDS}]
    who = {"tier": "Gold card", "mail": "li.an@example.com"}
    return js({"data": {"id": 81, "at": AT, "version": 1, "answers": answers, "who": who}})


def js(said: Any) -> Sent:
    return Sent(json.dumps(said, ensure_ascii=False).encode())
