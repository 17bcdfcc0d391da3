"""From a file to rollups: rejects with reasons, the same file twice, files that are none."""

import csv
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cx_loop.ingest.accept import accept_items
from cx_loop.management.commands import import_observations
from cx_loop.models import DirtyMark, Observation, Source
from tests.cx_loop.ingest.conftest import make_airline

HEADER = "occurred_at,touchpoint,metric,value"
GOOD = "2026-03-10T10:00:00Z,boarding,csat,4"


@pytest.fixture(autouse=True)
def airline(db: None) -> None:
    make_airline()


@pytest.fixture
def load(tmp_path: Path) -> Any:
    """Imports these lines; gives what was printed."""

    def run(*lines: str, encoding: str = "utf-8", **options: Any) -> str:
        path = tmp_path / "answers.csv"
        path.write_text("\n".join(lines) + "\n", encoding=encoding)
        out = StringIO()
        call_command("import_observations", str(path), stdout=out, stderr=StringIO(), **options)
        return out.getvalue().strip()

    return run


def test_a_file_is_loaded_and_the_same_file_again_changes_nothing(load: Any) -> None:
    assert load(HEADER, GOOD, GOOD) == "accepted 2, updated 0, duplicates 0, rejected 0"
    assert load(HEADER, GOOD, GOOD) == "accepted 0, updated 0, duplicates 2, rejected 0"
    assert Observation.objects.count() == 2
    assert DirtyMark.objects.exists()


def test_rejected_rows_go_to_a_file_with_their_reason(load: Any, tmp_path: Path) -> None:
    bad = ["2026-03-10,boarding,csat,4", "2026-03-10T10:00:00Z,boarding,csat,four", "a,b"]
    assert load(HEADER, *bad, GOOD).startswith("accepted 1")
    with (tmp_path / "answers.rejected.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    codes = {row["code"] for row in rows if row["code"]}
    assert codes == {"time_without_offset", "value_not_a_number"}
    assert len(rows) == 3
    load(HEADER, GOOD)
    assert not (tmp_path / "answers.rejected.csv").exists()


def test_an_interrupted_import_is_gone_on_with_by_the_same_command(
    load: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [HEADER, *[GOOD] * 5, "a,b", *[GOOD] * 4]
    monkeypatch.setattr(import_observations, "MOST_ITEMS", 4)
    batches = iter([accept_items, accept_items])

    def until_ctrl_c(*args: Any, **kwargs: Any) -> Any:
        if (store := next(batches, None)) is None:
            raise KeyboardInterrupt
        return store(*args, **kwargs)

    with monkeypatch.context() as interrupted:
        interrupted.setattr(import_observations, "accept_items", until_ctrl_c)
        with pytest.raises(CommandError, match="the same command again goes on"):
            load(*lines)
    assert Observation.objects.count() == 7
    assert load(*lines) == "accepted 2, updated 0, duplicates 7, rejected 1"
    assert len((tmp_path / "answers.rejected.csv").read_text().splitlines()) == 2


def test_history_leaves_no_mark(load: Any) -> None:
    load(HEADER, GOOD, history=True)
    assert Observation.objects.exists()
    assert not DirtyMark.objects.exists()


def test_columns_come_in_any_order_with_a_byte_order_mark(load: Any) -> None:
    lines = [
        "metric,exposure,value,touchpoint,occurred_at,extra",
        "cancelled,100,3,boarding,2026-03-10T18:00:00+08:00,x",
    ]
    assert load(*lines, encoding="utf-8-sig", source="desk").startswith("accepted 1")
    assert Source.objects.filter(key="desk").exists()


@pytest.mark.parametrize(
    ("lines", "encoding", "sentence"),
    [
        (["occurred_at,touchpoint,value", "x"], "utf-8", "no column metric"),
        ([""], "utf-8", "no column touchpoint, occurred_at, metric, value"),
        ([HEADER + ",value", GOOD + ",4"], "utf-8", "value is there twice"),
        ([HEADER, GOOD.replace("boarding", "登机")], "gb18030", "not UTF-8"),
        ([HEADER, '"' + "x" * 200_000], "utf-8", "is a quote left open?"),
    ],
)
def test_what_is_no_csv_is_one_clear_sentence(
    load: Any, lines: list[str], encoding: str, sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence.replace("?", r"\?")):
        load(*lines, encoding=encoding)


@pytest.mark.parametrize("name", ["missing.csv", ""])
def test_what_is_no_file_is_one_clear_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_observations", str(tmp_path / name))
