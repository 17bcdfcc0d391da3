"""Somebody has looked whether a map still says what is so."""

from datetime import datetime

from django.db import transaction

from cx_loop.actions.errors import Forbidden
from cx_loop.models import Actor, Journey, Organization, Viewpoint, record


def may_review(of: Journey | Viewpoint, by: Actor) -> bool:
    """Its reviewer, and admins."""
    user = by.user
    if user is None or not user.is_active:
        return False
    return user.is_superuser or of.reviewer_id == user.pk


@transaction.atomic
def review(*, of: Journey | Viewpoint, by: Actor, now: datetime) -> Journey | Viewpoint:
    """Reviewed on the organisation's local day. Raises Forbidden."""
    if not may_review(of, by):
        raise Forbidden
    before = of.reviewed_on
    of.reviewed_on = now.astimezone(Organization.current_zone()).date()
    if of.reviewer_id is None:
        of.reviewer = by.user
    of.save(update_fields=["reviewed_on", "reviewer"])
    record(
        verb="reviewed",
        subject=str(of._meta.model_name),
        subject_id=of.pk,
        by=by,
        now=now,
        params={"key": of.key, "from": before.isoformat() if before else None},
    )
    return of
