import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from alerts.logic.durations import parse_duration
from alerts.logic.refusals import SpecError
from config.configuration.apply import ConfigurationRefused, apply_configuration
from config.demo.flights import flown
from config.demo.load import COMPANY
from config.replay.life import Life, Row
from config.replay.report import report
from config.replay.staff import PunctualStaff
from config.replay.table import verdict_table
from cx_loop import clock
from cx_loop.ingest.csv_file import CsvFile, UnreadableFile
from cx_loop.ingest.csv_file import Row as CsvRow
from cx_loop.ingest.items import Refused, item_of
from cx_loop.models import Source


class Command(BaseCommand):
    help = "Run the whole loop over past data under a virtual clock, and print what would be."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", metavar="FILE.csv")
        parser.add_argument("--config", type=Path, metavar="FILE.yaml")
        parser.add_argument(
            "--demo",
            action="store_true",
            help="instead of a file: the real months of the demo company, on their own dates",
        )
        parser.add_argument("--accept-after", default="2h")
        parser.add_argument("--fix-after", default="10d")
        parser.add_argument("--until", help="when to stop (ISO 8601); default: the last row")
        said = parser.add_mutually_exclusive_group()
        said.add_argument("--json", action="store_true")
        said.add_argument(
            "--table", action="store_true", help="the verdicts as a table in Markdown"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        rows, unplaced, config = _past(options)
        rejected = list(unplaced)
        call_command("migrate", verbosity=0)
        start, last = rows[0][0], rows[-1][0]
        until = _moment(options["until"]) if options["until"] else last + timedelta(hours=1)
        with clock.set_to(start):
            try:
                apply_configuration(config, now=start)
            except ConfigurationRefused as refused:
                raise CommandError(str(refused)) from refused
            source = Source.objects.create(key="replay", tool="csv")
        staff = PunctualStaff(_span(options["accept_after"]), _span(options["fix_after"]))
        life = Life(
            iter(rows),
            source,
            staff,
            on_rejected=lambda outcome: rejected.append(f"{outcome.code}: {outcome.message}"),
        )
        with tqdm(total=_hours(until - start), unit="h", file=sys.stderr, leave=False) as bar:
            life.live(start, until, lambda at: _advance(bar, at, start))
        if options["table"]:
            self.stdout.write(verdict_table())
            return
        found = {
            **report(),
            "rows": len(rows) + len(unplaced),
            "rejected": len(rejected),
            "reasons": sorted(set(rejected))[:20],
        }
        self.stdout.write(
            json.dumps(found, indent=1, ensure_ascii=False) if options["json"] else _text(found)
        )


def _past(options: dict[str, Any]) -> tuple[list[Row], list[str], Path]:
    """Rows in order of time, why others have no place in it, and the configuration."""
    file, config = options["file"], options["config"]
    if options["demo"]:
        if file or config:
            raise CommandError("--demo brings its own file and configuration.")
        return list(flown(timedelta())), [], COMPANY
    if file is None or config is None:
        raise CommandError("Name a file and its --config, or --demo.")
    return *_sorted_rows(file), config


def _sorted_rows(path: Path) -> tuple[list[Row], list[str]]:
    """Rows in order of time, and why the others cannot be placed in time."""
    rows: list[Row] = []
    refused: list[str] = []
    try:
        with CsvFile(path) as file:
            for row in file:
                try:
                    rows.append(_placed(row))
                except Refused as why:
                    refused.append(f"{why.code}: line {row.line}: {why.message}")
    except UnreadableFile as problem:
        raise CommandError(str(problem)) from problem
    if not rows:
        first = refused[0] if refused else "there is nothing below its header"
        raise CommandError(f"{path} has no rows that can be placed in time; {first}")
    return sorted(rows, key=lambda row: row[0]), refused


def _placed(row: CsvRow) -> Row:
    if row.refusal is not None or row.item is None:
        raise row.refusal or Refused("row_empty", "", "The row is empty.")
    moment = item_of(row.item).occurred_at
    if moment is None:
        raise Refused("missing_field", "occurred_at", "occurred_at is missing.")
    return moment, row.item


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as problem:
        raise CommandError(f"{text!r} is not a time such as 2026-03-01T14:30+08:00") from problem
    if moment.tzinfo is None:
        raise CommandError(f"{text!r} has no offset; write for example {text}+08:00")
    return moment


def _span(raw: str) -> timedelta:
    try:
        return parse_duration(raw, "")
    except SpecError as problem:
        raise CommandError(problem.message) from problem


def _hours(length: timedelta) -> int:
    return int(length / timedelta(hours=1))


def _advance(bar: Any, at: datetime, start: datetime) -> None:
    bar.update(_hours(at - start) - bar.n)


def _text(found: dict[str, Any]) -> str:
    """The same for people: a line an alert, task, escalation and verdict."""
    lines = [f"{found['rows']} rows, {found['rejected']} rejected"]
    lines += [f"  {reason}" for reason in found["reasons"]]
    for part in ("alerts", "tasks", "escalations", "verdicts"):
        lines += ["", f"{part}: {len(found[part])}"]
        lines += ["  " + "  ".join(_words(row)) for row in found[part]]
    return "\n".join(lines)


def _words(row: dict[str, Any]) -> Iterator[str]:
    for name, value in row.items():
        if value not in (None, "", {}, []):
            yield f"{name}={value}"
