"""What a customer may ask: to be erased, or told what is kept. Both leave a trace that names
nobody."""

from datetime import datetime
from typing import Any
from uuid import UUID

from cx_loop.ingest.digests import pseudonym
from cx_loop.ingest.removal import Removed, remove_customer
from cx_loop.models import Actor, record
from cx_loop.reads.customers import kept_of
from cx_loop.reads.deliveries import files_naming, naming


def erase_customer(*, customer: str, by: Actor, now: datetime) -> Removed:
    """Take everything linked to a customer out of figures, rollups, comments and
    deliveries as they came.

    What the same customer sends later counts, without a link to them. `customer` is the text
    that was sent as `customer`; the trail says how many observations went, not whose.
    """
    gone = remove_customer(customer=customer, now=now)
    # what survey tools delivered is kept as it came
    naming(customer).delete()
    files_naming(customer).delete()
    record(
        verb="erased",
        subject="customer",
        subject_id=0,
        by=by,
        now=now,
        params={"observations": gone.removed},
    )
    return gone


def export_customer(*, customer: str, by: Actor, now: datetime) -> dict[str, Any]:
    """Everything kept of a customer; the trail says that it was handed out, not whose it was."""
    kept = {
        "customer": customer,
        **kept_of(UUID(bytes=pseudonym(customer))),
        "deliveries": [
            {
                "source": each.source.key,
                "received_at": each.received_at.isoformat(),
                "body": bytes(each.body).decode("utf-8", "replace"),
            }
            for each in naming(customer).select_related("source").order_by("id")
        ],
        "files": [
            {"source": each.source.key, "handed_at": each.handed_at.isoformat(), "name": each.name}
            for each in files_naming(customer).select_related("source").order_by("id")
        ],
    }
    record(
        verb="exported",
        subject="customer",
        subject_id=0,
        by=by,
        now=now,
        params={"answers": len(kept["answers"]), "comments": len(kept["comments"])},
    )
    return kept
