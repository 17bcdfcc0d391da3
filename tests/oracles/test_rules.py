"""The rule engine agrees with the naive oracle on every edge of 2,000 generated histories."""

import math
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from alerts.logic.conditions import SpecError, parse_spec, spec_from_json, spec_to_json
from alerts.logic.evaluate import State, decide, windows_needed
from alerts.logic.history import Past, live_through
from alerts.logic.measure import BASE, OWN, measure
from cx_loop.logic.totals import Totals
from tests.oracles.cases import KINDS, stories
from tests.oracles.rules import Oracle

END = datetime(9999, 1, 1, tzinfo=UTC)
CASES = settings(max_examples=2_000, derandomize=True, database=None, deadline=None)


class Engine:
    """The rules as they run live, over the same rows."""

    def __init__(self, rule, rows, scale, zone):
        self.spec = spec_from_json(spec_to_json(parse_spec(rule)))
        self.frame = self.spec.frame(ZoneInfo(zone))
        self.rows, self.scale, self.state = rows, scale, State()
        self.mine = "gold" if self.spec.by else None
        self.known = sorted(
            {getattr(row, self.spec.spread) for row in rows} if self.spec.spread else ""
        )

    def lookup(self, now):
        def totals(part, span):
            role, value = part
            only = {self.spec.spread: value} if self.spec.spread else {}
            if self.mine:
                only = {"segment": self.mine if role == OWN else self.spec.versus.value}
            values = [
                row.value
                for row in self.rows
                if span[0] <= row.at < span[1]
                and row.known_at <= now < row.gone_at
                and all(getattr(row, name) == wanted for name, wanted in only.items())
            ]
            return Totals.of(values, self.scale) if values else Totals()

        assert BASE != OWN
        return totals

    def windows(self, edge, count):
        lookup = self.lookup(edge)
        return [
            measure(self.spec, self.scale, self.frame, span, lookup, self.known)
            for span in self.frame.spans(edge, count)
        ]

    def pass_edge(self, edge):
        decision = decide(self.spec, self.windows(edge, windows_needed(self.spec)), self.state)
        self.state = decision.state
        return decision


def past_of(engine, edges):
    """The same history as arrays, with the windows before the first edge put in front."""
    deep = windows_needed(engine.spec)
    shown = [engine.windows(edge, deep) for edge in edges]
    every = {window.edge: window for windows in shown for window in windows[::-1]}
    ends = sorted(every)
    places = {end: place for place, end in enumerate(ends)}
    ordered = [every[end] for end in ends]
    return Past(
        edges=ends,
        first=places[edges[0]] if edges else 0,
        starts=[window.start for window in ordered],
        before=np.array([places.get(window.start, -1) for window in ordered], dtype=np.int64),
        values=np.array([math.nan if w.value is None else w.value for w in ordered]),
        n=np.array([float(window.n) for window in ordered]),
        whole=np.array([window.whole for window in ordered], dtype=np.bool_),
        **bases_of(engine.spec, ordered),
    )


def bases_of(spec, windows):
    if not spec.is_change or spec.versus.is_window_before:
        return {}
    bases = [math.nan if window.base is None else window.base for window in windows]
    return {"base": np.array(bases), "base_n": np.array([float(w.base_n) for w in windows])}


def events_of(decision):
    said = ["praises"] if decision.praises else []
    if decision.opens:
        said.append("reopens" if decision.reopens else "opens")
    return said + (["clears"] if decision.clears else [])


def possible(story):
    try:
        parse_spec(story[1], KINDS[story[0]][0])
    except SpecError:
        return False
    return True


STORIES = stories().filter(possible)


@CASES
@given(STORIES)
def test_engine_and_oracle_agree_at_every_edge(story):
    kind, rule, rows, zone, (first, last) = story
    engine = Engine(rule, rows, KINDS[kind][0], zone)
    oracle = Oracle(rule, rows, KINDS[kind][0], zone, mine=engine.mine or "")
    for edge in engine.frame.edges_between(first, last):
        decision, said = engine.pass_edge(edge), oracle.pass_edge(edge)
        assert decision.state.level == said.level
        assert (decision.verdict == "insufficient") <= (not said.sufficient)
        assert events_of(decision) == said.events
        if said.sufficient and decision.verdict not in ("no_data", "insufficient"):
            assert np.isclose(decision.params["value"], said.value, rtol=1e-9, atol=1e-7)


@settings(CASES, max_examples=500)
@given(STORIES, st.integers(0, 3))
def test_many_edges_in_a_row_are_decided_like_one_by_one(story, asleep):
    kind, rule, rows, zone, (first, last) = story
    engine = Engine(
        rule, [replace(row, known_at=first, gone_at=END) for row in rows], KINDS[kind][0], zone
    )
    edges = list(engine.frame.edges_between(first, last))
    assume(len(edges) > asleep)
    for edge in edges[:asleep]:
        engine.pass_edge(edge)
    past = past_of(engine, edges[asleep:])
    lived = live_through(engine.spec, past, engine.state)
    decisions = [engine.pass_edge(edge) for edge in edges[asleep:]]
    levels = [level or None for level in lived.levels[past.first :].tolist()]
    assert levels == [decision.state.level for decision in decisions]
    opened = [(place + past.first, d.reopens) for place, d in enumerate(decisions) if d.opens]
    assert [(episode.first, episode.reopens) for episode in lived.episodes] == opened
    praises = [place + past.first for place, d in enumerate(decisions) if d.praises]
    assert list(lived.praised) == praises
    assert lived.state == engine.state
