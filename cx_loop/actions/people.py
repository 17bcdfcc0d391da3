"""What people decide about themselves."""

from datetime import datetime, time

from cx_loop.models import Notice, User


def choose_language(*, user: User, language: str) -> User:
    """The language the person reads from now on. A preference, so it leaves no activity."""
    user.language = language
    user.save(update_fields=["language"])
    return user


def choose_how_told(
    *,
    user: User,
    language: str,
    muted_kinds: list[str],
    quiet_from: time | None,
    quiet_until: time | None,
    timezone: str,
    digest_minutes: int,
) -> User:
    """What is queued from now on follows it; what waits already keeps its moment."""
    user.language = language
    user.muted_kinds = muted_kinds
    user.quiet_from, user.quiet_until = quiet_from, quiet_until
    user.timezone = timezone
    user.digest_minutes = digest_minutes
    user.save(
        update_fields=[
            *("language", "muted_kinds", "quiet_from", "quiet_until"),
            *("timezone", "digest_minutes"),
        ]
    )
    return user


def read_notices(
    *, user: User, now: datetime, pk: int | None = None, task_number: int | None = None
) -> int:
    """Mark as read: one notice of the person, those of one task, or all; gives how many."""
    mine = Notice.objects.unread(user)
    if pk is not None:
        mine = mine.filter(pk=pk)
    if task_number is not None:
        mine = mine.filter(task_number=task_number)
    return mine.update(read_at=now)


def unread_notices(*, user: User, read_at: datetime) -> int:
    """Take back that notices were read at that very moment; gives how many."""
    return Notice.objects.filter(user=user, read_at=read_at).update(read_at=None)
