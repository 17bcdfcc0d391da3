"""GET, POST sources/{key}/files/, GET …/files/{id}/ and its refused/, POST its {try,count,stop,
drop}/: files of answers, as on the page of the source."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cx_loop import clock
from cx_loop.actions import files as actions
from cx_loop.api.bodies import SmallJson
from cx_loop.api.permissions import HasScope
from cx_loop.api.problems import Problem
from cx_loop.api.replays import IDEMPOTENCY_KEY, replayable
from cx_loop.api.said import Said, problems, read_said
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import actor_of, viewer_of
from cx_loop.ingest.responses import is_mapped
from cx_loop.models import Actor, ApiKey, HandedFile, RefusedLine, Source
from cx_loop.notices import say_reason
from cx_loop.reads.sources import sources_in_force

LARGEST_ID = 2**63 - 1


class FileShape(serializers.ModelSerializer[HandedFile]):
    """How far a file is and what came of it; what stands in it is not shown."""

    source = serializers.SlugRelatedField[Any](slug_field="key", read_only=True)  # type: ignore[assignment]
    done = serializers.IntegerField(read_only=True, help_text="the last line settled, of `lines`")
    rows = serializers.IntegerField(read_only=True, help_text="settled, without the header")
    landed = serializers.IntegerField(read_only=True, help_text="counted; when tried, would be")
    refused = serializers.IntegerField(read_only=True, help_text="lines that cannot be counted")
    working = serializers.BooleanField(source="is_at_work", read_only=True)
    handed_by = serializers.EmailField(source="handed_by.email", allow_null=True, default=None)
    progress = serializers.SerializerMethodField(help_text="where to ask again")
    refusals = serializers.SerializerMethodField(help_text="where the refused lines are")

    class Meta:
        model = HandedFile
        fields = [
            *("id", "source", "name", "kind", "state", "then", "working", "lines", "done", "rows"),
            *("landed", "refused", "reason", "where", "handed_at", "handed_by", "settled_at"),
            *("progress", "refusals"),
        ]
        read_only_fields = fields

    def get_progress(self, file: HandedFile) -> str:
        return address_of(file)

    def get_refusals(self, file: HandedFile) -> str:
        return f"{address_of(file)}refused/"


class RefusedLineShape(serializers.ModelSerializer[RefusedLine]):
    cells = serializers.ListField(child=serializers.CharField(), help_text="as they stood")
    message = serializers.SerializerMethodField()

    class Meta:
        model = RefusedLine
        fields = ["line", "cells", "code", "message", "about"]
        read_only_fields = fields

    def get_message(self, line: RefusedLine) -> str:
        return say_reason(line.code)


class HandedInSaid(serializers.Serializer[Any]):
    """multipart/form-data."""

    file = serializers.FileField(help_text="CSV or XLSX, at most 10 MB")
    then = serializers.ChoiceField(
        choices=["try", "count"],
        required=False,
        help_text="once it is read: try it (nothing is counted), or count it; else nothing",
    )

    def get_fields(self) -> dict[str, Any]:
        person = serializers.EmailField(required=False, help_text="needed from an API key")
        return {**super().get_fields(), "as": person}


class OfSource(APIView):
    """For admins, and keys with `admin` that are bound to no department or other source."""

    permission_classes = [HasScope("admin", people=True)]
    throttle_classes = [PerCaller]

    @property
    def rate(self) -> str:
        return "work" if self.request.method == "POST" else "read"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        viewer = viewer_of(request)
        seen = sources_in_force().filter(key=kwargs["key"])
        if isinstance(viewer, ApiKey):
            if viewer.department_id is not None:
                raise Problem(403, "key_is_bound", "A key of a department does not do this.")
            seen = seen.filter(pk=viewer.source_id) if viewer.source_id is not None else seen
        else:
            _only_admins(Actor(user=viewer) if viewer.is_authenticated else Actor())
        found = seen.first()
        if found is None:
            raise Http404
        self.source: Source = found

    def admin(self, request: Request) -> Actor:
        """Who acts, as a key names them or as they are signed in."""
        by = actor_of(request)
        _only_admins(by)
        return by

    def file(self, pk: int) -> HandedFile:
        found = _files(self.source).filter(pk=pk).first() if pk <= LARGEST_ID else None
        if found is None:
            raise Http404
        return found


class FilesView(OfSource, GenericAPIView[HandedFile]):
    largest_body = actions.LARGEST + 64 * 1024  # a file, and what stands around it
    parser_classes = [MultiPartParser, SmallJson]  # JSON carries no file, and is told so
    serializer_class = FileShape
    queryset = HandedFile.objects.all()
    orderings = {"id": ("id",)}
    default_ordering = "-id"

    def get_queryset(self) -> QuerySet[HandedFile]:
        return _files(self.source)

    @extend_schema(
        operation_id="sources_files_list",
        summary="List the files handed in",
        tags=["sources"],
        responses=FileShape(many=True),
    )
    def get(self, request: Request, key: str) -> Response:
        page: Any = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(FileShape(page, many=True).data)

    @extend_schema(
        operation_id="sources_files_create",
        summary="Hand in a file of answers",
        description="It is read, tried and counted after the answer; ask at `Location` how far it"
        " is and what was refused. A line that was counted before counts no second time.",
        tags=["sources"],
        parameters=[IDEMPOTENCY_KEY],
        request={"multipart/form-data": HandedInSaid},
        responses={
            202: OpenApiResponse(FileShape, description="`Location`: where to ask how far it is"),
            **problems(400, 401, 403, 404, 409, 413, 429),
        },
    )
    @replayable
    def post(self, request: Request, key: str) -> Response:
        upload = request.FILES.get("file")
        if getattr(request._request, "upload_too_large", False):
            raise Problem(413, "file_too_large", "A file may have 10 MB; send it as several.")
        by = self.admin(request)
        asked = HandedInSaid(data=request.data)
        asked.is_valid(raise_exception=True)
        then = asked.validated_data.get("then", "")
        if then and not is_mapped(self.source):
            detail = "Say first which column is which; without `then` the file waits for it."
            raise Problem(409, "mapping_missing", detail)
        assert upload is not None
        made = actions.hand_in(
            source=self.source,
            name=upload.name or "",
            content=upload.read(),
            then=then,
            by=by,
            now=clock.now(),
        )
        return Response(FileShape(made).data, status=202, headers={"Location": address_of(made)})


class FileView(OfSource):
    @extend_schema(
        operation_id="sources_files_retrieve",
        summary="Read how far a file is",
        tags=["sources"],
        responses={200: FileShape, **problems(401, 403, 404, 429)},
    )
    def get(self, request: Request, key: str, file: int) -> Response:
        return Response(FileShape(self.file(file)).data)


class RefusedView(OfSource, GenericAPIView[RefusedLine]):
    serializer_class = RefusedLineShape
    queryset = RefusedLine.objects.all()
    orderings = {"line": ("line", "id")}
    default_ordering = "line"

    @extend_schema(
        operation_id="sources_files_refused",
        summary="List the refused lines of a file, as they stood, each with why",
        tags=["sources"],
        responses=RefusedLineShape(many=True),
    )
    def get(self, request: Request, key: str, file: int) -> Response:
        found = self.file(file)
        page: Any = self.paginate_queryset(RefusedLine.objects.filter(file=found))
        return self.get_paginated_response(RefusedLineShape(page, many=True).data)


class FileCall(OfSource):
    do: Callable[..., None]

    @replayable
    def post(self, request: Request, key: str, file: int) -> Response:
        by, found = self.admin(request), self.file(file)
        read_said(Said, request)
        try:
            self.do(file=found, by=by, now=clock.now())
        except actions.NotNow:
            detail = "It is at work, or could not be read: look at how far it is."
            raise Problem(409, "not_now", detail, file=FileShape(self.file(file)).data) from None
        kept = _files(self.source).filter(pk=file).first()
        return Response(FileShape(kept or found).data)


def _described(call: str, summary: str, do: Callable[..., None]) -> type[FileCall]:
    """A view of its own for each, so the OpenAPI document can tell them apart."""

    def post(self: FileCall, request: Request, key: str, file: int) -> Response:
        return FileCall.post(self, request, key, file)

    described = extend_schema(
        operation_id=f"sources_files_{call}",
        summary=summary,
        tags=["sources"],
        parameters=[IDEMPOTENCY_KEY],
        request=Said,
        responses={200: FileShape, **problems(400, 401, 403, 404, 409, 429)},
    )
    members = {"post": described(post), "do": staticmethod(do)}
    return type(f"{call.title()}FileView", (FileCall,), members)


TryFileView = _described("try", "Try a file: nothing is counted", actions.try_file)
CountFileView = _described("count", "Count a file", actions.count_file)
StopFileView = _described("stop", "Stop trying or counting", actions.stop_file)
DropFileView = _described("drop", "Throw a file away; what was counted stays", actions.drop_file)


def address_of(file: HandedFile) -> str:
    return reverse("source-file", args=[file.source.key, file.pk])


def _files(source: Source) -> QuerySet[HandedFile]:
    kept = HandedFile.objects.filter(source=source).select_related("source", "handed_by")
    return kept.defer("content", "text", "head")


def _only_admins(by: Actor) -> None:
    if by.user is None or not by.user.is_superuser:
        raise Problem(403, "not_yours", "Sources are for admins.")
