"""Observations from a CSV file of any size, a row at a time."""

import codecs
import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cx_loop.ingest.items import FIELDS, Refused

SUBJECTS = ("touchpoint", "stage", "journey")
REQUIRED = ("occurred_at", "metric", "value")
_NUMBERS = ("value", "exposure", "revision")
_CHUNK = 64 * 1024
_KEPT_AS_IT_IS = ("comment", "customer", "external_id")


class UnreadableFile(Exception):
    """The file cannot be read as CSV; the message is one sentence for whoever runs the command."""


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    cells: list[str]
    item: dict[str, Any] | None
    refusal: Refused | None = None


class CsvFile:
    """A file with a header: `with CsvFile(path) as file: for row in file`.

    Rows without an external_id get one from the file's content and the line, so the same file
    again counts nothing twice and another file never collides. Raises UnreadableFile on entering
    (no file, not UTF-8, no header) and while iterating (a quote left open).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.header: list[str] = []

    def __enter__(self) -> "CsvFile":
        try:
            # the whole of it first, otherwise half would be imported under a digest that the
            # mended file no longer has
            self._digest = _digest_of(self.path)
            self.size = self.path.stat().st_size
            self._raw = self.path.open("rb")
        except OSError as error:
            raise UnreadableFile(f"{self.path} cannot be read: {error.strerror}.") from None
        self._text = io.TextIOWrapper(self._raw, "utf-8-sig", newline="")
        self._reader = csv.reader(self._text)
        try:
            self.header = [name.strip() for name in self._next() or []]
            self._check_header()
        except UnreadableFile:
            self._text.close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self._text.close()

    @property
    def unused(self) -> list[str]:
        """Columns that nothing reads."""
        return [name for name in self.header if name not in FIELDS]

    @property
    def read_bytes(self) -> int:
        return self._raw.tell()

    def __iter__(self) -> Iterator[Row]:
        while (cells := self._next()) is not None:
            if any(cells):
                yield self._row(cells)

    def _next(self) -> list[str] | None:
        try:
            return next(self._reader, None)
        except csv.Error as error:
            where = f"{self.path}, near line {self._reader.line_num}"
            message = f"{where}: {error}; is a quote left open? Nothing after it is imported."
            raise UnreadableFile(message) from None

    def _check_header(self) -> None:
        missing = [name for name in REQUIRED if name not in self.header]
        if not set(SUBJECTS) & set(self.header):
            missing.insert(0, SUBJECTS[0])
        if missing:
            names = ", ".join(missing)
            raise UnreadableFile(f"{self.path}: the header has no column {names}.")
        twice = sorted({name for name in self.header if self.header.count(name) > 1})
        if twice:
            raise UnreadableFile(f"{self.path}: column {', '.join(twice)} is there twice.")

    def _row(self, cells: list[str]) -> Row:
        line = self._reader.line_num
        if len(cells) != len(self.header):
            message = f"The row has {len(cells)} cells and the header {len(self.header)}."
            return Row(line, cells, None, Refused("columns_mismatch", "", message))
        item: dict[str, Any] = {}
        for name, cell in zip(self.header, cells, strict=True):
            text = cell if name in _KEPT_AS_IT_IS else cell.strip()
            if text and name in FIELDS:
                item[name] = _number(text) if name in _NUMBERS else text
        item.setdefault("external_id", f"{self._digest}:{line}")
        return Row(line, cells, item)


def _digest_of(path: Path) -> str:
    """A digest of the whole content, which must be UTF-8."""
    digest, decoder, read = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                where = f"between bytes {read} and {read + len(chunk)}"
                message = f"{path} is not UTF-8 text ({where}); save it as UTF-8."
                raise UnreadableFile(message) from None
            read += len(chunk)
    return digest.hexdigest()[:32]


def _number(text: str) -> float | str:
    """The number a cell holds; what is none stays a text and is refused as one."""
    try:
        return text if "_" in text else float(text)
    except ValueError:
        return text
