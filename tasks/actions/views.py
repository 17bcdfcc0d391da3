"""Views of the queue that a person keeps. Preferences, so they leave no activity."""

from datetime import datetime

from django.db import transaction

from cx_loop.models import User
from tasks.actions.errors import Invalid
from tasks.models import QueueView

MOST = 20  # of one person: more would be a list to search, not a row of links
LONGEST, LONGEST_QUERY = 60, 2000


def keep_view(*, user: User, name: str, query: str, now: datetime) -> QueueView:
    """Keep a query under a name; a name the person has already stands for the new query.

    Raises Invalid: no name, one that is too long, or too many views.
    """
    name = " ".join(name.split())
    if not name:
        raise Invalid([("name", "required", "Give it a name.")])
    if len(name) > LONGEST or "\x00" in name or len(query) > LONGEST_QUERY:
        raise Invalid([("name", "too_long", "The name is too long.")])
    with transaction.atomic():
        # the person's row is the lock: two at once could not pass the limit together
        User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        mine = QueueView.objects.filter(user=user)
        if not mine.filter(name=name).exists() and mine.count() >= MOST:
            raise Invalid([("name", "too_many", "There are too many views.")])
        kept, _new = QueueView.objects.update_or_create(
            user=user, name=name, defaults={"query": query, "created_at": now}
        )
    return kept


def drop_view(*, user: User, pk: int) -> QueueView | None:
    """The view that is no longer kept; None when the person has no such view."""
    found = QueueView.objects.filter(user=user, pk=pk).first()
    if found is not None:
        found.delete()
    return found
