"""Whoever is named in a comment is told of it once, and only who may see the task."""

from datetime import datetime

from cx_loop.models import Actor, User
from tasks.actions.tell_each import tell_each
from tasks.logic.mentions import is_naming, mentioned
from tasks.models import Mention, Note, Task
from tasks.reads.sharing import people_who_see


def tell_mentioned(*, note: Note, task: Task, by: Actor, now: datetime) -> list[User]:
    """Keep who is named, and tell them; to be called in the transaction of the comment.

    Of somebody who may not see the task nothing is said, neither to them nor to who wrote it:
    otherwise a comment could find out who works here.
    """
    if not is_naming(note.text):
        return []
    seen = {user.pk: user for user in people_who_see(task).order_by("pk")}
    named = mentioned(note.text, {pk: (user.name, user.email) for pk, user in seen.items()})
    people = [seen[pk] for pk in named if by.user is None or pk != by.user.pk]
    Mention.objects.bulk_create([Mention(note=note, user=user) for user in people])
    tell_each(
        people,
        task=task,
        code="mentioned",
        event=f"mentioned:{task.number}:{note.pk}",
        now=now,
        params={"person": str(by.user or "")},
    )
    return people
