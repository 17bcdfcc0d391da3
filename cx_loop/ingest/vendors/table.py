"""Rows of a file as responses, for tools whose exports are plain tables."""

from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from itertools import islice

from cx_loop.ingest.vendors.adapter import Rows
from cx_loop.logic.answers.response import Field, Misshapen, Response, by_key

Named = Callable[[dict[str, str]], Response]


def named_rows(rows: Rows, *, skip: int = 1) -> Iterator[dict[str, str]]:
    """Each row as a mapping of the first row's names; `skip` rows are headers. Raises Misshapen for
    a row of another length, otherwise its answers would stand under wrong questions."""
    those = iter(rows)
    headers = list(islice(those, skip))
    header = distinct([name.strip() for name in headers[0]]) if headers else []
    number = skip
    for number, row in enumerate(those, start=skip + 1):
        if len(row) != len(header):
            raise Misshapen("columns_mismatch", f"row {number}")
        yield dict(zip(header, row, strict=True))
    if number == skip:
        raise Misshapen("table_empty")


def distinct(names: Sequence[str]) -> list[str]:
    """Names of columns; the second of one name is "name (2)"."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found


def fields_of(row: dict[str, str], titles: dict[str, str] | None = None) -> dict[str, Field]:
    titles = titles or {}
    return by_key(Field(key, cell, titles.get(key, key)) for key, cell in row.items())


class RowIds:
    """An identifier from what a row says, where the tool gives none: the same file again counts
    nothing twice. Rows that say the same are told apart by their order."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def of(self, row: dict[str, str]) -> str:
        text = "\0".join(f"{name}\1{cell}" for name, cell in row.items())
        digest = blake2b(text.encode(), digest_size=12).hexdigest()
        self._seen[digest] = self._seen.get(digest, 0) + 1
        return digest if self._seen[digest] == 1 else f"{digest}-{self._seen[digest]}"
