"""Pages of sources: connect, say which field is which, try it, save it, look after it."""

from typing import Any

import pytest

from cx_loop import clock
from cx_loop.actions.sources import address_of
from cx_loop.ingest.responses import map_due
from cx_loop.models import Delivery, Source
from cx_loop.models.encryption import decrypt, encrypt
from tests.cx_loop.hooks import payloads
from tests.cx_loop.hooks.conftest import NOW as LATER
from tests.cx_loop.hooks.conftest import counted, entries, tool, words  # noqa: F401
from tests.factories import NOW, make_admin, make_user
from tests.pages import costs_the_same, reading_as, seen

pytestmark = pytest.mark.django_db
PAGE = "/sources/generic-main/"


def send(client: Any, url: str, status: int = 302, **said: Any) -> str:
    with clock.set_to(NOW):
        response = client.post(url, said)
    assert response.status_code == status, response.content.decode()[:3000]
    return response.content.decode()


@pytest.fixture
def admin() -> Any:
    return reading_as(make_admin())


@pytest.fixture
def connected(tool: Any) -> Source:  # noqa: F811
    made = tool("generic", [])
    made.deliver(payloads.generic())
    return made.source


def typed(client: Any, **changes: str) -> dict[str, str]:
    """What the form of the page would send, but for the changes, by the end of the field's key."""
    with clock.set_to(NOW):
        rows = client.get(PAGE).context["rows"]
    said: dict[str, str] = {}
    for row in rows:
        said[f"field{row.number}"] = row.seen.key
        for name in ("use", "place", "low", "high", "direction", "values"):
            said[f"{name}{row.number}"] = getattr(row, name)
        for change, value in changes.items():
            name, _, key = change.partition("_")
            if (key and f"={key}]" in row.seen.key.replace("'", "")) or row.seen.key.endswith(key):
                said[f"{name}{row.number}"] = value
    return said


def test_a_tool_is_connected_and_its_address_shown(admin, tool):  # noqa: F811
    send(admin, "/sources/add/", key="tally-shop", tool="tally")
    made = Source.objects.get()
    page = seen(admin, "/sources/tally-shop/")
    assert address_of(made) in page
    assert "whoever knows the address can send answers" in page
    assert "Tally" in seen(admin, "/sources/")
    assert "already" in send(admin, "/sources/add/", 422, key="tally-shop", tool="tally")


def test_fields_are_shown_with_their_answers_and_proposed(admin, connected):
    page = seen(admin, PAGE)
    with clock.set_to(NOW):
        rows = {row.seen.key: row for row in admin.get(PAGE).context["rows"]}
    uses = {key: row.use for key, row in rows.items() if row.use}
    assert uses == {
        "data.id": "id",
        "data.at": "occurred_at",
        "data.answers[question=nps].value": "metric:nps",
        "data.answers[question=why].value": "comment",
        "data.who.tier": "segment",
        "data.who.mail": "customer",
    }
    assert rows["data.answers[question=nps].value"].low == ""
    assert rows["data.who.tier"].values == "Gold card = gold"
    assert "Nobody told us why" in page


def test_a_mapping_without_scale_and_direction_is_refused(admin, connected):
    page = send(admin, f"{PAGE}mapping/", 422, do="save", **typed(admin, place_nps="boarding"))
    assert "Say the lowest and the highest answer." in page
    assert "Say which end is the best." in page
    assert Source.objects.get().mapping == []


FULL = {
    "place_nps": "boarding",
    "low_nps": "0",
    "high_nps": "10",
    "direction_nps": "higher_is_better",
    "place_why": "boarding",
}


def test_it_is_tried_on_stored_deliveries_and_nothing_is_saved(admin, connected):
    page = send(admin, f"{PAGE}mapping/", 200, do="try", **typed(admin, **FULL))
    assert "What would be counted" in page
    assert "<strong>3</strong>" in page
    assert (counted(), Source.objects.get().mapping) == ([], [])


def test_saving_counts_what_waited(admin, connected):
    send(admin, f"{PAGE}mapping/", do="save", **typed(admin, **FULL))
    with clock.set_to(LATER):
        map_due(now=LATER)
    assert [row[:4] for row in counted()] == [("boarding", "nps", "gold", 3.0)]
    assert "Counted" in seen(admin, PAGE)
    with clock.set_to(NOW):
        saved = {row.seen.key: row for row in admin.get(PAGE).context["rows"]}
    assert saved["data.answers[question=nps].value"].low == "0.0"


def test_which_response_is_which_must_be_said(admin, connected):
    page = send(admin, f"{PAGE}mapping/", 422, do="save", **typed(admin, **FULL, use_id=""))
    assert "Say which field tells one response from the other." in page


def test_what_rows_cannot_say_stays(admin, connected):
    web = {"to": "channel", "constant": "web"}
    Source.objects.update(mapping=[web])
    send(admin, f"{PAGE}mapping/", 422, do="save", **typed(admin))
    said = typed(admin, **FULL, use_nps="metric:nps", use_id="id")
    send(admin, f"{PAGE}mapping/", do="save", **said)
    assert web in Source.objects.get().mapping


def test_secrets_go_in_and_never_come_out(admin, connected):
    send(admin, f"{PAGE}change/", do="secret", secret="open sesame")
    send(admin, f"{PAGE}change/", do="token", token="a token")
    made = Source.objects.get()
    assert (decrypt(made.secret), decrypt(made.token)) == ("open sesame", "a token")
    assert "sesame" not in seen(admin, PAGE)


def test_more_can_be_said_of_a_tool(admin, connected):
    said = {"timezone": "Asia/Tokyo", "expected_every": "12", "items": "data.list"}
    signed = {"scheme": "hmac-sha256-hex", "header": "X-Sign", "before": "sha256="}
    send(admin, f"{PAGE}change/", do="options", **said, **signed)
    assert Source.objects.get().options == {
        "timezone": "Asia/Tokyo",
        "expected_every": 12.0,
        "items": "data.list",
        "signature": {"scheme": "hmac-sha256-hex", "header": "X-Sign", "prefix": "sha256="},
    }
    page = send(admin, f"{PAGE}change/", 422, do="options", timezone="Mars/Base")
    assert "Mars/Base" in page


def test_a_source_is_switched_off_and_on_and_gets_another_address(admin, connected):
    before = address_of(connected)
    send(admin, f"{PAGE}change/", do="off")
    assert "Switched off" in seen(admin, PAGE)
    send(admin, f"{PAGE}change/", do="again")
    assert Delivery.objects.get().state == "quarantined"
    send(admin, f"{PAGE}change/", do="on")
    send(admin, f"{PAGE}change/", do="address")
    assert address_of(Source.objects.get()) != before
    for do in ("again", "everything", "verify"):
        send(admin, f"{PAGE}change/", do=do)
    send(admin, f"{PAGE}change/", 404, do="nonsense")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", True),
        ("state=quarantined", True),
        ("state=mapped", False),
        ("q=没有人解释", True),
        ("q=nothing like it", False),
        ("since=2026-03-10", True),
        ("since=2026-03-12", False),
        ("since=nonsense", True),
    ],
)
def test_deliveries_are_searched(admin, connected, asked, found):
    assert (f"{PAGE}deliveries/" in seen(admin, f"{PAGE}?{asked}")) == found


def test_what_was_delivered_is_shown_in_full_to_admins_alone(admin, connected):
    url = f"{PAGE}deliveries/{Delivery.objects.get().pk}/"
    assert "li.an@example.com" in seen(admin, url)
    analyst = reading_as(make_user("ann@example.com", is_analyst=True))
    page = seen(analyst, url)
    assert "li.an@example.com" not in page
    assert "Personal data is left out" in page
    assert "li.an@example.com" not in seen(analyst, PAGE)
    assert "hooks/" not in seen(analyst, PAGE)
    seen(reading_as(make_user("bob@example.com")), PAGE, status=403)


def test_the_pages_cost_the_same_with_many_deliveries(admin, connected):
    def another() -> None:
        Delivery.objects.create(source=connected, body=b'{"a": 1}', content_type="application/json")

    costs_the_same(admin, PAGE, another)
    costs_the_same(
        admin, "/sources/", lambda: Source.objects.create(key=f"s-{Source.objects.count()}")
    )


def test_a_secret_that_cannot_be_read_does_not_break_the_page(admin, connected, settings):
    Source.objects.update(secret=encrypt("x"))
    assert "Change the secret" in seen(admin, PAGE)


def test_half_a_character_costs_neither_the_answer_nor_the_page(admin, tool):  # noqa: F811
    made = tool("generic", [])
    made.deliver(payloads.Sent(rb'{"score": 9, "why": "quick \ud83d\u0000"}'))
    assert "quick" in seen(admin, PAGE)
    made.source.mapping = entries("score", "why")
    made.source.save()
    made.deliver(payloads.Sent(rb'{"score": 9, "why": "slow \udc4d"}'))
    assert ([row[3] for row in counted()], words()) == ([9], ["slow \ufffd"])


def test_a_form_of_many_fields_is_mapped_page_by_page(admin, tool):  # noqa: F811
    made = tool("generic", [])
    answers = ", ".join(f'"q{number:02}": 4' for number in range(70)) + ', "id": 1'
    made.deliver(payloads.Sent(b"{%s}" % answers.encode()))
    page = seen(admin, PAGE)
    assert ("?from=40#mapping" in page, 'value="id"' in page) == (True, True)
    score = {"use0": "metric:nps", "place0": "boarding", "low0": "0", "high0": "10"}
    up = {"direction0": "higher_is_better", "do": "save"}
    send(admin, f"{PAGE}mapping/", field0="q00", field1="id", use1="id", **score, **up)
    assert "q60" in seen(admin, f"{PAGE}?from=40")
    rest = {"from": "40", "field0": "q61", "use0": "comment", "place0": "boarding", "do": "save"}
    send(admin, f"{PAGE}mapping/", **rest)
    made.source.refresh_from_db()
    assert {each["field"] for each in made.source.mapping} == {"q00", "id", "q61"}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("jotform", "the address is the secret"),
        ("limesurvey", "asked for new answers every 15 minutes"),
        ("google-forms", "come as files"),
    ],
)
def test_what_is_to_be_pasted_is_said_as_the_tool_works(admin, tool, name, said):  # noqa: F811
    tool(name, [])
    page = seen(admin, f"/sources/{name}-main/")
    assert (said in page, "Enter the secret" in page) == (True, False)


def test_a_secret_without_a_scheme_is_said_to_verify_nothing(admin, connected):
    said = "A secret is kept, but nothing is verified"
    assert said not in seen(admin, PAGE)
    send(admin, f"{PAGE}change/", do="secret", secret="s3cret")
    assert said in seen(admin, PAGE)
    connected.refresh_from_db()
    connected.options = {"signature": {"scheme": "hmac-sha256-hex", "header": "X-Sign"}}
    connected.save()
    assert said not in seen(admin, PAGE)
