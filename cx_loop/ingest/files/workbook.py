"""XLSX as rows of texts, read once from top to bottom: ECMA-376 part 1, chapter 18.

Only what holds answers is read: the first sheet that is shown, its texts, and which numbers are
dates. Formulas give the value they had when the file was saved. Nothing is written to disk, nothing
outside the file is followed, and a document that declares entities is refused.
"""

import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import IO, TypeAlias
from xml.parsers import expat

from cx_loop.logic.answers.response import Misshapen

Attributes: TypeAlias = dict[str, str]
MOST_UNPACKED = 400 * 1024 * 1024  # bytes of one part, whatever the file says of itself
MOST_TEXT = 100 * 1024 * 1024  # characters of all texts of a workbook
MOST_COLUMNS = 1_000
MOST_GAP = 100_000  # empty rows in a row: a stray cell far below must not become a million lines
_CHUNK = 256 * 1024
_ENCRYPTED = b"\xd0\xcf\x11\xe0"  # a workbook behind a password, and the format before 2007
_DATES = {*range(14, 23), *range(27, 37), *range(50, 59)}  # built-in formats (18.8.30)
_NOT_SAID = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.')
_COLUMN = re.compile(r"[A-Z]{1,3}")


def rows_of_workbook(file: IO[bytes]) -> Iterator[list[str]]:
    """Every row of the first sheet, empty ones too, so that the n-th is row n of the sheet.

    Raises Misshapen: workbook_unreadable, workbook_protected, workbook_too_large.
    """
    if file.read(4) == _ENCRYPTED:
        raise Misshapen("workbook_protected")
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as book:
            yield from _rows(book)
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, EOFError, OSError) as error:
        raise Misshapen("workbook_unreadable", f"{type(error).__name__}"[:80]) from None
    except (expat.ExpatError, NotImplementedError, RuntimeError) as error:
        raise Misshapen("workbook_unreadable", f"{type(error).__name__}"[:80]) from None


def _rows(book: zipfile.ZipFile) -> Iterator[list[str]]:
    sheet, first_day = _first_sheet(book)
    names = set(book.namelist())
    texts = _texts(book) if "xl/sharedStrings.xml" in names else []
    dates = _date_styles(book) if "xl/styles.xml" in names else set()
    reader = _Sheet(texts, dates, first_day)
    for _ in _parsed(book, sheet, reader.start, reader.end, reader.text):
        yield from reader.taken()


def _first_sheet(book: zipfile.ZipFile) -> tuple[str, datetime]:
    """Its path in the file, and the day numbers of days are counted from."""
    shown: list[str] = []
    first_days = [datetime(1899, 12, 30)]  # noqa: DTZ001  the cell says no zone, the source does

    def of_book(name: str, said: Attributes) -> None:
        if name == "sheet" and said.get("state", "visible") == "visible":
            shown.append(_prefixed(said, "id"))
        elif name == "workbookPr" and said.get("date1904") in ("1", "true"):
            first_days[0] = datetime(1904, 1, 1)  # noqa: DTZ001

    targets: dict[str, str] = {}

    def of_links(name: str, said: Attributes) -> None:
        if name == "Relationship":
            targets[said["Id"]] = said["Target"]

    _read(book, "xl/workbook.xml", of_book)
    _read(book, "xl/_rels/workbook.xml.rels", of_links)
    target = targets[shown[0]]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}", first_days[0]


def _prefixed(said: Attributes, name: str) -> str:
    """An attribute by its name without the prefix: which prefix it has is up to the writer."""
    return next(value for key, value in said.items() if key.endswith(f":{name}"))


def _texts(book: zipfile.ZipFile) -> list[str]:
    """The shared texts, those of how a word is pronounced left out (18.4.3)."""
    found: list[str] = []
    parts: list[str] = []
    inside = {"t": False, "rPh": False}
    length = 0

    def start(name: str, said: Attributes) -> None:
        if name == "si":
            parts.clear()
        elif name in inside:
            inside[name] = True

    def end(name: str) -> None:
        nonlocal length
        if name in inside:
            inside[name] = False
        elif name == "si":
            found.append("".join(parts))
            length += len(found[-1])
            if length > MOST_TEXT:
                raise Misshapen("workbook_too_large")

    def text(said: str) -> None:
        if inside["t"] and not inside["rPh"]:
            parts.append(said)

    for _ in _parsed(book, "xl/sharedStrings.xml", start, end, text):
        pass
    return found


def _date_styles(book: zipfile.ZipFile) -> set[int]:
    """The styles whose numbers are moments."""
    own: dict[int, str] = {}
    styles: set[int] = set()
    count = 0
    inside = False

    def start(name: str, said: Attributes) -> None:
        nonlocal count, inside
        if name == "numFmt":
            own[int(said["numFmtId"])] = said.get("formatCode", "")
        elif name == "cellXfs":
            inside = True
        elif name == "xf" and inside:
            number = int(said.get("numFmtId", "0"))
            if number in _DATES or _is_date(own.get(number, "")):
                styles.add(count)
            count += 1

    def end(name: str) -> None:
        nonlocal inside
        inside = inside and name != "cellXfs"

    for _ in _parsed(book, "xl/styles.xml", start, end, lambda said: None):
        pass
    return styles


def _is_date(code: str) -> bool:
    """Whether a format writes days or hours; a length of time ([h]:mm) stays a number."""
    plain = _NOT_SAID.sub("", code.partition(";")[0]).lower()
    lengths = re.search(r"\[(h+|m+|s+)\]", code.lower())
    return not lengths and any(letter in plain for letter in "dymhs")


class _Sheet:
    """Gathers rows while the sheet is parsed."""

    def __init__(self, texts: list[str], dates: set[int], first_day: datetime) -> None:
        self._texts, self._dates, self._first_day = texts, dates, first_day
        self._done: list[list[str]] = []
        self._row: list[str] = []
        self._parts: list[str] = []
        self._kind, self._style, self._column = "", 0, 0
        self._number, self._reads, self._aloud = 0, False, False

    def taken(self) -> list[list[str]]:
        rows, self._done = self._done, []
        return rows

    def start(self, name: str, said: Attributes) -> None:
        if name == "row":
            self._begin_row(said)
        elif name == "c":
            letters = _COLUMN.match(said.get("r", ""))
            self._column = _place(letters[0]) if letters else len(self._row)
            self._kind, self._style = said.get("t", "n"), int(said.get("s", "0"))
            self._parts = []
        elif name == "rPh":
            self._aloud = True
        elif name in ("v", "t"):
            self._reads = not self._aloud

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self._reads = False
        elif name == "rPh":
            self._aloud = False
        elif name == "c" and self._parts:
            if self._column >= MOST_COLUMNS:
                raise Misshapen("workbook_too_large")
            self._row += [""] * (self._column - len(self._row) + 1)
            self._row[self._column] = self._said("".join(self._parts))
        elif name == "row":
            self._done.append(self._row)

    def text(self, said: str) -> None:
        if self._reads:
            self._parts.append(said)

    def _begin_row(self, said: Attributes) -> None:
        number = int(said.get("r") or self._number + 1)
        gap = number - self._number - 1
        if not 0 <= gap <= MOST_GAP:
            raise Misshapen("workbook_unreadable", f"row {number}")
        self._done += [[] for _ in range(gap)]
        self._number, self._row = number, []

    def _said(self, raw: str) -> str:
        if self._kind == "s":
            return self._texts[int(raw)]
        if self._kind == "b":
            return "true" if raw == "1" else "false"
        if self._kind != "n":
            return raw
        number = float(raw)
        if self._style in self._dates:
            return self._moment(number)
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)

    def _moment(self, days: float) -> str:
        """ISO 8601 without an offset; a day alone has no hour, an hour alone no day."""
        if not 0 <= days < 2_958_466:  # the last day a spreadsheet knows
            return repr(days)
        moment = self._first_day + timedelta(seconds=round(days * 86_400))
        if days < 1:
            return moment.time().isoformat()
        return moment.date().isoformat() if days.is_integer() else moment.isoformat()


def _place(letters: str) -> int:
    """A is 0, Z is 25, AA is 26."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1


def _read(book: zipfile.ZipFile, part: str, start: Callable[[str, Attributes], None]) -> None:
    for _ in _parsed(book, part, start, lambda name: None, lambda said: None):
        pass


def _parsed(
    book: zipfile.ZipFile,
    part: str,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> Iterator[None]:
    """One part, a chunk at a time; names come without their prefix."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, said: start(name.rpartition(":")[2], said)
    parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse
    left = MOST_UNPACKED
    with book.open(part) as file:
        while chunk := file.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise Misshapen("workbook_too_large")
            parser.Parse(chunk, False)
            yield
    parser.Parse(b"", True)
    yield


def _refuse(*declared: object) -> None:
    raise Misshapen("workbook_unreadable", "DOCTYPE")
