"""Generated rules and histories: lines on the values themselves, gaps, sparse and empty series,
corrections, late rows, clock changes and the turn of the year."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from cx_loop.logic.bins import Scale
from tests.oracles.rules import Row

# (zone, an instant worth being near to): clocks forward, back, the year's end, a zone at :45
PLACES = [
    ("Europe/Berlin", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("Asia/Shanghai", datetime(2026, 12, 31, 16, tzinfo=UTC)),
    ("America/New_York", datetime(2027, 1, 1, 5, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2026, 2, 28, 18, 15, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
]
# kind -> (scale, values, aggregates, lines)
KINDS = {
    "csat": (
        Scale("csat"),
        [1, 2, 3, 4, 5],
        ["mean", "median", "top_box", "sd", "min", {"share_below": 3}],
        {"top_box": [0, 25, 50, 75], "sd": [0.5, 1, 1.5], "share": [0, 25, 50]},
    ),
    "nps": (Scale("nps"), [0, 6, 7, 8, 9, 10], ["nps", "mean"], {"nps": [-50, 0, 50]}),
    "duration": (
        Scale("duration"),
        [0, 10, 20, 30, 31, 45, 60],
        ["p90", "median", "mean", "max", "sum", {"share_above": 30}],
        {"sum": [20, 60, 90], "share": [0, 25, 50]},
    ),
    "count": (Scale("count"), [0, 1, 2, 5], ["sum", "count", "mean"], {"count": [1, 2, 3]}),
}
WINDOWS = ["15m", "15m", "1h", "1h", "1d", "2d", "this day", "this week", "this month"]


@st.composite
def rules(draw, kind):
    _, values, aggregates, known = KINDS[kind]
    aggregate = draw(st.sampled_from(aggregates))
    name = "share" if isinstance(aggregate, dict) else aggregate
    lines = known.get(name, [float(value) for value in values[1:-1]] or [1.0])
    window = draw(st.sampled_from(WINDOWS))
    rule = {
        "metric": kind,
        "aggregate": aggregate,
        "window": window,
        "for": draw(st.sampled_from([1, 1, 1, 2, 3])),
    }
    if draw(st.booleans()):
        rule["min_samples"] = draw(st.integers(0, 2))
    shape = draw(st.sampled_from(["line", "line", "change", "spread"]))
    if shape == "change":
        rule |= draw(changes(window))
    else:
        if shape == "spread":
            rule["spread"] = draw(st.sampled_from(["channel", "segment"]))
        rule |= draw(levels(sorted(set(lines))))
    for pause in ("cooldown", "keep_firing_for"):
        if draw(st.integers(0, 1)) == 0:
            rule[pause] = draw(st.sampled_from(["15m", "2h", "1d"]))
    if name not in ("count", "sum") and draw(st.integers(0, 3)) == 0:
        rule["no_data"] = draw(st.sampled_from(["alert", "ok"]))
        rule["expected_every"] = draw(st.sampled_from(["15m", "2h", "1d"]))
    return rule


@st.composite
def levels(draw, lines):
    """A warning, a critical beyond it, where they recover, and praise on the other side."""
    if draw(st.integers(0, 5)) == 0:
        return {"warning": {"outside": [lines[0], lines[-1]]}}
    upward = draw(st.booleans())
    ordered = lines if upward else lines[::-1]
    operator, good = ("above", "below") if upward else ("below", "above")
    picked = sorted(draw(st.lists(st.integers(0, len(lines) - 1), min_size=4, max_size=4)))
    praise, recover, line, critical = (ordered[place] for place in picked)
    found = {"warning": {operator: line, "recover": recover}}
    if draw(st.booleans()):
        found["critical"] = {operator: critical, "recover": line}
    if draw(st.integers(0, 4)) == 0:
        found = {"critical": found["warning"]}
    if draw(st.integers(0, 3)) == 0:
        found["praise"] = {good: praise}
    return found


@st.composite
def changes(draw, window):
    percent = draw(st.sampled_from(["", "%"]))
    number = draw(st.sampled_from([0, 1, 10, 25, 100]))
    line = f"{number}%" if percent else number
    found = {"warning": {"change_above": line}}
    if draw(st.booleans()) and number < 100:
        found = {"warning": {"change_below": f"-{number}%" if percent else -number}}
    bases = ["before", {"segment": "normal"}]
    bases += [] if window == "this month" else ["week before"]
    found["versus"] = draw(st.sampled_from(bases))
    if isinstance(found["versus"], dict):
        found["by"] = ["segment"]
    return found


@st.composite
def histories(draw, kind, around, step, span):
    """Rows near an instant. Some come late, some are corrected afterwards, often there are few."""
    values = KINDS[kind][1]
    count = draw(st.sampled_from([0, 3, 12, 25, 40]))
    reach = int(span / step)
    rows = []
    for _ in range(count):
        at = (
            around
            + draw(st.integers(-reach, 3)) * step
            + draw(st.sampled_from([0, 1, 2])) * step / 3
        )
        row = {
            "at": at,
            "value": draw(st.sampled_from(values)),
            "segment": draw(st.sampled_from(["normal", "gold"])),
            "channel": draw(st.sampled_from(["app", "desk", ""])),
        }
        fate = draw(st.integers(0, 7))
        if fate == 0:
            row["known_at"] = at + draw(st.integers(1, 6)) * step
        rows.append(Row(**row))
        if fate == 1:
            corrected = at + draw(st.integers(1, 6)) * step
            rows[-1] = Row(**row, gone_at=corrected)
            again = {**row, "value": draw(st.sampled_from(values)), "known_at": corrected}
            rows.append(Row(**again))
    return rows


@st.composite
def stories(draw):
    """(kind, rule, rows, zone, edges asked for): around an instant worth being near to."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    rule = draw(rules(kind))
    zone, around = draw(st.sampled_from(PLACES))
    fine = rule["window"] in ("15m", "1h")
    step = timedelta(minutes=5) if fine else timedelta(hours=1)
    span = timedelta(hours=2) if fine else timedelta(days=draw(st.sampled_from([1, 2, 9])))
    rows = draw(histories(kind, around, step, span))
    first = around - draw(st.integers(0, 20)) * step
    return kind, rule, rows, zone, (first, first + draw(st.integers(6, 36)) * step)
