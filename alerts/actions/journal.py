"""Why it did or did not fire, and where each group stands.

One row a decision; an unchanged verdict extends the last row.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alerts.actions import statements
from alerts.actions.standing import Standing
from alerts.logic.evaluate import Decision
from alerts.models import Evaluation
from cx_loop.models.prepared import Asked, array, rows, soon

Decided = Sequence[tuple[datetime, Decision, bool]]
Row = dict[str, Any]

_LAST = (
    "id",
    "version_id",
    "edge",
    "until",
    "times",
    "verdict",
    "level",
    "reason",
    "provisional",
)


@dataclass(frozen=True, slots=True)
class Newest:
    """The last row of a group's journal and its unresolved alert, if there are any."""

    said: Row | None
    alert: int | None


def newest_asked(groups: Iterable[int]) -> Asked:
    """For `newest_of`. To be asked when the groups are locked, otherwise it may be overtaken."""
    return soon(statements.NEWEST, {"groups": array(groups)})


def newest_of(asked: Asked) -> dict[int, Newest]:
    """Of each group."""
    return {
        group: Newest(dict(zip(_LAST, said, strict=True)) if said[0] else None, alert)
        for group, *said, alert in asked.rows()
    }


def words_of(standing: Standing, last: Row | None, decided: Decided) -> list[Row]:
    """The rows to write for the decisions of one group, oldest edge first.

    A provisional decision gets a row only where it says something new; the passing edge
    overwrites it.
    """
    row, written = last, list[Row]()
    for edge, decision, provisional in decided:
        said = _words(decision)
        mine = row if row is not None and row["version_id"] == standing.version_id else None
        if mine is not None and mine["edge"] == edge:
            # the same edge again: a later provisional look, or the passing edge itself
            mine |= said | {"group_id": standing.group_id, "provisional": provisional}
        elif mine is not None and _says(mine, said) and (provisional or not mine["provisional"]):
            if provisional:
                continue
            mine |= said | {"group_id": standing.group_id}
            mine |= {"until": edge, "times": mine["times"] + 1}
        else:
            row = {
                "id": None,
                "version_id": standing.version_id,
                "group_id": standing.group_id,
                "edge": edge,
                "until": edge,
                "times": 1,
                "provisional": provisional,
                **said,
            }
        if row is not None and (not written or written[-1] is not row):
            written.append(row)
    return written


def keep_late(looked_again: Sequence[tuple[Standing, Decided]]) -> None:
    """Write what windows that had passed say now. It is rare: who was told nothing is told late.

    A row that began at the same edge is overwritten, otherwise the alert would have no reason.
    """
    rows = [
        Evaluation(**{**row, "params": {**row["params"], "late": True}})
        for standing, decided in looked_again
        for row in words_of(standing, None, decided)
    ]
    if rows:
        key = ["version", "group", "edge"]
        Evaluation.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=key,
            update_fields=["until", "times", "value", "n", "verdict", "level", "reason", "params"],
        )


def write(said: Sequence[Row], standings: Sequence[Standing]) -> None:
    """Rows of the journal, made or rewritten, and where groups stand now: one statement."""
    if said or standings:
        states = [standing.columns() for standing in standings]
        soon(statements.WRITE, {"said": rows(said), "states": rows(states)})


def _says(row: Row, said: Row) -> bool:
    return all(row[name] == said[name] for name in ("verdict", "reason", "level"))


def _words(decision: Decision) -> Row:
    params = dict(decision.params)
    return {
        "value": params.pop("value", None),
        "n": params.pop("n", 0),
        "verdict": decision.verdict,
        "level": decision.state.level,
        "reason": decision.reason,
        "params": params,
    }
