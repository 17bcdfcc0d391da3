"""Leads silence their own touchpoints, admins all; what says nothing is refused."""

import pytest

from alerts.actions.errors import Forbidden, Invalid, NotFound
from alerts.actions.silences import make_silence
from alerts.models import Silence
from tests.flows.loop import DAY, MINUTE, MONDAY, Loop, person
from tests.flows.silencing import WAIT, end, silence


@pytest.mark.parametrize(("by", "touchpoint"), [("lin", "baggage"), ("ida", "boarding")])
def test_a_lead_silences_no_touchpoint_of_others(loop: Loop, by, touchpoint) -> None:
    with pytest.raises(Invalid) as refused:
        silence(MONDAY, by=by, touchpoint=[touchpoint])
    assert refused.value.problems[0][:2] == ("matchers.touchpoint", "unknown_choice")


def test_a_leads_silence_reaches_the_own_department_only(loop: Loop) -> None:
    silence(MONDAY, by="ida", metric=["wait"])
    loop.breach(MONDAY + MINUTE)
    assert loop.alert.silence is None


def test_a_directors_silence_reaches_all_below(loop: Loop) -> None:
    made = silence(MONDAY, by="dirk", metric=["wait"])
    assert made.department.key == "operations"
    loop.breach(MONDAY + MINUTE)
    assert loop.alert.silence == made


def test_staff_silence_nothing_and_see_no_silence_of_others(loop: Loop) -> None:
    with pytest.raises(Forbidden, match="lead_only"):
        silence(MONDAY, by="ana")
    made = silence(MONDAY)
    with pytest.raises(Forbidden, match="lead_only"):
        end(made, MONDAY, by="ana")
    with pytest.raises(NotFound):
        end(made, MONDAY, by="ida")


@pytest.mark.parametrize(
    ("said", "field", "code"),
    [
        ({"reason": " "}, "reason", "required"),
        ({"ends_at": None}, "ends_at", "required"),
        ({"ends_at": MONDAY}, "ends_at", "not_in_future"),
        ({"ends_at": MONDAY + 90 * DAY + MINUTE}, "ends_at", "too_long"),
        ({"matchers": {}}, "matchers", "required"),
        ({"matchers": {"weather": ["rain"]}}, "matchers.weather", "unknown_field"),
        ({"matchers": {"metric": []}}, "matchers.metric", "required"),
        ({"matchers": {"metric": ["waits"]}}, "matchers.metric", "unknown_choice"),
    ],
)
def test_what_makes_no_silence_is_refused(loop: Loop, said, field, code) -> None:
    good = {"matchers": WAIT, "reason": "Works.", "ends_at": MONDAY + DAY}
    with pytest.raises(Invalid) as refused:
        make_silence(by=person("lin"), now=MONDAY, **(good | said))
    assert refused.value.problems[0][:2] == (field, code)
    assert not Silence.objects.exists()
