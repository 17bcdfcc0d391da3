"""The demo's survey answers: invented, but after the real delay of the flight they are about."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from config.demo.comments import agrees, guest, words

EVERY = 16  # one flight of so many has somebody who answers
LATE = (5, 20, 45, 90)  # minutes up to which a delay still earns 5, 4, 3, 2
LOW = 2  # who answers so is asked whether they may be contacted
# the lounge was short of food and its network slow, from its first day until it was mended
POOR = ("2013-06-17", "2013-06-26")  # of the figures, as they are dated there: [from, until)
PATIENCE = {"gold": 30, "diamond": 0}  # minutes; who flies often expects more


def answers(at: datetime, number: int, flight: dict[str, str]) -> Iterator[tuple[datetime, Any]]:
    """Satisfaction at departure and arrival, and of gold and diamond members in the lounge."""
    if number % EVERY != 3:
        return
    turn = number // EVERY
    segment = "diamond" if turn % 10 == 0 else "gold" if turn % 10 in (3, 6) else "normal"
    airport = flight["origin"].lower()
    for kind in ("departure", "arrival"):
        delay = flight[f"{kind}_delay"]
        if delay or kind == "departure":
            score = _score(int(delay) if delay else None, segment, turn)
            yield _answer(at, number, f"{kind}-{airport}", segment, score)
    if segment != "normal":
        score = _lounge(flight["scheduled_at"][:10], turn)
        yield _answer(at, number, "lounge", segment, score)


def _score(delay: int | None, segment: str, turn: int) -> int:
    """None: the flight was cancelled."""
    if delay is None:
        return 1
    score = 5 - sum(delay > line for line in LATE)
    score -= segment in PATIENCE and delay > PATIENCE[segment]
    # people differ: one in seven is milder, one in five is stricter
    score += (turn % 7 == 2) - (turn % 5 == 1)
    return min(5, max(1, score))


def _lounge(day: str, turn: int) -> int:
    if POOR[0] <= day < POOR[1]:
        return (2, 4, 1, 3, 2, 5)[turn % 6]
    return 2 if turn % 46 == 0 else 3 if turn % 23 == 0 else 4 + turn % 2


def _answer(
    at: datetime, number: int, touchpoint: str, segment: str, score: int
) -> tuple[datetime, Any]:
    turn = number // EVERY
    said: dict[str, Any] = {
        "occurred_at": at.isoformat(),
        "touchpoint": touchpoint,
        "metric": "csat",
        "value": score,
        "segment": segment,
        "channel": "airport",
        "external_id": f"answer-{touchpoint}-{number}",
    }
    written = words(touchpoint.partition("-")[0], score, turn)
    if written:
        said["comment"] = written
    if written or score <= LOW:
        said |= {"customer": guest(turn), "contact": agrees(turn)}
    return at, said
