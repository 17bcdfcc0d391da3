"""What can be taken back is taken back with one tap, beside the word that it was done.

There is no timer: the way back is a call of the state table at the version that was just made, so
it stands as long as nobody has moved the task (decision 0023).
"""

from collections.abc import Mapping

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy

from tasks.models import Task

# call -> (state before it, the call that leads back there and needs no reason)
_BACK = {"hold": ("in_progress", "start")}
UNDO = gettext_lazy("Undo")


def with_undo(request: HttpRequest, said: str, action: str, **fields: str) -> str:
    """A message with a form beside it that posts `fields` to `action`."""
    page = {"said": said, "action": action, "fields": fields.items()}
    return render_to_string("tasks/parts/undo.html", page, request)


def undo_of(call: str, before: Task, done: Task) -> tuple[str, Mapping[str, str]] | None:
    """The address and the fields that take a call back; None where the table has no way back."""
    version = {"version": str(done.version)}
    state, back = _BACK.get(call, ("", ""))
    if back and before.state == state:
        return reverse("tasks:call", args=[done.number, back]), version
    if call == "assign" and before.assignee and before.assignee != done.assignee:
        fields = version | {"assignee": before.assignee.email}
        return reverse("tasks:call", args=[done.number, "assign"]), fields
    return None
