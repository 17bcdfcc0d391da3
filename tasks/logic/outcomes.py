"""What a survey tool says became of the customers it was to write to, line by line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cx_loop.logic.cells import harmless

SENT, FAILED, OPTED_OUT = "sent", "failed", "opted_out"
OUTCOMES = (SENT, FAILED, OPTED_OUT)
MEMBERS = ("customer", "outcome", "at")
NEEDED = ("customer", "outcome")
LONGEST = 200  # characters of a reference, as intake takes them
AHEAD = timedelta(minutes=5)  # clocks of senders may run ahead by so much

MESSAGES = {
    "missing_field": "This member is missing.",
    "field_unknown": "No such member: probably a slip of the pen.",
    "item_not_object": "This is not an object.",
    "not_text": "This must be a text.",
    "text_too_long": f"This has more than {LONGEST} characters.",
    "text_has_nul": "The text has a NUL character.",
    "outcome_unknown": f"outcome must be one of: {', '.join(OUTCOMES)}.",
    "time_invalid": "at is not a moment of ISO 8601.",
    "time_without_offset": "Say the offset too, such as 2026-03-01T09:30:00+08:00.",
    "time_in_future": "at lies in the future.",
    "customer_unknown": "Nobody in the file of this task has this reference.",
    "said_twice": "Another line says something else of the same customer.",
    "columns_mismatch": "The line has more or fewer cells than the header.",
}


@dataclass(frozen=True, slots=True)
class Said:
    """`line` as a spreadsheet counts it, of a list from 1; `at` in UTC, None: not said."""

    line: int
    customer: str
    outcome: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a line is not taken; `field` is '' where the whole line is wrong."""

    line: int
    field: str
    code: str


class NoTable(Exception):
    """The header lacks a column: its name."""


def rows_of(lines: Iterable[tuple[int, Sequence[str]]]) -> list[tuple[int, object]]:
    """Members by the names of the header, which is the first line; columns of other names are the
    tool's own. A line as wide as no header becomes None. Raises NoTable."""
    rows: list[tuple[int, object]] = []
    names: list[str] = []
    for number, cells in lines:
        if not names:
            names = [cell.strip().lower() for cell in cells]
            for needed in NEEDED:
                if needed not in names:
                    raise NoTable(needed)
        elif len(cells) != len(names):
            rows.append((number, None))
        else:
            pairs = zip(names, (_bare(cell) for cell in cells), strict=True)
            rows.append((number, {name: cell for name, cell in pairs if name in MEMBERS and cell}))
    if not names:
        raise NoTable(NEEDED[0])
    return rows


def check(rows: Iterable[tuple[int, object]], *, now: datetime) -> tuple[list[Said], list[Refusal]]:
    """What is said of whom, and which lines cannot be taken; each line stands for itself."""
    said, refused = [], []
    for line, row in rows:
        if row is None:
            refused.append(Refusal(line, "", "columns_mismatch"))
        elif not isinstance(row, Mapping):
            refused.append(Refusal(line, "", "item_not_object"))
        elif fault := _fault(row, now):
            refused.append(Refusal(line, *fault))
        else:
            moment = _moment(row["at"]) if row.get("at") else None
            said.append(Said(line, row["customer"].strip(), _word(row["outcome"]), moment))
    return said, refused


def _fault(row: Mapping[str, Any], now: datetime) -> tuple[str, str] | None:
    """The first member that is wrong, and why."""
    unknown = next((name for name in row if name not in MEMBERS), None)
    if unknown is not None:
        return unknown, "field_unknown"
    for name in MEMBERS:
        value = row.get(name)
        if value is None or value == "":
            if name in NEEDED:
                return name, "missing_field"
        elif fault := _fault_of_text(value):
            return name, fault
    if not row["customer"].strip():
        return "customer", "missing_field"
    if _word(row["outcome"]) not in OUTCOMES:
        return "outcome", "outcome_unknown"
    fault = _fault_of_moment(row["at"], now) if row.get("at") else ""
    return ("at", fault) if fault else None


def _fault_of_text(value: object) -> str:
    if not isinstance(value, str):
        return "not_text"
    if "\0" in value:
        return "text_has_nul"
    return "text_too_long" if len(value) > LONGEST else ""


def _fault_of_moment(value: str, now: datetime) -> str:
    try:
        moment = _moment(value)
    except (ValueError, OverflowError):
        return "time_invalid"
    if moment is None:
        return "time_without_offset"
    return "time_in_future" if moment > now + AHEAD else ""


def _moment(value: str) -> datetime | None:
    """In UTC; None without an offset."""
    moment = datetime.fromisoformat(value.strip())
    return moment.astimezone(UTC) if moment.tzinfo else None


def _word(value: str) -> str:
    """`Opted out` and `opted-out` as `opted_out`."""
    return value.strip().lower().replace(" ", "_").replace("-", "_")


def _bare(cell: str) -> str:
    """Without the apostrophe behind which our own file puts what a spreadsheet would run."""
    said = cell.strip()
    return said[1:] if said == harmless(said[1:]) else said
