"""Google Forms and Sheets: a file whose first column is when. There is no identifier, so a row is
known by what it says; ends of scales become "5 - Very important"."""

from collections.abc import Iterator

from cx_loop.ingest.vendors.adapter import FILES, Adapter, Object, Options, Rows
from cx_loop.ingest.vendors.table import RowIds, fields_of, named_rows
from cx_loop.logic.answers.response import NoAnswer, Response

TIMES = ("timestamp", "时间戳记", "時間戳記", "时间戳", "zeitstempel", "horodateur")


def nothing(event: Object, options: Options) -> Iterator[Response]:
    raise NoAnswer("table_expected")


def table(rows: Rows) -> Iterator[Response]:
    ids = RowIds()
    for row in named_rows(rows):
        first = next(iter(row))
        at = row[first] if first.strip().lower() in TIMES else ""
        answers = {name: cell for name, cell in row.items() if not at or name != first}
        yield Response(id=ids.of(row), fields=fields_of(answers), occurred_at=at, revision=at)


ADAPTER = Adapter(
    key="google-forms", name="Google Forms", of_object=nothing, of_rows=table, way=FILES
)
