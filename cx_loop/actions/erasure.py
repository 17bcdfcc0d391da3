"""Erasing a customer: a right of theirs, so it leaves a trace that names nobody."""

from datetime import datetime

from cx_loop.ingest.removal import Removed, remove_customer
from cx_loop.models import Actor, record


def erase_customer(*, customer: str, by: Actor, now: datetime) -> Removed:
    """Take everything linked to a customer out of figures, rollups and comments.

    What the same customer sends later counts, without a link to them. `customer` is the text
    that was sent as `customer`; the trail says how many observations went, not whose.
    """
    gone = remove_customer(customer=customer, now=now)
    record(
        verb="erased",
        subject="customer",
        subject_id=0,
        by=by,
        now=now,
        params={"observations": gone.removed},
    )
    return gone
