"""Every tool's own delivery of one visit, through the receiver to the observation."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from cx_loop.models import CustomerLink, Delivery, Observation
from tests.cx_loop.hooks import payloads
from tests.cx_loop.hooks.conftest import NOW, OF_NPS, counted, entries, words
from tests.cx_loop.hooks.payloads import Sent

pytestmark = pytest.mark.django_db
WHEN = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
FIRST = datetime(2026, 3, 10, 9, 28, tzinfo=UTC)
ARRIVED = NOW
GENERIC = [
    {"field": "data.answers[question=nps].value", **OF_NPS},
    {"field": "data.answers[question=why].value", "to": "comment", "touchpoint": "boarding"},
    {"field": "data.who.tier", "to": "segment", "values": {"gold card": "gold"}},
    {"field": "data.id", "to": "id"},
    {"field": "data.at", "to": "occurred_at"},
    {"field": "data.version", "to": "revision"},
]
BAD = {"values": {"good": 10, "bad": 3}}
CSV = "text/csv"


def csv(text: str) -> Sent:
    return Sent(text.encode(), CSV)


@pytest.mark.parametrize(
    ("name", "mapping", "sent", "when"),
    [
        ("typeform", entries("fNPS", "fWhy", "hidden.tier"), payloads.typeform(), WHEN),
        ("formbricks", entries("qnps", "qwhy", "contact.tier"), payloads.formbricks(), FIRST),
        ("jotform", entries("q3", "q4", "q6"), payloads.jotform(), ARRIVED),
        (
            "tally",
            entries("question_nps", "question_why", "question_tier"),
            payloads.tally(),
            WHEN,
        ),
        ("delighted", entries("score", "comment", "property.tier"), payloads.delighted(), FIRST),
        ("zendesk", entries("score", "comment", **BAD), payloads.zendesk(), FIRST),
        ("wjx", entries("q1", "q2", "q4"), payloads.wjx(), WHEN),
        ("tencent-wj", entries("q-1-ab", "q-2-cd", "tier"), payloads.tencent(), WHEN),
        ("generic", GENERIC, payloads.generic(), WHEN),
    ],
)
def test_a_delivery_of_a_visit_is_counted_as_the_visit(tool, name, mapping, sent, when):
    found = tool(name, mapping).deliver(sent)
    segment = "" if name == "zendesk" else "gold"
    assert (found.state, found.reason, found.params) == ("mapped", "", {})
    assert counted() == [("boarding", "nps", segment, 3.0, when)]
    assert words() == [payloads.WORDS]


@pytest.mark.parametrize(
    ("name", "mapping", "text", "values"),
    [
        ("qualtrics", entries("QID1", "QID2_TEXT", "tier"), payloads.QUALTRICS_FILE, [3]),
        ("limesurvey", entries("NPS", "WHY", "TIER"), payloads.LIMESURVEY_FILE, [3, 10]),
        (
            "google-forms",
            entries("Would you recommend us?", "Why?", "Which card do you have?"),
            payloads.GOOGLE_FILE,
            [3, 10],
        ),
        (
            "generic",
            [
                *entries("Would you recommend us?", "Why?"),
                {"field": "Timestamp", "to": "occurred_at"},
                {"field": "Timestamp", "to": "id"},
            ],
            payloads.GOOGLE_FILE,
            [3, 10],
        ),
    ],
)
@pytest.mark.parametrize("times", [1, 2])
def test_a_file_is_counted_once_however_often_it_is_handed_in(
    tool, name, mapping, text, values, times
):
    made = tool(name, mapping, options={"timezone": "UTC"})
    for _ in range(times):
        found = made.deliver(csv(text))
    assert (found.state, found.reason) == ("mapped", "")
    assert sorted(row[3] for row in counted()) == values
    assert words() == [payloads.WORDS]


def test_a_spreadsheet_says_its_zone_in_its_own_way(tool):
    tool("google-forms", entries("Would you recommend us?")).deliver(csv(payloads.GOOGLE_FILE))
    assert [row[4] for row in counted()] == [WHEN, WHEN + timedelta(minutes=11)]


def test_a_survey_that_keeps_no_dates_is_counted_when_it_arrives(tool):
    made = tool("limesurvey", entries("NPS"), options={"timezone": "UTC"})
    made.deliver(csv(payloads.LIMESURVEY_FILE))
    assert [(row[3], row[4]) for row in counted()] == [(3, WHEN), (10, NOW)]


def test_an_export_by_remote_control_leaves_out_who_has_not_sent_it_off(tool):
    made = tool("limesurvey", entries("NPS", "WHY", "TIER"), options={"timezone": "UTC"})
    assert made.deliver(payloads.js(payloads.limesurvey_export())).state == "mapped"
    assert counted() == [("boarding", "nps", "gold", 3.0, WHEN)]


def test_rows_of_a_spreadsheet_that_say_the_same_are_two_answers(tool):
    text = "Timestamp,Score\n2026-03-10 10:00:00,3\n2026-03-10 10:00:00,3\n"
    tool("google-forms", entries("Score")).deliver(csv(text))
    assert len(counted()) == 2


def test_a_batch_is_as_many_responses(tool):
    those = [payloads.typeform(name=f"t-{n}", score=n).body for n in range(4)]
    tool("typeform", entries("fNPS")).deliver(Sent(b"[" + b",".join(those) + b"]"))
    assert [row[3] for row in counted()] == [0, 1, 2, 3]


def test_a_form_nobody_foresaw_is_mapped_by_its_members(tool):
    mapping = [{"field": "score", **OF_NPS}, {"field": "nr", "to": "id"}]
    form = Sent(b"nr=5&score=9&tags=a&tags=b", "application/x-www-form-urlencoded")
    assert tool("generic", mapping).deliver(form).state == "mapped"
    assert [row[3] for row in counted()] == [9]


@pytest.mark.parametrize(
    ("said", "may"), [("yes", True), ("愿意", True), ("No", False), ("perhaps", None), ("", None)]
)
def test_who_agrees_to_be_contacted_says_so_and_nothing_is_guessed(tool, said, may):
    mapping = [
        {"field": "score", **OF_NPS},
        {"field": "nr", "to": "id"},
        {"field": "mail", "to": "customer"},
        {"field": "call", "to": "contact"},
    ]
    form = urlencode({"nr": 5, "score": 2, "mail": "wei@example.com", "call": said}).encode()
    tool("generic", mapping).deliver(Sent(form, "application/x-www-form-urlencoded"))
    link = CustomerLink.objects.get()
    assert (link.may_contact, bool(link.reference)) == (may, may is True)


def test_json_inside_a_form_is_read(tool):
    mapping = [{"field": "response.score", **OF_NPS}, {"field": "response.id", "to": "id"}]
    form = Sent(b'response={"id": 4, "score": "7"}', "application/x-www-form-urlencoded")
    tool("generic", mapping).deliver(form)
    assert [row[3] for row in counted()] == [7]


@pytest.mark.parametrize(
    ("name", "sent", "reason"),
    [
        ("typeform", payloads.js({"event_type": "form_viewed"}), "event_unknown"),
        ("formbricks", payloads.js({"event": "testEndpoint", "data": {}}), "test_event"),
        ("tally", payloads.js({"eventType": "FORM_OPENED"}), "event_unknown"),
        ("delighted", payloads.js({"event_type": "unsubscribed.created"}), "event_unknown"),
        ("tencent-wj", payloads.js({"action": "ping"}), "test_event"),
        ("zendesk", payloads.zendesk("offered"), "not_answered"),
        ("google-forms", payloads.js({"a": 1}), "table_expected"),
    ],
)
def test_what_holds_no_answer_is_kept_and_not_counted(tool, name, sent, reason):
    found = tool(name, entries("x")).deliver(sent)
    assert (found.state, found.reason, counted()) == ("ignored", reason, [])


def test_a_nine_is_a_promoter_whatever_the_tool_calls_it(tool):
    said = {"id": 1, "score": 9, "category": "passive"}
    mapping = [{"field": "score", **OF_NPS}, {"field": "id", "to": "id"}]
    tool("generic", mapping).deliver(payloads.js(said))
    assert [row[3] for row in counted()] == [9]


def test_a_bill_of_health_is_kept_of_what_was_received(tool):
    made = tool("typeform", entries("fNPS"))
    made.deliver(payloads.typeform())
    assert Delivery.objects.get().responses == ["t-visit-1"]


RATE = {"metric": "cancelled", "touchpoint": "boarding"}  # any rate is mapped like this


def rates() -> list[tuple[float, float]]:
    return list(Observation.objects.order_by("value").values_list("value", "exposure"))


def test_how_many_answered_is_counted_out_of_how_many_were_asked(tool):
    mapping = [
        {"field": "answered", "exposure": "sent", **RATE},
        {"field": "wave", "to": "id"},
    ]
    made = tool("generic", mapping)
    made.deliver(payloads.js({"wave": "w1", "sent": 200, "answered": 20}))
    made.deliver(payloads.js({"wave": "w1", "sent": "200", "answered": "31"}))
    assert rates() == [(31, 200)]
    held = made.deliver(payloads.js({"wave": "w2", "answered": 3}))
    assert (held.state, held.reason) == ("quarantined", "exposure_not_a_number")


def test_an_invitation_is_asked_until_it_is_answered(tool):
    told = {"sent": 0, "done": 1}
    mapping = [{"field": "status", "values": told, "exposure": 1, **RATE}]
    made = tool("generic", [*mapping, {"field": "invitation", "to": "id"}])
    for name, status in [("a", "sent"), ("b", "sent"), ("b", "done")]:
        made.deliver(payloads.js({"invitation": name, "status": status}))
    assert rates() == [(0, 1), (1, 1)]
