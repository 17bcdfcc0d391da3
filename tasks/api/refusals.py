"""Why an action was not taken, as the API says it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.http import Http404

from cx_loop.api.problems import Problem
from tasks.actions.errors import Forbidden, Invalid, NotFound, Stale
from tasks.logic.lifecycle import NotAllowed

SENTENCES = {
    "lead_must_approve": "A critical task is dismissed by the lead of its department.",
    "lead_must_decide": "The lead of the department weighs this.",
    "lead_only": "Only the lead of the department may do this.",
    "second_person_only": "Somebody else than who submitted the fix must decide.",
    "assignee_or_lead_only": "This is for whoever has the task, or the lead of its department.",
    "system_only": "Only the system does this.",
    "not_your_department": "This is for the department that has the task.",
    "read_only": "You may read this, but change nothing.",
}


@contextmanager
def refusals(newer: Callable[[int], Any]) -> Iterator[None]:
    """Turn refusals into problems; `newer` tells a task by its number when the asked one is old."""
    try:
        yield
    except NotFound:
        raise Http404 from None
    except Stale as refusal:
        detail = "Somebody has changed the task since; look at it again."
        raise Problem(409, "stale", detail, task=newer(refusal.task.number)) from None
    except NotAllowed as refusal:
        members: dict[str, Any] = {"state": refusal.state, "allowed": refusal.allowed}
        raise Problem(409, "not_allowed", str(refusal), **members) from None
    except Forbidden as refusal:
        detail = SENTENCES.get(refusal.code, "This is another's to do.")
        raise Problem(403, refusal.code, detail) from None
    except Invalid as refusal:
        errors = [
            {"field": field, "code": code, "message": message}
            for field, code, message in refusal.problems
        ]
        raise Problem(400, "invalid", "Some fields are not valid.", errors=errors) from None
