"""The customers to contact: of a department, behind a task, and one customer's own rows."""

from uuid import UUID

from django.db.models import QuerySet

from cx_loop.models import CustomerLink, Feedback, User, Viewer, department_ids_of
from cx_loop.models.encryption import decrypt
from cx_loop.models.prepared import array, ask
from tasks.models import OptOut, Recovery, Task, Told
from tasks.reads.queues import every_department

PAGE = 50
BEHIND = 10  # on the page of a task
_WAITING = """
SELECT count(*) FROM (
    SELECT FROM tasks_recovery WHERE outcome = '' AND department_id = ANY(%(ours)s::bigint[])
    LIMIT %(most)s::int
) AS found
"""


def waiting_for(viewer: Viewer) -> QuerySet[Recovery]:
    """Whom the viewer's departments are to contact, in turn."""
    return Recovery.objects.open().visible_to(viewer).in_turn()


def list_for(viewer: Viewer, *, over: bool = False) -> list[Recovery]:
    """One more than a page; those that are over by when they were, the latest first."""
    seen = Recovery.objects.all().visible_to(viewer)
    seen = (
        seen.exclude(outcome="").order_by("-contacted_at", "-id") if over else seen.open().in_turn()
    )
    related = seen.select_related("touchpoint", "metric", "task", "department", "contacted_by")
    return list(related[: PAGE + 1])


def behind(task: Task, viewer: Viewer) -> list[Recovery]:
    """The customers behind a task, those still to be contacted first."""
    seen = Recovery.objects.filter(task=task).visible_to(viewer)
    related = seen.select_related("touchpoint", "metric", "department", "contacted_by")
    return list(related.order_by("contacted_at", "-before", "-weight", "due_at", "id")[:BEHIND])


def count_waiting(user: User, *, cap: int) -> int:
    """Customers to be contacted by the departments a person sees, counted up to just past `cap`:
    a badge on every page."""
    seen = department_ids_of(user)
    ours = every_department() if seen is None else seen
    return int(ask(_WAITING, {"ours": array(ours), "most": cap + 1})[0][0])


def comments_of(rows: list[Recovery]) -> dict[UUID, Feedback]:
    """What they wrote with the answer, by its digest, as far as it is kept."""
    digests = [row.digest for row in rows]
    return (
        Feedback.objects.exclude(comment="").select_related("source").in_bulk(digests)
        if digests
        else {}
    )


def references_of(rows: list[Recovery]) -> dict[UUID, str]:
    """Whom to contact, by the digest of the answer; only of who agreed."""
    wanted = [row.digest for row in rows if row.may_contact]
    if not wanted:
        return {}
    kept = CustomerLink.objects.filter(digest__in=wanted, may_contact=True).exclude(reference="")
    return {each.digest: decrypt(each.reference) for each in kept}


def rows_of_customer(customer: UUID) -> dict[str, list[dict[str, object]]]:
    """What the lists keep of one customer, to be handed out to them."""
    rows = Recovery.objects.filter(customer=customer).order_by("occurred_at", "id")
    told = Told.objects.filter(customer=customer).select_related("telling").order_by("id")
    out = OptOut.objects.filter(customer=customer)
    return {
        "contacts": [
            {
                "touchpoint": row.touchpoint.key,
                "metric": row.metric.key,
                "value": row.value,
                "occurred_at": row.occurred_at.isoformat(),
                "offered": row.offered,
                "outcome": row.outcome,
                "contacted_at": row.contacted_at.isoformat() if row.contacted_at else None,
            }
            for row in rows.select_related("touchpoint", "metric")
        ],
        "told": [
            {
                "task": row.task_id,
                "how": row.how,
                "at": row.telling.at.isoformat(),
                "outcome": row.outcome,
                **row.telling.words.get(row.language, {}),
            }
            for row in told
        ],
        "opted_out": [{"how": each.how, "at": each.at.isoformat()} for each in out],
    }
