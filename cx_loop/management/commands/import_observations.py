import csv
from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from cx_loop import clock
from cx_loop.ingest.accept import REJECTED, Acceptance, accept_items
from cx_loop.ingest.csv_file import CsvFile, Row, UnreadableFile
from cx_loop.ingest.items import MOST_ITEMS
from cx_loop.models import Source

DEFAULT_SOURCE = "import"
INTERRUPTED = (
    "Interrupted. What was read so far is stored; the same command again goes on: what is there "
    "already is told as duplicates and counts once."
)


class Command(BaseCommand):
    help = (
        "Load observations from a CSV file: occurred_at, touchpoint, metric, value and optionally "
        "exposure, segment, channel, location, external_id, customer, comment. Rejected rows go "
        "to FILE.rejected.csv. The same file again changes nothing, so an interrupted import is "
        "gone on with by the same command."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", default=DEFAULT_SOURCE, help="key of the source")
        parser.add_argument("--history", action="store_true", help="load without raising alerts")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with CsvFile(options["file"]) as file:
                total = self._load(file, self._source(options["source"]), not options["history"])
        except UnreadableFile as problem:
            raise CommandError(str(problem)) from None
        except KeyboardInterrupt:
            raise CommandError(INTERRUPTED, returncode=130) from None
        except OSError as problem:
            raise CommandError(f"{problem.filename}: {problem.strerror}.") from None
        self.stdout.write(
            f"accepted {total.accepted}, updated {total.updated}, "
            f"duplicates {total.duplicates}, rejected {total.rejected}"
        )

    def _source(self, key: str) -> Source:
        source, made = Source.objects.get_or_create(key=key, defaults={"tool": "csv"})
        if made:
            self.stderr.write(f"Made the source {source.key}.")
        return source

    def _load(self, file: CsvFile, source: Source, mark: bool) -> Acceptance:
        """Batch by batch, each committed: memory stays as it is, however large the file."""
        if file.unused:
            self.stderr.write(f"Not used: column {', '.join(file.unused)}.")
        total = Acceptance()
        rejects = Rejects(file)
        rows = iter(file)
        bar = tqdm(total=file.size, unit="B", unit_scale=True, desc=file.path.name)
        with bar, rejects:
            while batch := list(islice(rows, MOST_ITEMS)):
                result = _stored(batch, source, rejects, mark=mark)
                total.accepted += result.accepted
                total.updated += result.updated
                total.duplicates += result.duplicates
                total.rejected += result.rejected
                bar.update(file.read_bytes - bar.n)
        if total.rejected:
            self.stderr.write(f"Rejected rows and why: {rejects.path}")
        return total


class Rejects:
    """FILE.rejected.csv: the rows as they were, with a code and a reason each. Made when needed;
    one left by an earlier run is taken away, otherwise it would seem to tell of this one."""

    def __init__(self, file: CsvFile) -> None:
        self.path = file.path.with_suffix(".rejected.csv")
        self._header = [*file.header, "code", "reason"]
        self._file: Any = None

    def __enter__(self) -> "Rejects":
        self.path.unlink(missing_ok=True)
        return self

    def __exit__(self, *error: object) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, row: Row, code: str, reason: str) -> None:
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8", newline="")
            self._writer = csv.writer(self._file)
            self._writer.writerow(self._header)
        self._writer.writerow([*row.cells, code, f"line {row.line}: {reason}"])


def _stored(batch: list[Row], source: Source, rejects: Rejects, *, mark: bool) -> Acceptance:
    for row in batch:
        if row.refusal is not None:
            rejects.add(row, row.refusal.code, row.refusal.message)
    good = [row for row in batch if row.item is not None]
    items = [row.item for row in good]
    result = accept_items(items, source=source, now=clock.now(), mark=mark)
    for row, outcome in _rejected(good, result):
        rejects.add(row, outcome.code, outcome.message)
    result.rejected += len(batch) - len(good)
    return result


def _rejected(rows: list[Row], result: Acceptance) -> Iterator[tuple[Row, Any]]:
    for outcome in result.results:
        if outcome.status == REJECTED:
            yield rows[outcome.index], outcome
