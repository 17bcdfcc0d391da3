"""Who is asked while somebody is away."""

from collections.abc import Iterable
from datetime import datetime

from cx_loop.models import User


def standing_in(people: Iterable[User], now: datetime) -> list[User]:
    """Each person once, or whoever stands in for them now; nobody for those away without one.

    A substitute may be away too; then theirs is asked, until the chain comes back to somebody.
    """
    found: dict[int, User] = {}
    for person in people:
        asked: User | None = person
        seen: set[int] = set()
        while asked is not None and asked.is_absent(now) and asked.pk not in seen:
            seen.add(asked.pk)
            asked = asked.substitute
        if asked is not None and asked.is_active and not asked.is_absent(now):
            found.setdefault(asked.pk, asked)
    return list(found.values())
