"""Everything kept of one customer, to be handed out to them: the right of access."""

from typing import Any
from uuid import UUID

from django.db import connection

from cx_loop.events import customer_kept
from cx_loop.models import CustomerLink, ErasedCustomer, Feedback

MOST = 100_000  # links of one customer; more is no customer

_ANSWERS = """
SELECT said.occurred_at, metric.key, said.value, place.key, stage.key, journey.key,
       series.segment, series.channel, series.location
FROM cx_loop_customerlink AS link
JOIN cx_loop_observationkey AS known ON known.digest = link.digest
JOIN cx_loop_observation AS said
    ON said.digest = known.digest AND said.series_id = known.series_id
   AND said.occurred_at = known.occurred_at
JOIN cx_loop_series AS series ON series.id = said.series_id
JOIN cx_loop_metric AS metric ON metric.id = series.metric_id
LEFT JOIN cx_loop_touchpoint AS place ON place.id = series.touchpoint_id
LEFT JOIN cx_loop_stage AS stage ON stage.id = series.stage_id
LEFT JOIN cx_loop_journey AS journey ON journey.id = series.journey_id
WHERE link.customer = %(customer)s
ORDER BY said.occurred_at, metric.key LIMIT %(most)s
"""


def kept_of(known_as: UUID) -> dict[str, Any]:
    """Answers, comments as they were written and what was made of them, and what other packages
    keep of a customer, known by the keyed hash. Times are ISO 8601, UTC."""
    links = CustomerLink.objects.filter(customer=known_as).values("digest")
    said = Feedback.objects.filter(digest__in=links).exclude(comment="")
    return {
        "erased": ErasedCustomer.objects.filter(customer=known_as).exists(),
        "answers": _answers(known_as),
        "comments": [
            {
                "occurred_at": each.occurred_at.isoformat(),
                "touchpoint": each.touchpoint.key if each.touchpoint else None,
                "comment": each.comment,
                "mentions": [list(one[:2]) for one in each.mentions],
                "analyser": each.analyser,
            }
            for each in said.select_related("touchpoint").order_by("occurred_at", "digest")[:MOST]
        ],
        **customer_kept(known_as),
    }


def _answers(customer: UUID) -> list[dict[str, Any]]:
    names = ("metric", "value", "touchpoint", "stage", "journey", "segment", "channel", "location")
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERS, {"customer": customer, "most": MOST})
        return [
            {"occurred_at": at.isoformat(), **dict(zip(names, rest, strict=True))}
            for at, *rest in cursor.fetchall()
        ]
