"""What the survey tool did with the file it was handed: who was written to, and who was not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from cx_loop.ingest.digests import pseudonym
from cx_loop.ingest.files.tables import CSV, XLSX, lines_of, table_text
from cx_loop.models import Actor, record
from tasks.actions.opt_outs import one_telling_at_a_time, opt_out
from tasks.actions.rights import may_work
from tasks.actions.work import lock
from tasks.logic.outcomes import OPTED_OUT, Refusal, Said, check, rows_of
from tasks.models import OptOut, Told
from tasks.reads.telling import known_as

MOST_LINES = 5_000
_PACKED = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class TooManyLines(Exception):
    """More than MOST_LINES."""


@dataclass(frozen=True, slots=True)
class Taken:
    """How many lines told something new, and nothing new; which were not taken, and why."""

    landed: int
    unchanged: int
    refused: list[Refusal]


def rows_of_file(content: bytes) -> list[tuple[int, object]]:
    """The lines of a CSV (any usual charset and separator) or of the first sheet of a workbook.

    Raises NoTable, Misshapen, TooManyLines.
    """
    kind = XLSX if content.startswith(_PACKED) else CSV
    lines = lines_of(table_text(content, kind), kind)
    return rows_of(_few((each.number, each.cells) for each in lines))


def _few(lines: Iterable[tuple[int, list[str]]]) -> Iterable[tuple[int, list[str]]]:
    for count, line in enumerate(lines):
        if count > MOST_LINES:
            raise TooManyLines
        yield line


@transaction.atomic
def may_take_outcomes(*, number: int, by: Actor) -> None:
    """Asked before a body is looked at, otherwise what is wrong with it would tell of the task.
    Raises NotFound, Forbidden."""
    may_work(by, lock(number, by))


@transaction.atomic
def take_outcomes(
    *, number: int, rows: list[tuple[int, object]], by: Actor, now: datetime
) -> Taken:
    """Keep what became of each customer in the file of a task; lines that are wrong leave the
    others alone. The same again changes nothing. Who opted out at the tool is written to no more
    here either. Raises NotFound, Forbidden."""
    one_telling_at_a_time()
    task = lock(number, by)
    may_work(by, task)
    said, refused = check(rows, now=now)
    told = _told_of(task.pk, said)
    latest: dict[UUID, Said] = {}
    for each in said:
        row = told.get(each.line)
        if row is None:
            refused.append(Refusal(each.line, "customer", "customer_unknown"))
        elif (other := latest.get(row.customer)) and other.outcome != each.outcome:
            # which of the two is so, nobody here can tell
            refused.append(Refusal(each.line, "outcome", "said_twice"))
        else:
            latest.setdefault(row.customer, each)
    fresh = _keep(latest, {row.customer: row for row in told.values()}, now)
    out = {customer for customer in fresh if latest[customer].outcome == OPTED_OUT}
    if out:
        opt_out(customers=out, how=OptOut.How.TOOL, by=by, now=now)
    if fresh:
        counts = {"count": len(fresh), "refused": len(refused)}
        record(
            verb="told_outcomes", subject="task", subject_id=number, by=by, now=now, params=counts
        )
    landed = len(fresh)
    unchanged = len(rows) - len(refused) - landed
    return Taken(landed, unchanged, sorted(refused, key=lambda each: each.line))


def _told_of(task: int, said: list[Said]) -> dict[int, Told]:
    """By line, whom it is about: in one question, however many lines there are."""
    names = {each.line: _names(each.customer) for each in said}
    asked = {name for known in names.values() for name in known}
    rows = Told.objects.filter(task=task, how=Told.How.FILE, customer__in=asked)
    by_customer = {row.customer: row for row in rows}
    found = {}
    for line, known in names.items():
        row = next((by_customer[name] for name in known if name in by_customer), None)
        if row is not None:
            found[line] = row
    return found


def _names(reference: str) -> list[UUID]:
    """What a customer may be known as; as it is written comes first."""
    written = UUID(bytes=pseudonym(reference))
    return [written, *(known_as(reference) - {written})]


def _keep(latest: dict[UUID, Said], rows: dict[UUID, Told], now: datetime) -> set[UUID]:
    """Write what is new; whose it is."""
    changed = []
    for customer, each in latest.items():
        row = rows[customer]
        moment = each.at or (row.outcome_at if row.outcome == each.outcome else now)
        if (row.outcome, row.outcome_at) != (each.outcome, moment):
            row.outcome, row.outcome_at = each.outcome, moment
            changed.append(row)
    Told.objects.bulk_update(changed, ["outcome", "outcome_at"])
    return {row.customer for row in changed}
