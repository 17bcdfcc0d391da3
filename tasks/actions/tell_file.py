"""The customers whose address only the survey tool knows, as rows of a file for it."""

from datetime import datetime

from django.db import transaction

from cx_loop.models import Actor, CustomerLink, record
from cx_loop.models.encryption import decrypt
from cx_loop.ui.sheets import Cell
from tasks.actions.rights import may_work
from tasks.actions.telling import stop_address
from tasks.actions.work import lock
from tasks.logic.outcomes import OPTED_OUT, SENT
from tasks.logic.telling import STOP, fill
from tasks.models import OptOut, Told

# as programs read them, whatever the reader's language
TITLES = ("customer", "language", "subject", "text", "stop_link", "told_at")


@transaction.atomic
def file_for(*, number: int, by: Actor, now: datetime) -> list[list[Cell]]:
    """Whom to write to, in the order they were chosen; who opted out since, agrees no more, or was
    written to by the tool's own word, is left out. A key takes it for itself. The trail says that
    it was taken, not who is in it. Raises NotFound, Forbidden."""
    task = lock(number, by)
    if by.user is not None:
        may_work(by, task)
    told = Told.objects.filter(task=task, how=Told.How.FILE).select_related("telling")
    told = told.exclude(outcome__in=[SENT, OPTED_OUT])
    out = OptOut.objects.filter(customer__in=told.values("customer"))
    rows = list(told.exclude(customer__in=out.values("customer")).order_by("pk"))
    links = CustomerLink.objects.filter(may_contact=True).exclude(reference="")
    kept = links.in_bulk([row.digest for row in rows])
    cells = [_cells(row, kept[row.digest]) for row in rows if row.digest in kept]
    record(
        verb="told_file",
        subject="task",
        subject_id=task.number,
        by=by,
        now=now,
        params={"count": len(cells)},
    )
    return cells


def _cells(row: Told, link: CustomerLink) -> list[Cell]:
    words, address = row.telling.words[row.language], stop_address(row)
    return [
        decrypt(link.reference),
        row.language,
        words["subject"],
        fill(words["text"], {STOP: address}),
        address,
        row.telling.at.isoformat(),
    ]
