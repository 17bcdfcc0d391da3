"""Days that differ from the week and from the public holidays: closed, worked for another day, or
with hours of their own. A company writes them itself, or takes a year's list from its government.

Stored and in files: {"from": "2026-10-01", "to": "2026-10-07", "hours": "off", "name": "…"}; `to`
is left out of a single day, `name` where there is none, or it is a text per language. In pages: a
line of text each, with a name in two languages as "National Day / 国庆节".
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from cx_loop.logic.public_holidays import holiday_names, holidays_of
from cx_loop.logic.sentences import Sentence, sentence
from cx_loop.logic.working_time import (
    MADE_UP,
    Shift,
    WorkingHours,
    parse_hours,
    parse_shifts,
)

OFF, MADE_UP_WORD = "off", "made-up"
MOST, LONGEST = 400, 366  # entries of a calendar, days of one
_WORDS = {
    **dict.fromkeys(["off", "closed", "holiday", "休", "休息", "放假", "假"], OFF),
    **dict.fromkeys(["made-up", "work", "班", "上班", "补班"], MADE_UP_WORD),
}
_DATE = r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
_RANGE = re.compile(rf"{_DATE}(?:\s*(?:\.\.|[–—~～至到,，]|\bto\b|\s-\s|\t| )\s*{_DATE})?")
_SHIFTS = re.compile(r"\d{1,2}:\d\d-\d{1,2}:\d\d(?:\s*,\s*\d{1,2}:\d\d-\d{1,2}:\d\d)*")
_DAY = timedelta(days=1)
_HAN = re.compile("[\u4e00-\u9fff]")

Name = str | dict[str, str]
Entry = dict[str, Any]
Days = dict[date, tuple[Shift, ...] | None]


def hours_kept(
    timezone: str,
    hours: Mapping[str, str] | None,
    holidays: str,
    special_days: Iterable[Mapping[str, Any]] = (),
) -> WorkingHours:
    """A calendar as it is stored, as the clocks read it. Raises ValueError with a sentence."""
    return WorkingHours(
        timezone=timezone,
        hours=parse_hours(hours) if hours else None,
        holidays=holidays,
        special=days_of(special_days),
    )


def days_of(entries: Iterable[Mapping[str, Any]]) -> Days:
    """What is worked on each of the days. Raises ValueError with a sentence."""
    found: Days = {}
    for entry in entries:
        worked = _worked(entry.get("hours", OFF))
        for day in _span(entry):
            if day in found:
                raise ValueError(sentence("{day} stands twice. Take one out.", day=day))
            found[day] = worked
    return found


def names_of_days(entries: Iterable[Mapping[str, Any]]) -> dict[date, Name]:
    return {day: entry.get("name", "") for entry in entries for day in _span(entry)}


def entry_of(entry: Mapping[str, Any]) -> Entry:
    """One entry, in the one way it is stored. Raises ValueError with a sentence."""
    days = _span(entry)
    hours = str(entry.get("hours") or OFF).strip()
    _worked(hours)
    said = {"from": f"{days[0]}", "to": f"{days[-1]}", "hours": hours}
    if len(days) == 1:
        del said["to"]
    name = _name_of(entry.get("name"))
    return {**said, "name": name} if name else said


def lines_of(entries: Iterable[Mapping[str, Any]], words: Mapping[str, str] | None = None) -> str:
    """As pages show and take them, by date. `words`: for "off" and "made-up" in the reader's
    language, such as `read_lines` knows."""
    lines = []
    for each in sorted(entries, key=lambda each: each["from"]):
        hours = (words or {}).get(each["hours"], each["hours"])
        lines.append(f"{_said_span(each)} {hours} {_written(each.get('name', ''))}".rstrip())
    return "\n".join(lines)


def read_lines(text: str) -> list[Entry]:
    """Entries of lines such as `2026-10-01..2026-10-07 off National Day`, by date.

    Read as well: 2026年10月1日, commas between the parts, 休 and 班. Without a word it is a day
    off. Raises ValueError with a sentence that names the line.
    """
    entries = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            entries.append(_read_line(line.strip()))
        except ValueError as refusal:
            reason = refusal.args[0]
            raise ValueError(
                sentence("Line {number}: {reason}", number=number, reason=reason)
            ) from None
    check_entries(entries)
    return sorted(entries, key=lambda each: each["from"])


def check_entries(entries: Sequence[Mapping[str, Any]]) -> None:
    """Raises ValueError with a sentence."""
    if len(entries) > MOST:
        raise ValueError(
            sentence("These are more than {most} lines. Take past years out.", most=MOST)
        )
    days_of(entries)


def laid_over(old: Sequence[Entry], new: Sequence[Entry]) -> list[Entry]:
    """The new ones, and what is left of the old ones on other days."""
    taken = days_of(new)
    left = [part for each in old for part in _without(each, taken)]
    return sorted([*left, *new], key=lambda each: each["from"])


def official(country: str, year: int) -> list[Entry]:
    """The public holidays of a year, with the week-end days worked for them. Raises ValueError.

    Several days that follow each other bear the name of the first.
    """
    off, made_up = holidays_of(country, year)
    found = [(day, OFF) for day in off] + [(day, MADE_UP_WORD) for day in made_up]
    # the library knows the days made up in other years too
    runs = _runs(sorted(row for row in found if row[0].year == year))
    return [_called(each, country) for each in runs]


def _called(entry: Entry, country: str) -> Entry:
    if entry["hours"] != OFF:
        return entry
    names = holiday_names(country, date.fromisoformat(entry["from"]))
    return entry_of({**entry, "name": {code: _first(name) for code, name in names.items()}})


def _first(name: str) -> str:
    """Of a day that is two holidays, the first; without the bars that would part languages."""
    return name.split(";")[0].replace(" / ", ", ")[:80]


def _name_of(said: object) -> Name:
    """A text, or one per language where there are several."""
    if not isinstance(said, Mapping):
        return str(said or "").strip()
    names = {str(code): str(name or "").strip() for code, name in said.items()}
    names = {code: name for code, name in sorted(names.items()) if name}
    return names if len(names) > 1 else next(iter(names.values()), "")


def _written(name: Name) -> str:
    return name if isinstance(name, str) else " / ".join(name.values())


def _read_name(text: str) -> Name:
    """Two names with a bar between: the one with Chinese characters is the Chinese one."""
    parts = [part.strip() for part in text.split(" / ")]
    chinese = [part for part in parts if _HAN.search(part)]
    if len(parts) != 2 or len(chinese) != 1:
        return text
    english = next(part for part in parts if part not in chinese)
    return _name_of({"en": english, "zh-hans": chinese[0]})


def _read_line(line: str) -> Entry:
    found = _RANGE.match(line)
    if not found:
        raise ValueError(_how())
    numbers = [int(part) for part in found.groups() if part]
    try:
        ends = [date(*numbers[:3]), date(*numbers[-3:])]
    except ValueError:
        raise ValueError(
            sentence("{text!r} is not in the calendar.", text=found[0].strip())
        ) from None
    rest = line[found.end() :].strip(" \t,，;；")
    hours, name = _hours_and_name(rest)
    return entry_of(
        {"from": f"{ends[0]}", "to": f"{ends[1]}", "hours": hours, "name": _read_name(name)}
    )


def _hours_and_name(rest: str) -> tuple[str, str]:
    if shifts := _SHIFTS.match(rest):
        return shifts[0], rest[shifts.end() :].strip(" \t,，;；")
    first, *others = re.split(r"[\s,，;；]+", rest, maxsplit=1)
    if first.lower() in _WORDS:
        return _WORDS[first.lower()], "".join(others)
    return OFF, rest


def _how() -> Sentence:
    return sentence("Begin with a date such as 2026-10-01, or with two: 2026-10-01..2026-10-07.")


def _span(entry: Mapping[str, Any]) -> list[date]:
    """The days from the first to the last."""
    first = _date(entry.get("from"))
    last = _date(entry["to"]) if entry.get("to") else first
    if last < first:
        raise ValueError(sentence("{first}..{last} ends before it begins.", first=first, last=last))
    if last - first >= LONGEST * _DAY:
        raise ValueError(sentence("{first}..{last} is longer than a year.", first=first, last=last))
    return [first + at * _DAY for at in range((last - first).days + 1)]


def _date(raw: object) -> date:
    try:
        found = date.fromisoformat(str(raw))
    except ValueError:
        raise ValueError(
            sentence("{raw!r} is not a date such as 2026-10-01.", raw=str(raw))
        ) from None
    if not 2000 <= found.year < 2100:
        raise ValueError(sentence("{raw!r} is not a date of this century.", raw=str(raw)))
    return found


def _worked(hours: str) -> tuple[Shift, ...] | None:
    if hours == OFF:
        return ()
    return MADE_UP if hours == MADE_UP_WORD else parse_shifts(hours)


def _said_span(entry: Mapping[str, Any]) -> str:
    return f"{entry['from']}..{entry['to']}" if entry.get("to") else entry["from"]


def _without(entry: Entry, taken: Days) -> Iterator[Entry]:
    kept = [day for day in _span(entry) if day not in taken]
    for part in _runs([(day, entry["hours"]) for day in kept]):
        yield {**part, "name": entry["name"]} if entry.get("name") else part


def _runs(days: Sequence[tuple[date, str]]) -> Iterator[Entry]:
    """Days that follow each other and are alike, as one entry each."""
    begins = [0] + [
        at
        for at, (before, after) in enumerate(pairwise(days), start=1)
        if after != (before[0] + _DAY, before[1])
    ]
    for begin, end in pairwise([*begins, len(days)]):
        if begin < end:
            (first, hours), (last, _) = days[begin], days[end - 1]
            yield entry_of({"from": f"{first}", "to": f"{last}", "hours": hours})
