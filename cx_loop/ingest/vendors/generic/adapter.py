"""Any tool nobody foresaw: JSON, a form or a table, whose fields the mapping names by their paths.

Which field is the identifier, when it was answered and which version it is, the mapping says too.
"""

from collections.abc import Iterator
from typing import Any

from cx_loop.ingest.vendors.adapter import Adapter, Object, Options, Rows
from cx_loop.ingest.vendors.reading import parse
from cx_loop.ingest.vendors.table import RowIds, fields_of, named_rows
from cx_loop.logic.answers import paths
from cx_loop.logic.answers.response import Misshapen, Response, by_key


def responses(said: Object, options: Options) -> Iterator[Response]:
    """One response, or one a member of the list at the option `items`."""
    unpacked = {name: _unpacked(value) for name, value in said.items()}
    path = str(options.get("items") or "")
    found = paths.at(unpacked, path) if path else unpacked
    many = found if isinstance(found, list) else [found]
    for each in many:
        if not isinstance(each, dict):
            raise Misshapen("items_missing", path)
        yield Response(id="", fields=by_key(paths.fields_of(each)))


def table(rows: Rows) -> Iterator[Response]:
    """A row is known by what it says, unless the mapping names a column for it."""
    ids = RowIds()
    for row in named_rows(rows):
        yield Response(id=ids.of(row), fields=fields_of(row))


def _unpacked(value: Any) -> Any:
    """JSON inside a member of a form is JSON."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return parse(value)
        except Misshapen:
            return value
    return value


ADAPTER = Adapter(key="generic", name="", of_object=responses, of_rows=table, names_responses=False)
