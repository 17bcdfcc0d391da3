"""GET and POST moment-cards/, GET moment-cards/{id}/, POST moment-cards/{id}/{change,retire}/ and
moment-cards/rank/."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cx_loop import clock
from cx_loop.actions import moment_cards
from cx_loop.actions.errors import Forbidden, Invalid, NotFound
from cx_loop.api.filters import YesNo
from cx_loop.api.permissions import HasScope, ReadsOrWorks
from cx_loop.api.problems import Problem
from cx_loop.api.replays import replayable
from cx_loop.api.said import Said, Text, Whole, Word, problems, read_said
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import actor_of, viewer_of
from cx_loop.logic.moments import ANSWERS, POLARITIES, TYPES, polarity
from cx_loop.models import Actor, MomentCard, MomentWeights


class MomentCardShape(serializers.Serializer[MomentCard]):
    """One lived moment. Needs `neutral` in the context."""

    id = serializers.IntegerField()
    touchpoint = serializers.CharField(source="touchpoint.key")
    journey = serializers.CharField(source="touchpoint.stage.journey.key")
    segment = serializers.CharField()
    who = serializers.CharField()
    scene = serializers.CharField()
    felt = serializers.CharField()
    type = serializers.CharField(
        source="moment_type", help_text=f"its own, else the touchpoint's: {', '.join(TYPES)} or ''"
    )
    score = serializers.FloatField(allow_null=True, help_text="what was felt, −5..+5")
    polarity = serializers.SerializerMethodField()
    answer = serializers.SerializerMethodField()
    rank = serializers.IntegerField(source="place", allow_null=True, help_text="1 first")
    made_by = serializers.EmailField(source="made_by.email", allow_null=True)
    made_at = serializers.DateTimeField()
    retired = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(choices=[*POLARITIES], allow_null=True))
    def get_polarity(self, card: MomentCard) -> str | None:
        return None if card.score is None else polarity(card.score, self.context["neutral"])

    @extend_schema_field(serializers.ChoiceField(choices=[*ANSWERS.values()], allow_null=True))
    def get_answer(self, card: MomentCard) -> str | None:
        found = self.get_polarity(card)
        return ANSWERS[found] if found else None

    def get_retired(self, card: MomentCard) -> bool:
        return card.retired_at is not None


class Score(serializers.FloatField):
    """A number; neither "3" nor true is one."""

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        return super().to_internal_value(data)


class CardChangeSaid(Said):
    who = Text(required=False, max_length=120, help_text="a kind of customer, never a name")
    scene = Text(required=False, max_length=400)
    felt = Text(required=False, max_length=400)
    segment = Text(required=False, max_length=80, help_text="key")
    type = Word(required=False, choices=["", *TYPES], help_text="empty: the touchpoint's")
    score = Score(
        required=False, allow_null=True, min_value=-5, max_value=5, help_text="what was felt"
    )


class CardSaid(CardChangeSaid):
    touchpoint = Text(required=False, max_length=80, help_text="key")


class RetireSaid(Said):
    pass


class RankSaid(Said):
    cards = serializers.ListField(
        child=Whole(min_value=1, max_value=2**63 - 1),
        required=False,
        max_length=moment_cards.MOST_RANKED,
        help_text="ids in the order wanted",
    )
    journey = Text(required=False, max_length=80, help_text="instead: its cards by priority")


class CardFilters(filters.FilterSet):
    touchpoint = filters.CharFilter(field_name="touchpoint__key", label="key")
    journey = filters.CharFilter(field_name="touchpoint__stage__journey__key", label="key")
    segment = filters.CharFilter(label="key")
    retired = YesNo(field_name="retired_at", lookup_expr="isnull", exclude=True)


class CardsView(GenericAPIView[MomentCard]):
    """Cards at touchpoints the caller sees, in the order people gave them."""

    permission_classes = [ReadsOrWorks]
    throttle_classes = [PerCaller]
    serializer_class = MomentCardShape
    filterset_class = CardFilters
    queryset = MomentCard.objects.all()
    orderings = {"rank": ("rank", "id"), "id": ("id",)}
    default_ordering = "rank"

    @property
    def rate(self) -> str:
        return "work" if self.request.method == "POST" else "read"

    def get_queryset(self) -> QuerySet[MomentCard]:
        return _told(MomentCard.objects.all().visible_to(viewer_of(self.request)))

    @extend_schema(
        operation_id="moment_cards_list",
        summary="List moment cards",
        tags=["journeys"],
        responses=MomentCardShape(many=True),
    )
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        assert page is not None
        return self.get_paginated_response(_shown(page))

    @extend_schema(
        operation_id="moment_cards_create",
        summary="Write a moment card",
        tags=["journeys"],
        request=CardSaid,
        responses={201: MomentCardShape, **problems(400, 401, 403, 429)},
    )
    @replayable
    def post(self, request: Request) -> Response:
        by, said = actor_of(request), read_said(CardSaid, request)
        with refusals():
            card = moment_cards.make_card(
                touchpoint=said.pop("touchpoint", ""), said=_fields(said), by=by, now=clock.now()
            )
        return Response(_one(card), status=201)


class CardView(APIView):
    permission_classes = [HasScope("read", people=True)]
    throttle_classes = [PerCaller]

    @extend_schema(
        operation_id="moment_cards_retrieve",
        summary="Read one moment card",
        tags=["journeys"],
        responses={200: MomentCardShape, **problems(401, 403, 404, 429)},
    )
    def get(self, request: Request, pk: int) -> Response:
        card = MomentCard.objects.all().visible_to(viewer_of(request)).filter(pk=pk).first()
        if card is None:
            raise Http404
        return Response(_one(card))


class _Call(APIView):
    permission_classes = [HasScope("work", people=True)]
    throttle_classes = [PerCaller]
    rate = "work"
    takes: type[Said] = RetireSaid

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        seen = MomentCard.objects.in_force().visible_to(viewer_of(request))
        if not seen.filter(pk=kwargs["pk"]).exists():
            raise Http404

    def answered(self, request: Request, pk: int) -> Response:
        by, said = actor_of(request), read_said(self.takes, request)
        with refusals():
            card = self.do(pk, _fields(said), by)
        return Response(_one(card))

    def do(self, pk: int, said: dict[str, Any], by: Actor) -> MomentCard:
        raise NotImplementedError


_ANSWERS: dict[Any, Any] = {200: MomentCardShape, **problems(400, 401, 403, 404, 429)}


class ChangeCardView(_Call):
    takes = CardChangeSaid

    def do(self, pk: int, said: dict[str, Any], by: Actor) -> MomentCard:
        return moment_cards.change_card(pk=pk, said=said, by=by, now=clock.now())

    @extend_schema(
        operation_id="moment_cards_change",
        summary="Change a moment card",
        description="What is not said stays as it is.",
        tags=["journeys"],
        request=CardChangeSaid,
        responses=_ANSWERS,
    )
    def post(self, request: Request, pk: int) -> Response:
        return self.answered(request, pk)


class RetireCardView(_Call):
    def do(self, pk: int, said: dict[str, Any], by: Actor) -> MomentCard:
        return moment_cards.retire_card(pk=pk, by=by, now=clock.now())

    @extend_schema(
        operation_id="moment_cards_retire",
        summary="Retire a moment card",
        tags=["journeys"],
        request=RetireSaid,
        responses=_ANSWERS,
    )
    def post(self, request: Request, pk: int) -> Response:
        return self.answered(request, pk)


class RankView(APIView):
    permission_classes = [HasScope("work", people=True)]
    throttle_classes = [PerCaller]
    rate = "work"

    @extend_schema(
        operation_id="moment_cards_rank",
        summary="Put moment cards in order",
        description="By hand (`cards`), or those of a journey by the priority of their touchpoint "
        "for their segment.",
        tags=["journeys"],
        request=RankSaid,
        responses={200: MomentCardShape(many=True), **problems(400, 401, 403, 429)},
    )
    def post(self, request: Request) -> Response:
        by, said = actor_of(request), read_said(RankSaid, request)
        if ("cards" in said) == ("journey" in said):
            raise _invalid(("cards", "required", "Name the cards in their order, or a journey."))
        with refusals():
            if "cards" in said:
                ranked = moment_cards.rank_cards(cards=said["cards"], by=by, now=clock.now())
            else:
                ranked = moment_cards.rank_by_priority(
                    journey=said["journey"], by=by, now=clock.now()
                )
        rows = _told(MomentCard.objects.filter(pk__in=[card.pk for card in ranked]))
        return Response(_shown(list(rows.order_by("rank", "id"))))


@contextmanager
def refusals() -> Iterator[None]:
    try:
        yield
    except NotFound:
        raise Http404 from None
    except Forbidden:
        detail = "Cards are written by who works at the touchpoint."
        raise Problem(403, "read_only", detail) from None
    except Invalid as refusal:
        raise _invalid(*refusal.problems) from None


def _invalid(*found: tuple[str, str, str]) -> Problem:
    errors = [{"field": f, "code": code, "message": message} for f, code, message in found]
    return Problem(400, "invalid", "Some fields are not valid.", errors=errors)


def _fields(said: dict[str, Any]) -> dict[str, Any]:
    """The model's word for `type`, which Python keeps for itself."""
    return {"kind" if name == "type" else name: value for name, value in said.items()}


def _told(cards: QuerySet[MomentCard]) -> QuerySet[MomentCard]:
    return cards.select_related("touchpoint__stage__journey", "made_by")


def _one(card: MomentCard) -> dict[str, Any]:
    return _shown([_told(MomentCard.objects.all()).get(pk=card.pk)])[0]


def _shown(cards: list[MomentCard]) -> list[dict[str, Any]]:
    shape: Any = MomentCardShape
    context = {"neutral": MomentWeights.current().neutral}
    return list(shape(cards, many=True, context=context).data)
