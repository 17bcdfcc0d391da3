"""What customers wrote, by what it says; corrected by people, counted into themes."""

from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cx_loop import clock
from cx_loop.actions import voice_words
from cx_loop.api.catalog import ReadOnly
from cx_loop.api.permissions import HasScope
from cx_loop.api.problems import Problem
from cx_loop.api.replays import replayable
from cx_loop.api.said import Said, Word, problems, read_said
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import actor_of, viewer_of
from cx_loop.logic.voice.origins import ORIGINS
from cx_loop.logic.voice.words import CATEGORIES, KINDS
from cx_loop.models import Feedback, Touchpoint
from cx_loop.reads.voice import comments_for, themes_of
from cx_loop.ui.voice import words_of


class MentionShape(serializers.Serializer[Any]):
    """[start, end) of the comment as it was sent; words: what made it, without personal data."""

    kind = serializers.ChoiceField(choices=KINDS)
    category = serializers.ChoiceField(choices=CATEGORIES, allow_blank=True)
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    words = serializers.CharField(allow_blank=True)


class CustomerCommentShape(serializers.ModelSerializer[Feedback]):
    """A comment and what it says; `text` without personal data."""

    id = serializers.UUIDField(source="digest", read_only=True)
    touchpoint = serializers.SlugRelatedField[Any](
        slug_field="key", read_only=True, allow_null=True
    )
    text = serializers.SerializerMethodField()
    source = serializers.SlugRelatedField[Any](slug_field="key", read_only=True)  # type: ignore[assignment]
    source_kind = serializers.SerializerMethodField()
    mentions = serializers.SerializerMethodField()
    corrected = serializers.SerializerMethodField()

    class Meta:
        model = Feedback
        fields = [
            "id",
            "touchpoint",
            "segment",
            "channel",
            "location",
            "occurred_at",
            "source",
            "source_kind",
            "text",
            "heard",
            "polarity",
            "confidence",
            "mentions",
            "analyser",
            "corrected",
        ]
        read_only_fields = fields

    def get_text(self, row: Feedback) -> str:
        return words_of(row)

    def get_source_kind(self, row: Feedback) -> str:
        """survey, or what its source says: call, chat, community, review, mystery_visit, ..."""
        return str(row.source.options.get("kind") or "survey")

    @extend_schema_field(MentionShape(many=True))
    def get_mentions(self, row: Feedback) -> list[dict[str, Any]]:
        names = ("kind", "category", "start", "end", "words")
        return [dict(zip(names, each, strict=True)) for each in row.mentions]

    def get_corrected(self, row: Feedback) -> bool:
        return row.corrected_by_id is not None


class CommentFilter(django_filters.FilterSet):
    touchpoint = django_filters.CharFilter(field_name="touchpoint__key")
    source_kind = django_filters.ChoiceFilter(
        choices=[(each, each) for each in ("survey", *ORIGINS)], method="of_origin"
    )
    kind = django_filters.ChoiceFilter(choices=[(k, k) for k in KINDS], method="mentioning")
    category = django_filters.ChoiceFilter(
        choices=[(k, k) for k in CATEGORIES], method="mentioning"
    )

    def of_origin(self, found: QuerySet[Feedback], name: str, value: str) -> QuerySet[Feedback]:
        return comments_for(found, origin=value)

    def mentioning(self, found: QuerySet[Feedback], name: str, value: str) -> QuerySet[Feedback]:
        """Both together, when both are asked: a pain of efficiency, not a pain and efficiency."""
        if name == "category" and self.form.cleaned_data.get("kind"):
            return found
        category = self.form.cleaned_data.get("category") or ""
        return comments_for(
            found,
            kind=value if name == "kind" else "",
            category=value if name == "category" else category,
        )


class Comments(ReadOnly):
    """Comments at touchpoints you see, the latest first."""

    serializer_class = CustomerCommentShape
    queryset = Feedback.objects.none()
    filterset_class = CommentFilter
    lookup_field = "digest"
    lookup_url_kwarg = "pk"
    lookup_value_regex = "[0-9a-f-]{36}"
    orderings = {"occurred_at": ("occurred_at", "digest")}
    default_ordering = "-occurred_at"

    def get_queryset(self) -> QuerySet[Feedback]:
        seen = Feedback.objects.all().visible_to(viewer_of(self.request))
        return seen.exclude(comment="").select_related("touchpoint", "source")


class SaysShape(serializers.Serializer[Any]):
    kind = Word(choices=KINDS)
    category = Word(choices=("", *CATEGORIES), required=False, default="")


class CorrectSaid(Said):
    mentions = SaysShape(many=True, help_text="what it really says; none: nothing of the kind")


class CorrectView(APIView):
    """A person says what a comment says; it stays so until the comment changes."""

    permission_classes = [HasScope("work", people=True)]
    throttle_classes = [PerCaller]
    rate = "work"

    @extend_schema(
        operation_id="comments_correct",
        summary="Correct what a comment says",
        tags=["comments"],
        request=CorrectSaid,
        responses={200: CustomerCommentShape, **problems(400, 401, 403, 404, 429)},
    )
    @replayable
    def post(self, request: Request, pk: UUID) -> Response:
        by = actor_of(request)
        assert by.user is not None
        # a key sees no further than the person it acts for
        seen = Feedback.objects.all().visible_to(viewer_of(request)).visible_to(by.user)
        found = get_object_or_404(seen.exclude(comment=""), pk=pk)
        wanted = read_said(CorrectSaid, request)["mentions"]
        said = [(each["kind"], each["category"]) for each in wanted]
        try:
            kept = voice_words.correct(feedback=found, mentions=said, by=by, now=clock.now())
        except voice_words.CorrectionError as refusal:
            raise Problem(400, refusal.code, "This cannot be said of a comment.") from None
        return Response(CustomerCommentShape(kept).data)


class ThemeShape(serializers.Serializer[Any]):
    """`count` of `of` comments in four weeks, and in the four weeks before; weeks: per cent of the
    comments of each of twelve weeks, the latest last, null where nobody wrote."""

    kind = serializers.ChoiceField(choices=KINDS)
    category = serializers.ChoiceField(choices=CATEGORIES, allow_blank=True)
    count = serializers.IntegerField()
    of = serializers.IntegerField()
    before = serializers.IntegerField()
    before_of = serializers.IntegerField()
    weeks = serializers.ListField(child=serializers.FloatField(allow_null=True))


class ThemesShape(serializers.Serializer[Any]):
    themes = ThemeShape(many=True)


class ThemesView(APIView):
    """What customers speak of at a touchpoint, over time."""

    permission_classes = [HasScope("read", people=True)]
    throttle_classes = [PerCaller]
    rate = "read"

    @extend_schema(
        operation_id="touchpoints_themes",
        summary="Themes of a touchpoint's comments",
        tags=["comments"],
        responses={200: ThemesShape, **problems(401, 403, 404, 429)},
    )
    def get(self, request: Request, key: str) -> Response:
        seen = Touchpoint.objects.all().visible_to(viewer_of(request))
        found = get_object_or_404(seen, key=key)
        return Response(ThemesShape({"themes": themes_of(found, now=clock.now())}).data)
