"""Every change of a journey map leaves a version of the whole, whichever door it came through."""

from datetime import datetime

from django.db import transaction

from cx_loop.logic.configuration.differences import digest
from cx_loop.models import Actor, Journey, JourneyVersion
from cx_loop.reads.journeys import form_of_map


@transaction.atomic
def keep_version(*, journey: Journey, by: Actor, now: datetime) -> JourneyVersion | None:
    """The map as it now is, unless it is as it was; call it in the transaction of the change."""
    # two who edit at once would else both write the next number
    held = Journey.objects.select_for_update(of=("self",)).get(pk=journey.pk)
    form = form_of_map(held)
    last = JourneyVersion.objects.filter(journey=held).order_by("-number").first()
    if last is not None and digest(last.form) == digest(form):
        return None
    return JourneyVersion.objects.create(
        journey=held,
        number=last.number + 1 if last else 1,
        at=now,
        user=by.user,
        key=by.key,
        form=form,
    )


def keep_versions(*, by: Actor, now: datetime) -> None:
    """Of every journey in force: after a file was applied, which may have touched any."""
    for journey in Journey.objects.filter(retired_at=None).order_by("pk"):
        keep_version(journey=journey, by=by, now=now)
