"""Jotform: a multipart form whose member rawRequest holds the answers as JSON. Nothing is signed
and no moment is sent, so an answer occurred when it arrived."""

from collections.abc import Iterator
from typing import Any

from cx_loop.ingest.vendors.adapter import Adapter, Object, Options
from cx_loop.ingest.vendors.reading import parse
from cx_loop.logic.answers.response import Field, Response, by_key


def responses(form: Object, options: Options) -> Iterator[Response]:
    raw = parse(form["rawRequest"])
    yield Response(
        id=form["submissionID"],
        fields=by_key(_fields(raw)),
        survey=form["formID"],
    )


def _fields(raw: Object) -> Iterator[Field]:
    """`q23_multipleChoice`: the number is the question's, the rest a name its author may change."""
    for name, value in raw.items():
        number, _, title = name.partition("_")
        if number.startswith("q") and number[1:].isdecimal():
            yield Field(number, _plain(value), title)
            # a matrix names its rows; a name and a date have parts too, which nobody need map
            for row, chosen in value.items() if isinstance(value, dict) else ():
                yield Field(f"{number}.{row}", _plain(chosen), f"{title} · {row}")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):  # a name of two parts, a date of three
        return " ".join(str(each) for each in value.values() if each)
    return [str(each) for each in value] if isinstance(value, list) else value


ADAPTER = Adapter(key="jotform", name="Jotform", of_object=responses)
