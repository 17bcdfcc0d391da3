"""Our clocks against a slow oracle that counts China's working minutes of 2025 one by one."""

from datetime import UTC, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from cx_loop.logic.working_time import Span, WorkingHours, add_working, working_between
from tasks.logic.deadlines import Clocks, clocks, paused, tightened
from tasks.logic.pauses import Pause
from tasks.logic.policies import Policy, PolicyStep
from tests.oracles import working_minutes as oracle

SHIFTS = ((time(9), time(12)), (time(13), time(18)))
CHINA = WorkingHours("Asia/Shanghai", dict.fromkeys(range(5), SHIFTS), "CN")
OTHERS = st.sampled_from(
    [
        WorkingHours(),
        WorkingHours("Asia/Shanghai", dict.fromkeys(range(7), SHIFTS)),
        WorkingHours("Europe/Berlin", {0: SHIFTS, 3: SHIFTS}, "DE"),
        CHINA,
    ]
)
NEW_YEAR = datetime(2025, 1, 2, tzinfo=UTC)
# around the five long holidays, where make-up days lie, and in between
MOMENTS = st.integers(0, 290 * 24 * 60).map(lambda minutes: NEW_YEAR + timedelta(minutes=minutes))
AMOUNTS = st.integers(1, 40 * 60)
SLOWLY = settings(max_examples=60, deadline=None)


@SLOWLY
@given(MOMENTS, AMOUNTS)
def test_minutes_are_added_as_they_are_counted_one_by_one(start, amount):
    assert add_working(start, Span(amount, "m"), CHINA) == oracle.after(start, amount)


@SLOWLY
@given(MOMENTS, st.integers(0, 25 * 24 * 60))
def test_minutes_between_are_those_counted_one_by_one(start, length):
    end = start + timedelta(minutes=length)
    ours = working_between(start, end, CHINA)
    assert ours == timedelta(minutes=oracle.worked(start, end))


@SLOWLY
@given(MOMENTS, AMOUNTS, st.integers(0, 5000), st.integers(0, 5000))
def test_a_pause_leaves_as_many_minutes_as_it_found(opened, amount, begins, lasts):
    policy = Policy("p", ("warning",), Span(amount, "m"), Span(amount, "m"), ())
    due = clocks(opened, policy, CHINA)
    since = opened + timedelta(minutes=begins)
    pause = Pause(since, since + timedelta(minutes=lasts))
    moved = paused(due, opened, CHINA, silences=[pause], holds=[]).due_at
    if due.due_at <= pause.since:
        assert moved == due.due_at or due.due_at == pause.since
    else:
        left = oracle.worked(pause.since, due.due_at)
        assert oracle.worked(pause.until, moved) == left


@SLOWLY
@given(MOMENTS, st.lists(OTHERS, min_size=1, max_size=4), st.integers(1, 20), st.integers(1, 20))
def test_whatever_calendars_follow_no_deadline_ever_moves_later(opened, calendars, hours, days):
    step = (PolicyStep(Span(hours, "h"), "lead"),)
    policy = Policy("p", ("warning",), Span(hours, "h"), Span(days, "d"), step)
    now = clocks(opened, policy, CHINA)
    for calendar in calendars:
        fresh = tightened(now, opened, policy, calendar)
        assert fresh.respond_by <= now.respond_by
        assert fresh.due_at <= now.due_at
        now = fresh
    assert now == Clocks(
        *(
            min(getattr(clocks(opened, policy, each), name) for each in [CHINA, *calendars])
            for name in ("respond_by", "due_at")
        )
    )
