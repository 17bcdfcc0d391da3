"""What the company learns from verdicts: shares, always with n and an interval."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from cx_loop.logic.intervals import wilson

# what fixes are grouped by; the last two may count one fix in several groups
GROUPS = (
    "department",
    "touchpoint",
    "pain_category",
    "root_cause",
    "metric",
    "playbook",
    "countermeasure",
)


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `n`; share and interval (95 %, Wilson 1927) in percent, None where n is 0."""

    count: int
    n: int
    share: float | None
    interval: tuple[float, float] | None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Learned:
    """What came of the fixes of one group.

    proven      effective and still so: the change was beyond chance, and did not come back
    recovered   the metric was back, proven or not: people are judged by this
    relapsed    of those once proven or accepted, how many came back
    days        median from the alert to the verdict that proved; None without one
    cost, benefit  sums of what was said, `costed` and `valued` fixes said it
    """

    key: str
    name: str
    where: str
    proven: Share
    recovered: Share
    relapsed: Share
    days: float | None
    cost: Decimal | None
    benefit: Decimal | None
    costed: int
    valued: int


def share_of(count: int, n: int) -> Share:
    if n == 0:
        return Share(count, n, None, None)
    low, high = wilson(count, n)
    return Share(count, n, 100 * count / n, (100 * low, 100 * high))


def learned_of(row: Mapping[str, Any], *, key: str, name: str, where: str = "") -> Learned:
    """From columns n_… (counted), sum_… (money) and median_took (timedelta)."""
    days: timedelta | None = row["median_took"]
    return Learned(
        key=key,
        name=name,
        where=where,
        proven=share_of(row["n_proven"], row["n_judged"]),
        recovered=share_of(row["n_recovered"], row["n_judged"]),
        relapsed=share_of(row["n_relapsed"], row["n_worked"]),
        days=None if days is None else round(days / timedelta(days=1), 1),
        cost=row["sum_cost"],
        benefit=row["sum_benefit"],
        costed=row["n_costed"],
        valued=row["n_valued"],
    )
