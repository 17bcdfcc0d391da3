"""The loop's own figures: each with n and interval, each opening to the tasks it counts."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from cx_loop import clock
from cx_loop.models import Department, User
from tasks.models import Episode, Escalation, Holding, Pause, Task
from tasks.reads import loop_rounds
from tasks.reads.behind_figures import FIGURES, tasks_behind
from tasks.reads.learning import Stretch
from tasks.reads.loop_figures import counts_of_tasks
from tests.api_stories import Airline, get, make_airline, with_key
from tests.factories import (
    NOW,
    make_alert,
    make_calendar,
    make_organization,
    make_task,
    make_verification,
)
from tests.pages import costs_the_same, reading_as, seen

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = NOW - timedelta(days=4)  # 16:00 in Shanghai
LATELY = Stretch(NOW - 30 * DAY, NOW + DAY)


@pytest.fixture
def airline() -> Airline:
    make_organization()
    return make_airline()


def done(airline: Airline, *, answered: timedelta, fixed: timedelta, **fields: Any) -> Task:
    """A task of ground operations that was opened on Monday, answered and fixed so much later."""
    given = {"department": airline.ground, "state": "verifying", **fields}
    task = make_task(created_at=MONDAY, **given)
    Episode.objects.filter(task=task).update(
        opened_at=MONDAY, responded_at=MONDAY + answered, submitted_at=MONDAY + fixed
    )
    return task


def climbed(task: Task, to: str) -> None:
    seq = Escalation.objects.filter(task=task).count() + 1
    Escalation.objects.create(
        task=task, episode=1, seq=seq, level=1, to=to, ladder="response", due_at=NOW, fired_at=NOW
    )


def judged(task: Task, verdict: str = "effective", **said: Any) -> None:
    worked = {"relapse_until": NOW + 90 * DAY} if verdict in ("effective", "relapsed") else {}
    given = {"plan": {"kind": "x"}, "department": task.department, "recovered": True, **said}
    make_verification(task, state="decided", verdict=verdict, **given | worked)


def figures(user: User, url: str = "/insights/") -> dict[str, str]:
    """What is said of a figure -> its number, of the first cards."""
    page = seen(reading_as(user), url)
    found = re.findall(r"<strong>([^<]+)</strong> ([^<]+)<", page)
    return {said.strip(): value for value, said in reversed(found)}


def test_times_are_of_working_time_by_the_departments_calendar(airline: Airline) -> None:
    hours = {"mon-fri": "09:00-18:00"}
    airline.ground.calendar = make_calendar(hours=hours)
    airline.ground.save()
    # from Monday 16:00 to Tuesday 10:00 in Shanghai: two hours, and one
    done(airline, answered=18 * HOUR, fixed=25 * HOUR)
    said = figures(airline.lin)
    assert said["of working time until half of the tasks were answered"] == "3 h"
    assert said["of working time until half of the fixes were in"] == "10 h"


def handed_over(task: Task, to: Department, after: timedelta) -> None:
    held = Holding.objects.get(task=task)
    held.until = held.since + after
    held.save()
    Holding.objects.create(task=task, department=to, since=held.until)
    Task.objects.filter(pk=task.pk).update(department=to)


def test_what_happened_counts_for_who_had_the_task_then(airline: Airline) -> None:
    answered = done(airline, answered=HOUR, fixed=3 * HOUR)
    climbed(answered, "lead")
    Escalation.objects.update(due_at=MONDAY, fired_at=MONDAY + HOUR)
    late = make_task(department=airline.ground, created_at=MONDAY, due_at=MONDAY + HOUR)
    for task in (answered, late):
        handed_over(task, airline.it, after=2 * HOUR)
    told = {each["key"]: each for each in get(airline.dirk, "insights/loop/")["departments"]}
    ground, it = told["ground-ops"], told["it"]
    assert (ground["opened"], it["opened"]) == (2, 2)
    assert (ground["response"]["of"], it["response"]["of"]) == (1, 0)
    assert (ground["resolution"]["of"], it["resolution"]["of"]) == (0, 1)
    assert (ground["late"]["count"], it["late"]["count"]) == (1, 0)
    assert (ground["to_lead"]["count"], it["to_lead"]["count"]) == (1, 0)
    assert get(airline.dirk, "insights/loop/")["whole"]["opened"] == 2
    for figure, count in {"opened": 2, "answered": 0, "resolved": 1, "late": 0, "lead": 0}.items():
        url = f"/insights/tasks/?figure={figure}&department=it"
        assert seen(reading_as(airline.dirk), url).count('class="title"') == count, figure


@pytest.mark.parametrize(("kind", "said"), [("silence", ["3 h", "8 h"]), ("hold", ["4 h", "8 h"])])
def test_a_length_has_no_pauses_in_it(airline: Airline, kind: str, said: list[str]) -> None:
    task = done(airline, answered=4 * HOUR, fixed=10 * HOUR)
    pauses = [(3 * HOUR, 4 * HOUR), (6 * HOUR, 7 * HOUR)]
    if kind == "hold":
        pauses[0] = (5 * HOUR, 6 * HOUR)
    for since, until in pauses:
        Pause.objects.create(task=task, kind=kind, since=MONDAY + since, until=MONDAY + until)
    told = figures(airline.lin)
    assert told["of working time until half of the tasks were answered"] == said[0]
    assert told["of working time until half of the fixes were in"] == said[1]


def test_the_api_says_what_the_page_says(airline: Airline) -> None:
    judged(done(airline, answered=HOUR, fixed=DAY, was_late=True))
    climbed(done(airline, answered=2 * HOUR, fixed=DAY, department=airline.it), "lead")
    period: Any = {"since": "2025-10-23T00:00:00+08:00", "until": "2025-11-22T00:00:00+08:00"}
    told = get(airline.dirk, "insights/loop/", **period)
    rows = lines_of(reading_as(airline.dirk), "/insights/?sheet=departments&format=csv&days=30")
    assert rows[1:] == [as_row(each) for each in (told["whole"], *told["departments"])]
    alone = get(airline.dirk, "insights/loop/", department="it", **period)
    assert alone["whole"]["opened"] == 1
    assert [each["key"] for each in alone["departments"]] == ["it"]


def test_the_api_tells_a_department_and_its_key_nothing_of_others(airline: Airline) -> None:
    done(airline, answered=HOUR, fixed=DAY, department=airline.it)
    for who in (airline.ana, with_key("read", department=airline.ground)):
        for key in ("", "it", "unknown"):
            told = get(who, "insights/loop/", department=key)
            assert told["whole"]["opened"] == told["whole"]["response"]["of"] == 0
            assert told["departments"] == []
    get(with_key("ingest"), "insights/loop/", 403)


def test_late_is_a_share_of_what_came_due(airline: Airline) -> None:
    done(airline, answered=HOUR, fixed=DAY)
    done(airline, answered=HOUR, fixed=DAY, was_late=True)
    make_task(department=airline.ground, due_at=NOW - HOUR)
    make_task(department=airline.ground)  # young: nobody can say yet
    page = seen(reading_as(airline.lin), "/insights/")
    assert "2 of 3, 95 % interval 21 to 94 %" in page


def test_what_climbed_counts_once_however_often(airline: Airline) -> None:
    task = done(airline, answered=HOUR, fixed=DAY)
    for level in ("staff", "lead", "director", "director"):
        climbed(task, level)
    done(airline, answered=HOUR, fixed=DAY)
    found, _by_department = counts_of_tasks(airline.admin, LATELY, now=NOW)
    assert (found.opened, found.lead, found.director) == (2, 1, 1)


def test_a_step_back_to_staff_is_no_escalation_to_a_lead(airline: Airline) -> None:
    climbed(done(airline, answered=HOUR, fixed=DAY), "staff")
    found, _by_department = counts_of_tasks(airline.admin, LATELY, now=NOW)
    assert found.lead == 0


def test_departments_stand_side_by_side_for_who_sees_them(airline: Airline) -> None:
    done(airline, answered=HOUR, fixed=DAY)
    done(airline, answered=2 * HOUR, fixed=DAY, department=airline.it)
    assert names_of(airline.dirk) == ["Ground ops", "It", "All together"]
    assert names_of(airline.ana) == ["All together"]
    assert "It</th>" not in seen(reading_as(airline.ana), "/insights/")


def test_a_period_begins_and_ends_with_the_organisations_days(airline: Airline) -> None:
    # 18 Nov 00:00 in Shanghai is 17 Nov 16:00 UTC
    edge = NOW.replace(day=17, hour=16)
    for moment in (edge - timedelta(seconds=1), edge):
        make_task(department=airline.ground, created_at=moment)
    assert "1 task</a>" in seen(reading_as(airline.lin), "/insights/?from=2025-11-18")
    assert "1 task</a>" in seen(reading_as(airline.lin), "/insights/?to=2025-11-17&from=2025-11-01")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("days=30", "from Thu 23 Oct 2025 to Fri 21 Nov 2025"),
        ("days=nonsense", "from Sun 24 Aug 2025 to Fri 21 Nov 2025"),
        ("days=all", "the whole time"),
        ("days=90&was=90&from=2025-01-01", "since Wed 1 Jan 2025"),
        ("days=30&was=90&from=2025-01-01", "from Thu 23 Oct 2025 to Fri 21 Nov 2025"),
        ("from=2025-02-01&to=2025-01-01", "from Sun 24 Aug 2025 to Fri 21 Nov 2025"),
        ("from=0001-01-01", "from Sun 24 Aug 2025 to Fri 21 Nov 2025"),
        ("from=2025-13-99", "from Sun 24 Aug 2025 to Fri 21 Nov 2025"),
    ],
)
def test_the_newest_choice_of_a_period_counts(airline: Airline, query: str, said: str) -> None:
    assert said in seen(reading_as(airline.lin), f"/insights/?{query}")


def test_a_department_with_those_below_is_chosen(airline: Airline) -> None:
    done(airline, answered=HOUR, fixed=DAY)
    done(airline, answered=HOUR, fixed=DAY, department=airline.it)
    page = seen(reading_as(airline.dirk), "/insights/?department=it")
    assert "1 task</a>" in page
    # of a department one does not see nothing can be chosen, and nothing is found out
    assert "1 task</a>" in seen(reading_as(airline.lin), "/insights/?department=it")


@pytest.mark.parametrize("figure", FIGURES)
def test_every_figure_opens_to_what_the_reader_may_see(airline: Airline, figure: str) -> None:
    foreign = done(
        airline, answered=HOUR, fixed=DAY, department=airline.it, title={"text": "Foreign"}
    )
    climbed(foreign, "director")
    judged(foreign)
    page = seen(reading_as(airline.ana), f"/insights/tasks/?figure={figure}")
    assert "Foreign" not in page
    assert "No task is behind this figure" in page


def test_a_figure_opens_to_as_many_tasks_as_it_counts(airline: Airline) -> None:
    late = done(airline, answered=HOUR, fixed=DAY, was_late=True)
    climbed(late, "lead")
    judged(late)
    judged(done(airline, answered=HOUR, fixed=DAY), "no_effect", recovered=False)
    judged(done(airline, answered=HOUR, fixed=DAY), "relapsed", relapsed_at=NOW)
    expected = {"opened": 3, "answered": 3, "resolved": 3, "late": 1, "lead": 1, "director": 0}
    expected |= {"judged": 3, "proven": 1, "unproven": 2, "recovered": 2, "relapsed": 1}
    for figure, count in expected.items():
        found = tasks_behind(airline.lin, figure, LATELY, now=NOW)
        assert found.count() == count, figure
        page = seen(reading_as(airline.lin), f"/insights/tasks/?figure={figure}")
        assert page.count('class="title"') == count, figure


@pytest.mark.parametrize(
    ("group", "key", "count"),
    [("department", "ground-ops", 1), ("root_cause", "process", 1), ("root_cause", "people", 0)],
)
def test_the_fixes_of_a_group_are_opened(
    airline: Airline, group: str, key: str, count: int
) -> None:
    judged(done(airline, answered=HOUR, fixed=DAY), root_cause="process")
    page = seen(reading_as(airline.lin), f"/insights/tasks/?figure=judged&by={group}&key={key}")
    assert page.count('class="title"') == count


def test_the_list_behind_a_figure_goes_on(airline: Airline) -> None:
    for place in range(51):
        make_task(department=airline.ground, title={"text": f"Task {place}"})
    page = seen(reading_as(airline.lin), "/insights/tasks/?figure=opened")
    following = re.search(r'href="([^"]+after=\d+)"', page)
    assert following
    rest = seen(reading_as(airline.lin), following[1].replace("&amp;", "&"))
    assert rest.count('class="title"') == 1


def test_a_figure_has_a_curve_by_week_that_is_said_in_words_too(airline: Airline) -> None:
    for weeks, late in ((0, True), (0, False), (2, False), (3, False), (4, False)):
        began = MONDAY - timedelta(weeks=weeks)
        task = make_task(
            department=airline.ground, created_at=began, state="verifying", was_late=late
        )
        Episode.objects.filter(task=task).update(
            opened_at=began, responded_at=began + timedelta(hours=1 + weeks)
        )
    page = seen(reading_as(airline.lin), "/insights/")
    assert 'aria-label="By week: 20 Oct: 0 %, 27 Oct: 0 %, 3 Nov: 0 %, 17 Nov: 50 %"' in page
    assert 'aria-label="By week: 20 Oct: 5 h, 27 Oct: 4 h, 3 Nov: 3 h, 17 Nov: 1 h"' in page


def test_a_week_or_two_have_no_curve(airline: Airline) -> None:
    done(airline, answered=HOUR, fixed=DAY)
    assert 'class="spark"' not in seen(reading_as(airline.lin), "/insights/")


def test_figures_are_taken_as_a_file(airline: Airline) -> None:
    done(airline, answered=HOUR, fixed=2 * HOUR)
    rows = lines_of(reading_as(airline.lin), "/insights/?sheet=departments&format=csv")
    assert rows[0].startswith("Department,Key,Tasks opened")
    assert rows[1].startswith("All together,,1,1.0,,,1.0,1,1,2.0,")
    assert rows[2].startswith("Ground ops,ground-ops,1,1.0,")


def test_the_tasks_behind_a_figure_are_taken_as_a_file(airline: Airline) -> None:
    task = done(airline, answered=HOUR, fixed=2 * HOUR)
    done(airline, answered=HOUR, fixed=DAY, department=airline.it)
    rows = lines_of(reading_as(airline.ana), "/insights/tasks/?figure=answered&format=csv")
    assert [row.split(",")[0] for row in rows[1:]] == [str(task.number)]


def test_of_many_rounds_some_are_measured_and_the_page_says_so(
    airline: Airline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop_rounds, "MEASURED", 5)
    for _ in range(12):
        done(airline, answered=HOUR, fixed=DAY)
    page = seen(reading_as(airline.lin), "/insights/")
    assert "measured on 5 of 12, drawn by lot" in page


def test_a_quiet_company_is_told_what_will_come(airline: Airline) -> None:
    page = seen(reading_as(airline.lin), "/insights/")
    assert "No task was opened" in page
    assert "No alert in this period." in page


def test_the_insights_cost_the_same_with_many_tasks(airline: Airline) -> None:
    def make() -> None:
        task = done(airline, answered=HOUR, fixed=DAY)
        climbed(task, "lead")
        judged(task)

    costs_the_same(reading_as(airline.lin), "/insights/", make)


def test_the_list_behind_a_figure_costs_the_same_with_many_tasks(airline: Airline) -> None:
    costs_the_same(
        reading_as(airline.lin),
        "/insights/tasks/?figure=answered",
        lambda: done(airline, answered=HOUR, fixed=DAY),
    )


def test_what_was_opened_in_a_period_is_found_through_its_indexes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    tasks = Task.objects.filter(created_at__gte=NOW - DAY, created_at__lt=NOW)
    rounds = Episode.objects.filter(opened_at__gte=NOW - DAY, opened_at__lt=NOW)
    assert "task_in_order_of_age" in tasks.order_by().explain()
    assert "episode_by_age" in rounds.order_by().explain()


def test_the_report_of_a_month_has_its_figures_and_open_points(airline: Airline) -> None:
    done(airline, answered=HOUR, fixed=DAY)
    make_task(department=airline.ground, due_at=NOW - HOUR, title={"text": "Still late"})
    make_task(
        department=airline.ground, escalation_level=2, title={"text": "Up there"}, due_at=NOW - HOUR
    )
    page = seen(reading_as(airline.lin), "/insights/report/?month=2025-11")
    assert "Customer experience, Nov 2025" in page
    assert "Late: What does it take to finish it?" in page
    assert page.count("Up there") == page.count("Still late") == 1
    assert "2 tasks were opened" not in page
    assert "3 tasks were opened" in page


def test_the_report_speaks_of_the_last_whole_month_unless_asked(airline: Airline) -> None:
    for query in ("", "?month=2025-99", "?month=x"):
        page = seen(reading_as(airline.lin), f"/insights/report/{query}")
        assert "Customer experience, Oct 2025" in page


def test_the_report_tells_nothing_of_other_departments(airline: Airline) -> None:
    make_task(department=airline.it, due_at=NOW - HOUR, title={"text": "Foreign"})
    page = seen(reading_as(airline.lin), "/insights/report/?month=2025-11")
    assert "Foreign" not in page
    assert "Nothing is open that the departments must settle together." in page


def test_the_report_costs_the_same_with_many_tasks(airline: Airline) -> None:
    costs_the_same(
        reading_as(airline.lin),
        "/insights/report/?month=2025-11",
        lambda: done(airline, answered=HOUR, fixed=DAY, state="accepted", due_at=NOW - HOUR),
    )


def test_rules_are_rated_over_the_period(airline: Airline) -> None:
    alert = make_alert(touchpoint=airline.boarding)
    page = seen(reading_as(airline.lin), "/insights/")
    assert "1 alert in this period." in page
    assert f'href="/rules/{alert.version.rule.key}/"' in page


def names_of(user: User) -> list[str]:
    page = seen(reading_as(user), "/insights/")
    table = page[page.index('class="sides"') :].partition("</table>")[0]
    return re.findall(r'<th scope="row">([^<]+)</th>', table)


def as_row(told: dict[str, Any]) -> str:
    """One department as the file of the page writes it."""
    cells = [told["name"], told["key"], told["opened"]]
    for length in (told["response"], told["resolution"]):
        median, most = length["median"], length["nine_of_ten"]
        hours = [median["minutes"], *median["interval"], most["minutes"]]
        cells += [None if each is None else each / 60 for each in hours]
        cells += [length["n"], length["of"]]
    for name in ("late", "to_lead", "to_director", "proven", "recovered", "relapsed"):
        share = told[name]
        ends = [share["share"], *(share["interval"] or (None, None))]
        cells += [share["count"], share["n"]]
        cells += [None if each is None else round(each, 1) for each in ends]
    return ",".join("" if cell is None else str(cell) for cell in cells)


def lines_of(client: Client, url: str) -> list[str]:
    with clock.set_to(NOW):
        taken = client.get(url)
        told = b"".join(taken).decode("utf-8-sig")
    return told.splitlines()
