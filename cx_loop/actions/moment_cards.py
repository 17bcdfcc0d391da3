"""Cards of lived moments: made, changed, ordered and retired by whoever works at the touchpoint,
as its owner or through tasks. Who sees everything by role, and works nowhere, only reads."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from cx_loop.actions.errors import Forbidden, Invalid, NotFound
from cx_loop.events import touchpoints_seen_through_work
from cx_loop.logic.moments import HIGHEST, TYPES
from cx_loop.models import (
    UNRANKED,
    Actor,
    Journey,
    MomentCard,
    Segment,
    Touchpoint,
    ids_of_member,
    record,
)
from cx_loop.reads.moments import moments_of

WORDS = {"who": 120, "scene": 400, "felt": 400}  # longest of each
CHANGEABLE = (*WORDS, "segment", "kind", "score")
MOST_RANKED = 200


def cards_of(by: Actor) -> QuerySet[MomentCard]:
    """The cards in force that both the person and the key they use may see."""
    seen = MomentCard.objects.in_force()
    for viewer in (by.key, by.user):
        if viewer is not None:
            seen = seen.visible_to(viewer)
    return seen


def works_at(touchpoints: Collection[int], by: Actor) -> set[int]:
    """Those of these (primary keys) the person works at: as owner, or through tasks."""
    user = by.user
    if user is not None and user.is_superuser:
        return set(touchpoints)
    mine = ids_of_member(user) if user is not None else []
    worked = Q(owner__in=mine) | Q(pk__in=touchpoints_seen_through_work(mine))
    here = Touchpoint.objects.filter(worked, pk__in=touchpoints).order_by()
    return set(here.values_list("pk", flat=True))


def check_works_at(touchpoints: Collection[int], by: Actor) -> None:
    """Raises Forbidden for who does not work at all of these (primary keys)."""
    if len(works_at(touchpoints, by)) < len(set(touchpoints)):
        raise Forbidden


@transaction.atomic
def make_card(*, touchpoint: str, said: Mapping[str, Any], by: Actor, now: datetime) -> MomentCard:
    """A card at a touchpoint (key). Raises Invalid, Forbidden."""
    places = Touchpoint.objects.in_force()
    for viewer in (by.key, by.user):
        if viewer is not None:
            places = places.visible_to(viewer)
    place = places.filter(key=touchpoint).first()
    if place is None:
        raise Invalid(("touchpoint", "touchpoint_unknown", "Choose a touchpoint that you see."))
    check_works_at([place.pk], by)
    made = MomentCard(touchpoint=place, made_by=by.user, made_at=now, **_checked(said))
    problems = _problems(made)
    if problems:
        raise Invalid(*problems)
    made.save()
    _tell(made, "made", {"touchpoint": place.key}, by=by, now=now)
    return made


@transaction.atomic
def change_card(*, pk: int, said: Mapping[str, Any], by: Actor, now: datetime) -> MomentCard:
    """What is not said stays as it is. Raises NotFound, Forbidden, Invalid."""
    card = _locked(pk, by)
    before = {name: getattr(card, name) for name in CHANGEABLE}
    for name, value in _checked(said).items():
        setattr(card, name, value)
    problems = _problems(card)
    if problems:
        raise Invalid(*problems)
    fields = {
        name: [before[name], after]
        for name in CHANGEABLE
        if (after := getattr(card, name)) != before[name]
    }
    if fields:
        card.save(update_fields=list(fields))
        _tell(card, "changed", {"fields": fields}, by=by, now=now)
    return card


@transaction.atomic
def retire_card(*, pk: int, by: Actor, now: datetime) -> MomentCard:
    """It is kept with its history and shown no more. Raises NotFound, Forbidden."""
    card = _locked(pk, by)
    card.retired_at = now
    card.save(update_fields=["retired_at"])
    _tell(card, "retired", {}, by=by, now=now)
    return card


@transaction.atomic
def rank_cards(*, cards: Sequence[int], by: Actor, now: datetime) -> list[MomentCard]:
    """Put cards in this order, 1 first; others keep their place. Raises Invalid, Forbidden."""
    if not cards or len(cards) > MOST_RANKED or len(set(cards)) != len(cards):
        raise Invalid(("cards", "invalid", f"Name 1 to {MOST_RANKED} cards, each once."))
    seen = cards_of(by).select_for_update(of=("self",)).filter(pk__in=cards)
    # locked in one order, otherwise two people who rank at once would wait for each other
    found = {card.pk: card for card in seen.order_by("pk")}
    if len(found) != len(cards):
        raise Invalid(("cards", "card_unknown", "You do not see all of these cards."))
    check_works_at({card.touchpoint_id for card in found.values()}, by)
    ordered = [found[pk] for pk in cards]
    changed = []
    for place, card in enumerate(ordered, start=1):
        if card.rank != place:
            was = None if card.rank == UNRANKED else card.rank
            card.rank = place
            changed.append(card)
            _tell(card, "ranked", {"from": was, "to": place}, by=by, now=now)
    MomentCard.objects.bulk_update(changed, ["rank"])
    return ordered


def rank_by_priority(*, journey: str, by: Actor, now: datetime) -> list[MomentCard]:
    """The cards of a journey (key) by the priority of their touchpoint for their segment, of
    equals the worst felt first. Raises Invalid, Forbidden."""
    found = Journey.objects.filter(key=journey, retired_at=None).first()
    viewer = by.key or by.user
    told = moments_of(found, viewer, now=now) if found and viewer else None
    if told is None:
        raise Invalid(("journey", "journey_unknown", "Choose a journey that you see."))
    spots = {
        (stop.pk, segment): moment.priority or 0.0
        for segment, line in told.lines.items()
        for stop, moment in zip(told.touchpoints, line.moments, strict=True)
    }

    def order(card: MomentCard) -> tuple[float, float, int]:
        priority = spots.get((card.touchpoint_id, card.segment or None), 0.0)
        return -priority, 0.0 if card.score is None else card.score, card.pk

    cards = sorted(cards_of(by).filter(touchpoint__stage__journey=found), key=order)
    return (
        rank_cards(cards=[card.pk for card in cards[:MOST_RANKED]], by=by, now=now) if cards else []
    )


def _locked(pk: int, by: Actor) -> MomentCard:
    found = cards_of(by).select_for_update(of=("self",)).filter(pk=pk).first()
    if found is None:
        raise NotFound
    check_works_at([found.touchpoint_id], by)
    return found


def _checked(said: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.strip() if isinstance(value, str) else value
        for name, value in said.items()
        if name in CHANGEABLE
    }


def _problems(card: MomentCard) -> list[tuple[str, str, str]]:
    found = []
    for name, longest in WORDS.items():
        text = getattr(card, name)
        if not text:
            found.append((name, "required", "Say who, in which scene, felt what."))
        elif len(text) > longest:
            found.append((name, "too_long", f"At most {longest} characters."))
    known = Segment.objects.filter(key=card.segment, retired_at=None)
    if card.segment and not known.exists():
        found.append(("segment", "segment_unknown", "There is no such segment."))
    if card.kind and card.kind not in TYPES:
        found.append(("type", "invalid_choice", f"One of {', '.join(TYPES)}."))
    if card.score is not None and not -HIGHEST <= card.score <= HIGHEST:
        found.append(("score", "out_of_scale", "Between −5 and 5."))
    return found


def _tell(card: MomentCard, verb: str, params: dict[str, Any], *, by: Actor, now: datetime) -> None:
    record(verb=verb, subject="moment_card", subject_id=card.pk, by=by, now=now, params=params)
