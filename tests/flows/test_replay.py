"""`replay`: the whole loop over past data. Same input, same output; nothing leaves."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum

from config.launch import ROOT
from config.replay.table import verdict_table
from cx_loop.models import Message, Observation
from tests.flows.loop import company

HEADER = "occurred_at,touchpoint,metric,value"
FIRST = date(2026, 3, 2)
BAD_DAYS, DAYS = range(2, 10), 20  # the metric recovers on the day of the simulated fix
VERIFY = {"settle": "1d", "looks": ["7d"], "extend_to": "7d"}

Replay = Callable[..., dict[str, Any]]
Ended = list[tuple[int, str, str]]


def rows() -> list[str]:
    """Five waits a day at noon in Shanghai: 36 minutes on average on bad days, else 10."""
    found = []
    for place in range(DAYS):
        day = FIRST + timedelta(days=place)
        level = 36 if place in BAD_DAYS else 10
        found += [f"{day}T12:0{n}:00+08:00,boarding,wait,{level + n - 2}" for n in range(5)]
    return found


def write_files(folder: Path) -> tuple[Path, Path]:
    """Three weeks of a touchpoint, and the company whose rule watches it."""
    waits, rules = folder / "waits.csv", folder / "company.yaml"
    waits.write_text("\n".join([HEADER, *rows()]) + "\n", "utf-8")
    rules.write_text(company(window="1d", min_samples=5, verify=VERIFY), "utf-8")
    return waits, rules


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return write_files(tmp_path)


@pytest.fixture
def replay(db: None, files: tuple[Path, Path]) -> Replay:
    def run(**options: Any) -> dict[str, Any]:
        said = StringIO()
        given = {"config": files[1], "fix_after": "8d", "json": True, **options}
        call_command("replay", files[0], stdout=said, stderr=StringIO(), **given)
        found: dict[str, Any] = json.loads(said.getvalue())
        return found

    return run


def start(*arguments: object) -> "subprocess.Popen[str]":
    """`manage.py replay` as a person starts it, with servers of its own."""
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("CX_", "DJANGO"))}
    return subprocess.Popen(
        [sys.executable, "manage.py", "replay", *map(str, arguments)],
        cwd=ROOT,
        env=ours | {"CX_BOOTSTRAP": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def replays(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """(exit code, errors, output) of a replay, the same again, and one of a missing file."""
    waits, rules = write_files(tmp_path_factory.mktemp("replay"))
    options = ("--config", rules, "--until", "2026-03-06T00:00:00+08:00", "--json")
    files = (waits, waits, waits.with_name("none.csv"))
    processes = [start(file, *options) for file in files]
    return [(*process.communicate(), process.returncode)[::-1] for process in processes]


def test_the_expected_alert_is_found(replays: Ended) -> None:
    code, _, said = replays[0]
    assert code == 0
    found = json.loads(said)
    assert (found["rows"], found["rejected"]) == (5 * DAYS, 0)
    [alert] = found["alerts"]
    assert (alert["rule"], alert["value"], alert["n"]) == ("boarding-wait", 36, 5)
    assert alert["opened_at"].startswith("2026-03-04")


def test_its_task_is_worked_through_the_whole_loop(replay: Replay) -> None:
    found = replay()
    [task], [verdict] = found["tasks"], found["verdicts"]
    assert (task["department"], task["state"], task["episode"]) == ("ground-ops", "closed", 1)
    assert (verdict["verdict"], verdict["looks"]) == ("effective", 1)
    head, _rule, row = verdict_table().split("\n")
    assert head.startswith("| task | rule, touchpoint | alert |")
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert (cells[1], cells[4:7]) == ("boarding-wait, boarding", ["36.0", "10.0", "–"])
    assert cells[9].startswith("effective")


@pytest.mark.parametrize(("file", "demo"), [(True, True), (False, False)])
def test_what_is_replayed_is_a_file_or_the_demos_months(
    db: None, files: tuple[Path, Path], file: bool, demo: bool
) -> None:
    with pytest.raises(CommandError, match="--demo"):
        call_command("replay", *files[:file], demo=demo)


def test_the_same_input_gives_the_same_output(replays: Ended) -> None:
    assert replays[0][2] == replays[1][2]


def test_a_fix_does_not_alter_the_data(replay: Replay) -> None:
    replay(fix_after="1d", until="2026-03-07T00:00:00+08:00")
    values = [float(row.rpartition(",")[2]) for row in rows()[: 5 * 5]]
    assert Observation.objects.count() == len(values)
    assert Observation.objects.aggregate(sum=Sum("value"))["sum"] == sum(values)


def test_no_message_leaves(replay: Replay, mailoutbox: list[Any]) -> None:
    replay(until="2026-03-06T00:00:00+08:00")
    assert set(Message.objects.values_list("state", flat=True)) == {"suppressed"}
    assert mailoutbox == []


def test_staff_who_are_late_are_escalated(replay: Replay) -> None:
    found = replay(accept_after="9h", until="2026-03-06T00:00:00+08:00")
    assert [push["to"] for push in found["escalations"]] == ["lead", "director"]


def test_until_ends_the_replay_before_the_last_row(replay: Replay) -> None:
    found = replay(until="2026-03-06T00:00:00+08:00")
    assert found["tasks"][0]["state"] == "in_progress"
    assert found["verdicts"] == []
    assert Observation.objects.count() == 4 * 5


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2026-03-02T12:00:00,boarding,wait,3", "time_without_offset: line 2: "),
        ("yesterday,boarding,wait,3", "time_invalid: line 2: "),
        ("2026-03-02T12:00:00+08:00,boarding", "line 2: The row has 2 cells and the header 4."),
    ],
)
def test_a_file_without_a_row_in_time_is_refused_in_one_sentence(
    replay: Replay, files: tuple[Path, Path], line: str, reason: str
) -> None:
    files[0].write_text(f"{HEADER}\n{line}\n", "utf-8")
    with pytest.raises(CommandError) as refused:
        replay()
    assert reason in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["", HEADER, "when,what\n1,2", "\ufeff"])
def test_a_file_without_observations_is_refused(
    replay: Replay, files: tuple[Path, Path], text: str
) -> None:
    files[0].write_text(text, "utf-8")
    with pytest.raises(CommandError, match=r"waits\.csv: the header|below its header"):
        replay()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2026-03-02T12:00:00+08:00,nowhere,wait,3", "touchpoint_unknown"),
        ("2026-03-02T12:00:00+08:00,boarding,wait,many", "value_"),
        ("2026-03-02T12:00:00+08:00,boarding,wait,nan", "value_"),
        ("tomorrow,boarding,wait,3", "time_invalid: line 102: "),
    ],
)
def test_a_bad_row_is_counted_and_named_and_its_neighbours_are_replayed(
    replay: Replay, files: tuple[Path, Path], line: str, reason: str
) -> None:
    with files[0].open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    found = replay(until="2026-03-03T00:00:00+08:00")
    assert (found["rejected"], found["rows"]) == (1, 5 * DAYS + 1)
    assert found["reasons"][0].startswith(reason)


def test_a_bad_configuration_is_refused_with_its_line(
    replay: Replay, files: tuple[Path, Path]
) -> None:
    files[1].write_text("rules:\n  - {key: x, metrik: wait}\n", "utf-8")
    with pytest.raises(CommandError, match=r"company\.yaml:2: .*metrik"):
        replay()


def test_a_refusal_is_one_sentence_and_exit_code_one(replays: Ended) -> None:
    code, complaint, said = replays[2]
    assert (code, said) == (1, "")
    assert complaint.count("\n") == 1
    assert "none.csv" in complaint
