"""GET, POST tasks/{number}/sentences/, POST tasks/{number}/sentences/{release,withdraw}/, GET, POST
tasks/{number}/told/: what customers may read of a fix, and telling them."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cx_loop import clock
from cx_loop.api.permissions import ReadsOrWorks
from cx_loop.api.replays import IDEMPOTENCY_KEY, replayable
from cx_loop.api.said import Said, Whole, problems, read_said
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import actor_of, viewer_of
from cx_loop.models import department_ids_of
from tasks.actions import mended, telling
from tasks.api.texts import Texts, merged, refusals_of_words
from tasks.models import Task
from tasks.reads.complained import ORIGINS
from tasks.reads.telling import audience_of, good_verdict, sentence_of, tellings_of

LARGEST_ID = 2**63 - 1


class SentencesShape(serializers.Serializer[Any]):
    said = Texts(help_text="what customers said")
    mended = Texts(help_text="what was mended")
    version = serializers.IntegerField(help_text="0: not written yet")
    written_by = serializers.EmailField(source="written_by.email", allow_null=True, default=None)
    written_at = serializers.DateTimeField(allow_null=True, default=None)
    released_by = serializers.EmailField(source="released_by.email", allow_null=True, default=None)
    released_at = serializers.DateTimeField(allow_null=True, default=None)


class SentencesSaid(Said):
    said = Texts(required=False, help_text="what customers said")
    mended = Texts(required=False, help_text="what was mended")
    version = Whole(required=False, help_text="as it was read, 0 for none: another is a 409")


class SentencesReadSaid(Said):
    version = Whole(required=False, help_text="as it was read: a newer one is a 409")


class TellSaid(Said):
    template = Whole(required=False, help_text="id of an approved one")
    version = Whole(required=False, help_text="of the template as it was read")


class TellingShape(serializers.Serializer[Any]):
    at = serializers.DateTimeField(source="telling.at")
    by = serializers.EmailField(source="telling.by.email")
    template = serializers.IntegerField(source="telling.template_id")
    template_version = serializers.IntegerField(source="telling.template_version")
    mail = serializers.IntegerField()
    file = serializers.IntegerField(help_text="known by address to the survey tool only")
    sent = serializers.IntegerField(help_text="of the file, as the survey tool says")
    failed = serializers.IntegerField(help_text="likewise")
    opted_out = serializers.IntegerField(help_text="likewise")


class ToldShape(serializers.Serializer[Any]):
    """How many customers may be told, and who was; nobody is named."""

    proven = serializers.BooleanField(help_text="whether the verdict lets customers be told")
    mail = serializers.IntegerField(help_text="customers who would be written to")
    file = serializers.IntegerField(help_text="customers for the file of the survey tool")
    origins = serializers.DictField(
        child=serializers.IntegerField(),
        help_text=f"where those are known from: {', '.join(ORIGINS)}",
    )
    left_out = serializers.DictField(
        child=serializers.IntegerField(), help_text="no_consent, not_asked, opted_out, told"
    )
    tellings = TellingShape(many=True)


class OfTheDepartment(APIView):
    """For who works in the task's department, or sees everything: customers are no business of
    whoever had it once. A foreign task is 404 before the body is read."""

    permission_classes = [ReadsOrWorks]
    throttle_classes = [PerCaller]

    @property
    def rate(self) -> str:
        return "work" if self.request.method == "POST" else "read"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        viewer = viewer_of(request)
        departments = department_ids_of(viewer)
        found = Task.objects.all().visible_to(viewer).filter(number=kwargs["number"]).first()
        if found is None or (departments is not None and found.department_id not in departments):
            raise Http404
        self.task = found


class SentencesView(OfTheDepartment):
    @extend_schema(
        operation_id="tasks_sentences_retrieve",
        summary="Read what customers may read of a fix",
        tags=["recovery"],
        responses={200: SentencesShape, **problems(401, 403, 404, 429)},
    )
    def get(self, request: Request, number: int) -> Response:
        return Response(_sentences(self.task))

    @extend_schema(
        operation_id="tasks_sentences_write",
        summary="Write what customers may read of a fix",
        description="Two sentences in each language, only while the fix has proven to help; no"
        " number but those of an effective verdict, no personal data, no words of a customer's."
        " A lead releases them; a change takes the release back. What is not said stays.",
        tags=["recovery"],
        parameters=[IDEMPOTENCY_KEY],
        request=SentencesSaid,
        responses={200: SentencesShape, **problems(400, 401, 403, 404, 409, 429)},
    )
    @replayable
    def post(self, request: Request, number: int) -> Response:
        by, given = actor_of(request), read_said(SentencesSaid, request)
        kept = sentence_of(self.task)
        with refusals_of_words(lambda: _sentences(self.task)):
            mended.write_sentence(
                number=number,
                version=given.get("version", 0),
                said=merged(kept.said if kept else {}, given.get("said")),
                mended=merged(kept.mended if kept else {}, given.get("mended")),
                by=by,
                now=clock.now(),
            )
        return Response(_sentences(self.task))


class _OfLead(OfTheDepartment):
    do: Any = None

    @replayable
    def post(self, request: Request, number: int) -> Response:
        by, given = actor_of(request), read_said(SentencesReadSaid, request)
        with refusals_of_words(lambda: _sentences(self.task)):
            self.do(number=number, version=given.get("version", 0), by=by, now=clock.now())
        return Response(_sentences(self.task))


def _described(call: str, summary: str, do: Any) -> type[_OfLead]:
    """A view of its own for each, so the OpenAPI document can tell them apart."""

    def post(self: _OfLead, request: Request, number: int) -> Response:
        return _OfLead.post(self, request, number)

    described = extend_schema(
        operation_id=f"tasks_sentences_{call}",
        summary=summary,
        description="By a lead of the department.",
        tags=["recovery"],
        parameters=[IDEMPOTENCY_KEY],
        request=SentencesReadSaid,
        responses={200: SentencesShape, **problems(400, 401, 403, 404, 409, 429)},
    )
    members = {"post": described(post), "do": staticmethod(do)}
    return type(f"{call.title()}SentencesView", (_OfLead,), members)


ReleaseView = _described(
    "release", "Let everybody read the sentences, as they were read", mended.release_sentence
)
WithdrawView = _described("withdraw", "Take the sentences back", mended.withdraw_sentence)


class ToldView(OfTheDepartment):
    @extend_schema(
        operation_id="tasks_told_retrieve",
        summary="Read how many customers may be told of a fix, and who was",
        tags=["recovery"],
        responses={200: ToldShape, **problems(401, 403, 404, 429)},
    )
    def get(self, request: Request, number: int) -> Response:
        return Response(_told(self.task))

    @extend_schema(
        operation_id="tasks_tell",
        summary="Tell the customers what was mended",
        description="Each once, in approved words: by mail where their reference is an address,"
        " else by the file for the survey tool, `told/file/`.",
        tags=["recovery"],
        parameters=[IDEMPOTENCY_KEY],
        request=TellSaid,
        responses={200: ToldShape, **problems(400, 401, 403, 404, 409, 429)},
    )
    @replayable
    def post(self, request: Request, number: int) -> Response:
        by, given = actor_of(request), read_said(TellSaid, request)
        with refusals_of_words(lambda: _told(self.task)):
            telling.tell_customers(
                number=number,
                template=given.get("template", 0),
                version=given.get("version", 0),
                by=by,
                now=clock.now(),
            )
        return Response(_told(self.task))


def _sentences(task: Task) -> Any:
    kept = sentence_of(task)
    empty = {"said": merged({}, None), "mended": merged({}, None), "version": 0}
    return SentencesShape(kept or empty).data


def _told(task: Task) -> Any:
    found = audience_of(task) if good_verdict(task) else None
    said = {
        "proven": found is not None,
        "mail": len(found.by_mail) if found else 0,
        "file": len(found.by_file) if found else 0,
        "origins": found.origins if found else {},
        "left_out": dict(found.left_out) if found else {},
        "tellings": tellings_of(task),
    }
    return ToldShape(said).data
