"""What people share on a task, over the API: watching, files, and the task of the cause."""

from typing import Any

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cx_loop import clock
from cx_loop.api.bodies import SmallJson
from cx_loop.api.permissions import HasScope, ReadsOrWorks
from cx_loop.api.problems import Problem
from cx_loop.api.replays import IDEMPOTENCY_KEY, replayable
from cx_loop.api.said import Said, Whole, problems, read_said
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import actor_of, viewer_of
from cx_loop.ui.downloads import as_download
from tasks.actions import attachments, parents, watching
from tasks.api.calls import CallSaid, WorkView
from tasks.api.refusals import refusals
from tasks.api.shapes import TaskDetailShape, tell
from tasks.api.sharing_shapes import AttachmentShape
from tasks.logic.attachments import LARGEST
from tasks.models import Attachment, Task
from tasks.reads.sharing import attachments_of


class LinkSaid(CallSaid):
    parent = Whole(  # type: ignore[assignment]
        required=False,
        min_value=1,
        max_value=2**63 - 1,
        help_text="number of the task of the cause",
    )


class SharingView(WorkView):
    """Does something to a task and answers with the task."""

    @replayable
    def post(self, request: Request, number: int) -> Response:
        by, now = actor_of(request), clock.now()
        viewer = viewer_of(request)
        fields = read_said(self.said, request)

        def seen(number: int) -> dict[str, Any] | None:
            return tell(number, viewer, now, by.user)

        with refusals(seen):
            self.do(number=number, by=by, now=now, **fields)
        return Response(seen(number))

    said: type[Said] = Said

    def do(self, **asked: Any) -> Any:
        raise NotImplementedError


def _described(name: str, summary: str, said: type[Said], do: Any) -> type[SharingView]:
    """A view of its own for each, so the OpenAPI document can tell them apart."""
    made = type(f"{name.title()}View", (SharingView,), {"said": said, "do": staticmethod(do)})

    def post(self: SharingView, request: Request, number: int) -> Response:
        return SharingView.post(self, request, number)

    made.post = extend_schema(  # type: ignore[attr-defined]
        operation_id=f"tasks_{name}",
        summary=summary,
        tags=["tasks"],
        parameters=[IDEMPOTENCY_KEY],
        request=said,
        responses={200: TaskDetailShape, **problems(400, 401, 403, 404, 409, 429)},
    )(post)
    return made


WatchView = _described("watch", "Hear of every change of its state", Said, watching.watch)
UnwatchView = _described("unwatch", "Hear of it no more", Said, watching.unwatch)
LinkView = _described("link", "Put it under the task of its cause", LinkSaid, parents.link)
UnlinkView = _described("unlink", "Take it out from under it", CallSaid, parents.unlink)


class UploadSaid(serializers.Serializer[Any]):
    """multipart/form-data."""

    file = serializers.FileField()
    as_ = serializers.EmailField(required=False, help_text="named `as`; needed from an API key")


class AttachmentsView(APIView):
    permission_classes = [ReadsOrWorks]
    throttle_classes = [PerCaller]
    largest_body = LARGEST + 64 * 1024  # a file, and what stands around it
    parser_classes = [MultiPartParser, SmallJson]  # JSON carries no file, and is told so

    @property
    def rate(self) -> str:
        return "work" if self.request.method == "POST" else "read"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.task = _seen(request, kwargs["number"])

    @extend_schema(
        operation_id="tasks_attachments_list",
        summary="List the files on a task",
        tags=["tasks"],
        responses={200: AttachmentShape(many=True), **problems(401, 403, 404, 429)},
    )
    def get(self, request: Request, number: int) -> Response:
        return Response([AttachmentShape(kept).data for kept in attachments_of(self.task)])

    @extend_schema(
        operation_id="tasks_attachments_create",
        summary="Put a file on a task",
        description="Pictures, PDF, text, CSV and Office files; the content must be what the name"
        " says. The same file again is the one that is there.",
        tags=["tasks"],
        request={"multipart/form-data": UploadSaid},
        responses={201: AttachmentShape, **problems(400, 401, 403, 404, 413, 429)},
    )
    @replayable
    def post(self, request: Request, number: int) -> Response:
        upload = request.FILES.get("file")
        if getattr(request._request, "upload_too_large", False):
            raise Problem(413, "file_too_large", attachments.REFUSALS["file_too_large"])
        by = actor_of(request)
        if by.user is None or not Task.objects.filter(pk=number).visible_to(by.user).exists():
            raise Http404  # before anything is said of the file
        name, content = (upload.name or "", upload.read()) if upload else ("", b"")
        with refusals(lambda number: None):
            kept = attachments.attach(
                number=number, by=by, now=clock.now(), name=name, content=content
            )
        return Response(AttachmentShape(kept).data, status=201)


class AttachmentView(APIView):
    permission_classes = [HasScope("read", people=True)]
    throttle_classes = [PerCaller]

    @extend_schema(
        operation_id="tasks_attachments_retrieve",
        summary="Download a file of a task",
        tags=["tasks"],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}
        | problems(401, 403, 404, 429),
    )
    def get(self, request: Request, number: int, pk: int) -> HttpResponse:
        kept = Attachment.objects.filter(task=_seen(request, number), pk=pk).kept().first()
        if kept is None or kept.content is None:
            raise Http404
        return as_download(bytes(kept.content), kept.name)


class RemoveAttachmentView(WorkView):
    @extend_schema(
        operation_id="tasks_attachments_remove",
        summary="Take a file away for good; answers with those that are left",
        tags=["tasks"],
        request=Said,
        responses={200: AttachmentShape(many=True), **problems(400, 401, 403, 404, 429)},
    )
    @replayable
    def post(self, request: Request, number: int, pk: int) -> Response:
        by = actor_of(request)
        read_said(Said, request)
        with refusals(lambda number: None):
            gone = attachments.remove(number=number, pk=pk, by=by, now=clock.now())
        return Response([AttachmentShape(kept).data for kept in attachments_of(gone.task)])


def _seen(request: Request, number: int) -> Task:
    """The task as the caller may see it; another department's is not there at all."""
    found = Task.objects.all().visible_to(viewer_of(request)).filter(number=number).first()
    if found is None:
        raise Http404
    return found
