"""A source with an address, a tool that delivers to it, and what comes of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from cx_loop import clock
from cx_loop.actions.sources import address_of, issue_address
from cx_loop.ingest.responses import map_due
from cx_loop.models import SYSTEM, Delivery, Feedback, Observation, Segment, Source
from tests.cx_loop.hooks.payloads import Sent
from tests.cx_loop.ingest.conftest import make_airline
from tests.factories import make_organization

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
PLACE = {"touchpoint": "boarding"}
OF_NPS = {"metric": "nps", "scale": [0, 10], "direction": "higher_is_better", **PLACE}


def entries(score: str, why: str = "", tier: str = "", **more: Any) -> list[dict[str, Any]]:
    """The usual mapping: a recommendation, the words, the card."""
    found: list[dict[str, Any]] = [{"field": score, **OF_NPS, **more}]
    if why:
        found.append({"field": why, "to": "comment", **PLACE})
    if tier:
        cards = {"Gold card": "gold", "金卡": "gold"}
        found.append({"field": tier, "to": "segment", "values": cards})
    return found


class Tool:
    """A survey tool that has the address of a source."""

    def __init__(self, tool: str, mapping: list[dict[str, Any]], **fields: Any) -> None:
        self.source = Source.objects.create(
            key=f"{tool}-main", tool=tool, mapping=mapping, **fields
        )
        with clock.set_to(NOW):
            issue_address(source=self.source, by=SYSTEM, now=NOW)
        self.path = "/hooks/" + address_of(self.source).split("/hooks/")[1]
        self.client = Client(raise_request_exception=False)

    def post(self, sent: Sent, *, at: datetime = NOW, path: str = "", **headers: str) -> Any:
        with clock.set_to(at):
            return self.client.post(
                path or self.path,
                data=sent.body,
                content_type=sent.content_type,
                headers={**sent.headers, **headers},
            )

    def deliver(self, *those: Sent, at: datetime = NOW, **headers: str) -> Delivery:
        """Each answered 200 and mapped by the job; the last of them."""
        for sent in those:
            assert self.post(sent, at=at, **headers).status_code == 200
        self.map(at)
        return self.source.deliveries.order_by("-id")[:1].get()

    def map(self, at: datetime = NOW) -> int:
        with clock.set_to(at):
            return map_due(now=at)


@pytest.fixture
def tool(db: None) -> Callable[..., Tool]:
    make_organization()
    make_airline()
    Segment.objects.get_or_create(key="gold", defaults={"name": {"en": "Gold"}})
    return Tool


def counted() -> list[tuple[Any, ...]]:
    """(touchpoint, metric, segment, value, when) of everything stored."""
    rows = Observation.objects.order_by("occurred_at", "value").values_list(
        "series__touchpoint__key",
        "series__metric__key",
        "series__segment",
        "value",
        "occurred_at",
    )
    return list(rows)


def words() -> list[str]:
    return list(Feedback.objects.order_by("occurred_at").values_list("comment", flat=True))
