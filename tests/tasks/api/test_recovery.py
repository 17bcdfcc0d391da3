"""Customers who complained, over the REST API: as on their page."""

import pytest

from tasks.models import OptOut, Recovery
from tests.api_stories import Airline, codes, get, post, with_key
from tests.factories import NOW, make_recovery, make_task


@pytest.fixture
def rows(airline: Airline) -> list[Recovery]:
    task = make_task(department=airline.ground)
    first = make_recovery(airline.boarding, "打13812345678没人接", before=2, task=task)
    return [first, make_recovery(airline.boarding), make_recovery(airline.app)]


def test_a_department_lists_its_own_customers_in_turn_without_personal_data(airline, rows):
    told = get(airline.ana, "recovery/")["results"]
    assert [row["id"] for row in told] == [rows[0].pk, rows[1].pk]
    assert (told[0]["comment"], told[0]["reference"]) == ("打[phone]没人接", "")
    get(airline.ana, f"recovery/{rows[2].pk}/", 404)
    assert len(get(airline.analyst, "recovery/")["results"]) == 3


def test_the_list_is_narrowed(airline, rows):
    def ids(**asked):
        return [row["id"] for row in get(airline.ana, "recovery/", **asked)["results"]]

    assert ids(task=rows[0].task_id) == [rows[0].pk]
    assert ids(open="false") == []
    assert ids(touchpoint="app") == []
    assert ids(due_before=NOW.isoformat()) == []


def test_what_became_of_a_contact_is_said_once(airline, rows):
    url = f"recovery/{rows[0].pk}/contacted/"
    assert codes(post(airline.ana, url, 400, outcome="content")) == {"offered": "required"}
    told = post(airline.ana, url, outcome="content", offered="A voucher")
    assert (told["outcome"], told["contacted_by"]) == ("content", airline.ana.email)
    assert codes(post(airline.ana, url, 400, outcome="no_need")) == {"outcome": "over"}
    post(airline.ida, url, 404, outcome="no_need")
    post(airline.analyst, url, 403, outcome="no_need")
    reader = with_key("read")
    post(reader, url, 403, outcome="no_need", **{"as": airline.ana.email})


def test_another_system_says_who_wants_no_messages(airline):
    key = with_key("work")
    told = post(key, "opt-outs/", customer="Wei@example.com", **{"as": airline.ana.email})
    assert told == {"opted_out": True}
    assert set(OptOut.objects.values_list("how", flat=True)) == {"api"}
    assert codes(post(airline.ana, "opt-outs/", 400)) == {"customer": "required"}
    assert post(airline.analyst, "opt-outs/", 403, customer="x")["code"] == "read_only"


def test_an_opt_out_is_lifted_for_a_reason(airline):
    key, by = with_key("work"), {"as": airline.ana.email}
    post(key, "opt-outs/", customer="wei@example.com", **by)
    said = {"customer": "wei@example.com", **by}
    assert codes(post(key, "opt-outs/lift/", 400, **said)) == {"reason": "required"}
    assert post(key, "opt-outs/lift/", reason="Asked for it", **said) == {"lifted": True}
    assert not OptOut.objects.exists()
    again = post(key, "opt-outs/lift/", 400, reason="Once more", **said)
    assert codes(again) == {"customer": "not_opted_out"}
