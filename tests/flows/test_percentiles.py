"""A rule over a percentile is judged on a share; people see the percentile beside it."""

from datetime import date

from tests.flows.loop import DAY, Loop, local

FIRST = date(2026, 3, 2)  # a Monday
FIX_DAY = FIRST + 10 * DAY
BAD, GOOD = (30, 33, 36, 39, 42), (6, 8, 10, 12, 14)


def test_both_sides_have_the_percentile_and_the_change_its_interval(db: None) -> None:
    verify = {"settle": "3d", "looks": ["7d", "14d"], "extend_to": "14d"}
    loop = Loop(window="1d", min_samples=5, aggregate="p90", verify=verify)
    loop.days(FIRST, 1, *BAD)
    loop.act("accept", local(FIRST + DAY, 3), start=True)
    loop.days(FIRST + DAY, 9, *BAD)
    loop.submit(local(FIX_DAY, 9))
    loop.days(FIX_DAY, 10, *GOOD)
    found = loop.verification.result["percentile"]
    assert (found["q"], found["baseline"]["value"], found["after"]["value"]) == (90, 42, 14)
    low, high = found["change"]["interval"]
    assert (found["change"]["value"], low <= -28 <= high) == (-28, True)
    assert loop.verification.plan["measure"]["kind"] == "share"
