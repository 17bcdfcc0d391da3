"""When something was answered, in the ways survey tools write it."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from cx_loop.logic.answers.response import Scalar

# before this a number of seconds is a number of something else
_EARLIEST, _LATEST = 631_152_000, 4_102_444_800  # 1990, 2100
_NUMBER = re.compile(r"\d{9,17}(\.\d+)?")
# "2022/06/22 11:07:29 AM AST": the letters of a zone are ambiguous, so the source's zone is used
_ZONE_LETTERS = re.compile(r"\s+(?!(?:AM|PM)$)[A-Z]{2,5}$", re.IGNORECASE)
_OFFSET = re.compile(r"\s+(?:GMT|UTC)([+-]\d{1,2})(?::(\d{2}))?$", re.IGNORECASE)
_HALF_DAY = re.compile(r"(上午|下午)\s*([\d:]+)|([\d:]+)\s*(上午|下午)")
_PATTERNS = (
    "%Y/%m/%d %I:%M:%S %p",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %H:%M",
    "%Y-%m-%d %I:%M:%S %p",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日 %H:%M",
)


def moment_of(said: Scalar, zone: tzinfo) -> datetime | None:
    """The aware moment; None where nothing is said, or nothing that is a moment.

    ISO 8601, seconds or milliseconds since 1970, or the forms of spreadsheets. What has no zone of
    its own is of `zone`.
    """
    if said is None or isinstance(said, bool):
        return None
    text = str(said).strip()
    if not text:
        return None
    if _NUMBER.fullmatch(text):
        return _of_epoch(float(text))
    found = _of_text(text)
    if found is None:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=zone)


def revision_of(said: Scalar, zone: tzinfo) -> int | None:
    """A number that grows with every edit: a whole number as it is, a moment as its microseconds.

    None where the tool says nothing that grows.
    """
    if isinstance(said, int) and not isinstance(said, bool) and not _EARLIEST < said < _LATEST:
        return said if abs(said) < 2**62 else None
    moment = moment_of(said, zone)
    return None if moment is None else round(moment.timestamp() * 1_000_000)


def _of_epoch(number: float) -> datetime | None:
    for unit in (1, 1e3, 1e6):
        if _EARLIEST <= number / unit <= _LATEST:
            return datetime.fromtimestamp(number / unit, UTC)
    return None


def _of_text(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    offset = _OFFSET.search(text)
    plain = _ZONE_LETTERS.sub("", _OFFSET.sub("", text))
    plain = _HALF_DAY.sub(_in_latin, plain)
    for pattern in _PATTERNS:
        try:
            found = datetime.strptime(plain, pattern)  # noqa: DTZ007  the caller gives the zone
        except ValueError:
            continue
        return found.replace(tzinfo=_zone_of(offset)) if offset else found
    return None


def _in_latin(half: "re.Match[str]") -> str:
    morning = "上午" in (half[1], half[4])
    return f"{half[2] or half[3]} {'AM' if morning else 'PM'}"


def _zone_of(offset: "re.Match[str]") -> tzinfo:
    hours, minutes = int(offset[1]), int(offset[2] or 0)
    length = timedelta(hours=hours, minutes=minutes if hours >= 0 else -minutes)
    return timezone(length) if abs(length) < timedelta(days=1) else UTC
