"""Pages by key, not by number: any page costs the same, and none is torn by new rows."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.utils.urls import replace_query_param

from cx_loop.api.problems import Problem

MOST = 200


@dataclass(frozen=True, slots=True)
class Column:
    path: str
    descending: bool
    field: Any

    @property
    def nullable(self) -> bool:
        return bool(self.field.null) or "__" in self.path

    def value_in(self, row: Model) -> Any:
        value: Any = row
        for name in self.path.split("__"):
            value = getattr(value, name, None)
        return value.pk if isinstance(value, Model) else value

    def beyond(self, value: Any) -> Q:
        """Rows after `value`: nulls come last going up and first going down."""
        if value is None:
            return Q(**{f"{self.path}__isnull": False}) if self.descending else Q(pk__in=[])
        if self.descending:
            return Q(**{f"{self.path}__lt": value})
        above = Q(**{f"{self.path}__gt": value})
        return above | Q(**{f"{self.path}__isnull": True}) if self.nullable else above

    def at(self, value: Any) -> Q:
        return Q(**({f"{self.path}__isnull": True} if value is None else {self.path: value}))


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page begins: an ordering, a direction, and the values of the row before it."""

    ordering: str
    backwards: bool
    values: list[Any]

    def encoded(self) -> str:
        packed = json.dumps(
            [self.ordering, int(self.backwards), self.values], cls=DjangoJSONEncoder
        )
        return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")

    @classmethod
    def decoded(cls, text: str) -> "Position":
        try:
            padded = text + "=" * (-len(text) % 4)
            ordering, backwards, values = json.loads(base64.urlsafe_b64decode(padded))
            if isinstance(ordering, str) and isinstance(values, list):
                return cls(ordering, bool(backwards), values)
        except (ValueError, TypeError, RecursionError):
            pass
        raise _invalid_cursor()


class KeysetPagination(BasePagination):
    """`?ordering=…&page_size=…&cursor=…` over the orderings a view declares:

        orderings = {"due_at": ("severity", "due_at", "number"), "created_at": ("number",)}
        default_ordering = "due_at"

    The last column of each is unique; a `-` before a column or before the name turns it around.
    When all columns run the same way and none may be null, the page is one row-value comparison,
    which an index of those columns answers at any depth; else an index narrows the first column.

    A view that shows rows for several reasons has `parts()`: a queryset for each of them, which
    joined by OR no index would serve. The first rows of each are looked up; what is told of them
    comes from the view's own queryset all the same.
    """

    request: Request
    next_position: Position | None = None
    previous_position: Position | None = None

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request = request
        position = self._position(request, view)
        columns = _columns(queryset.model, view, position.ordering)
        walked = [_turned(column) for column in columns] if position.backwards else columns
        beyond = [_after(walked, _typed(walked, position.values))] if position.values else []
        size = self._size(request)
        order = [f"-{c.path}" if c.descending else c.path for c in walked]
        if hasattr(view, "parts"):
            parts = [part.filter(*beyond).order_by(*order) for part in view.parts()]
            queryset = queryset.filter(pk__in=_first(parts, size + 1))
        else:
            queryset = queryset.filter(*beyond)
        rows = list(queryset.order_by(*order)[: size + 1])
        more, rows = len(rows) > size, rows[:size]
        if position.backwards:
            rows.reverse()
        has_next = bool(rows) and (more or position.backwards)
        has_previous = bool(rows) and (more if position.backwards else bool(position.values))

        def beside(row: Model, backwards: bool) -> Position:
            values = [column.value_in(row) for column in columns]
            return Position(position.ordering, backwards, values)

        self.next_position = beside(rows[-1], False) if has_next else None
        self.previous_position = beside(rows[0], True) if has_previous else None
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "next": self._link(self.next_position),
                "previous": self._link(self.previous_position),
                "results": data,
            }
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        names = [name for plain in view.orderings for name in (plain, f"-{plain}")]
        ordering = {"type": "string", "enum": names, "default": view.default_ordering}
        size = {"type": "integer", "minimum": 1, "description": f"more than {MOST} are {MOST}"}
        schemas = {"cursor": {"type": "string"}, "ordering": ordering, "page_size": size}
        return [
            {"name": name, "in": "query", "required": False, "schema": schema}
            for name, schema in schemas.items()
        ]

    def _position(self, request: Request, view: Any) -> Position:
        asked = request.query_params.get("ordering", "")
        if asked and asked.removeprefix("-") not in view.orderings:
            known = ", ".join(view.orderings)
            raise Problem(400, "ordering_unknown", f"ordering must be one of: {known}.")
        cursor = request.query_params.get("cursor", "")
        if not cursor:
            return Position(asked or view.default_ordering, False, [])
        position = Position.decoded(cursor)
        declared = position.ordering.removeprefix("-") in view.orderings
        if not declared or (asked and asked != position.ordering):
            raise _invalid_cursor()
        return position

    def _size(self, request: Request) -> int:
        asked = request.query_params.get("page_size", "")
        if not asked:
            return int(api_settings.PAGE_SIZE or 50)
        if not asked.isdecimal() or not asked.isascii() or int(asked[:9]) < 1:
            raise Problem(400, "page_size_invalid", f"page_size must be from 1 to {MOST}.")
        return min(int(asked[:9]), MOST)

    def _link(self, position: Position | None) -> str | None:
        if position is None:
            return None
        here = self.request.build_absolute_uri()
        return replace_query_param(here, "cursor", position.encoded())


def _first(parts: Sequence[Any], limit: int) -> list[Any]:
    """Primary keys among which the first rows of all parts together are."""
    return [key for part in parts for key in part.values_list("pk", flat=True)[:limit]]


def _columns(model: type[Model], view: Any, ordering: str) -> list[Column]:
    turned = ordering.startswith("-")
    columns = []
    for name in view.orderings[ordering.removeprefix("-")]:
        path = name.removeprefix("-")
        field: Any = None
        owner: Any = model
        for part in path.split("__"):
            field = owner._meta.pk if part == "pk" else owner._meta.get_field(part)
            owner = field.related_model
        columns.append(Column(path, name.startswith("-") != turned, field))
    return columns


def _turned(column: Column) -> Column:
    return Column(column.path, not column.descending, column.field)


def _typed(columns: Sequence[Column], values: list[Any]) -> list[Any]:
    """What a cursor says, as the columns' own types: it came from outside."""
    if len(columns) != len(values):
        raise _invalid_cursor()
    typed = []
    for column, value in zip(columns, values, strict=True):
        field = getattr(column.field, "target_field", column.field)
        try:
            found = None if value is None else field.to_python(value)
            if isinstance(found, str) and b"\0" in found.encode():
                raise ValueError
            typed.append(found)
        except (ValidationError, ValueError, TypeError, OverflowError):  # half a surrogate too
            raise _invalid_cursor() from None
    return typed


def _after(columns: Sequence[Column], values: list[Any]) -> Any:
    directions = {column.descending for column in columns}
    plain = not any(column.nullable for column in columns) and None not in values
    if plain and len(directions) == 1 and len(columns) > 1:
        comparison = TupleLessThan if directions.pop() else TupleGreaterThan
        return comparison(Tuple(*(column.path for column in columns)), values)
    condition, level = Q(pk__in=[]), Q()
    for column, value in zip(columns, values, strict=True):
        condition |= level & column.beyond(value)
        level &= column.at(value)
    # implied by the rest, yet without it an index would be walked from its beginning
    return condition & (columns[0].at(values[0]) | columns[0].beyond(values[0]))


def _invalid_cursor() -> Problem:
    return Problem(400, "cursor_invalid", "Take the cursor from next or previous as it is.")
