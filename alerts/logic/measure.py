"""From the totals of series to the windows that are judged.

A group has parts: its own observations, where it is compared with another part that one's
(`BASE`), and for a spread one part each value of its dimension. Who calls says where totals come
from: one query for many groups, an array of a preview, a list in a test.
"""

from collections.abc import Callable, Mapping, Sequence

from alerts.logic.certain import bounds_of, spread_of, wanted
from alerts.logic.conditions import Spec
from alerts.logic.frames import Frame, Span
from alerts.logic.judge import Bounds, Window
from alerts.logic.noise import Noise, unlooked
from cx_loop.logic.bins import Scale
from cx_loop.logic.scores import value
from cx_loop.logic.totals import Totals

OWN, BASE = "own", "base"
Part = tuple[str, str]  # (OWN or BASE, value of the spread's dimension)
Ask = tuple[Part, Span]
Lookup = Callable[[Part, Span], Totals]


def asks(spec: Spec, frame: Frame, spans: Sequence[Span], parts: Sequence[Part]) -> list[Ask]:
    """Which totals `measure` will look up for these windows."""
    asked = [(part, span) for span in spans for part in parts]
    if spec.versus.is_other_time:
        asked += [(part, frame.week_before(span)) for span in spans for part in parts]
    return asked


def measure(
    spec: Spec,
    scale: Scale,
    frame: Frame,
    span: Span,
    lookup: Lookup,
    values: Sequence[str] = (),
    noise: Noise = unlooked,
) -> Window:
    """One window of a group. `values`: of the dimension a spread compares; `noise`: the group's
    overdispersion, asked for only where a level wants certainty."""
    if spec.spread:
        parts = {each: lookup((OWN, each), span) for each in values}
        return _spread(spec, scale, frame, span, parts, noise)
    own, base = lookup((OWN, ""), span), None
    if spec.versus.is_other_time:
        base = lookup((OWN, ""), frame.week_before(span))
    elif spec.versus.is_other_part:
        base = lookup((BASE, ""), span)
    return Window(
        start=span[0],
        edge=span[1],
        value=value(own, spec.aggregate, scale),
        n=own.samples(scale.kind),
        base=None if base is None else value(base, spec.aggregate, scale),
        base_n=0 if base is None else base.samples(scale.kind),
        whole=frame.is_over(span[1]),
        bounds=_bounds(spec, scale, frame, span, own, base, lookup, noise) if wanted(spec) else {},
    )


def _bounds(
    spec: Spec,
    scale: Scale,
    frame: Frame,
    span: Span,
    own: Totals,
    base: Totals | None,
    lookup: Lookup,
    noise: Noise,
) -> Bounds:
    """How sure what is compared is."""
    if spec.is_change and base is None:
        base = lookup((OWN, ""), frame.spans(span[1], 2)[1])
    return bounds_of(spec, own, base, scale, noise(span[0]))


def _spread(
    spec: Spec,
    scale: Scale,
    frame: Frame,
    span: Span,
    parts: Mapping[str, Totals],
    noise: Noise,
) -> Window:
    """Largest minus smallest of the parts that suffice; fewer than two have no spread."""
    found = {
        part: number
        for part, totals in parts.items()
        if totals.samples(scale.kind) >= spec.min_samples
        and (number := value(totals, spec.aggregate, scale)) is not None
    }
    largest = max(sorted(found), key=lambda part: found[part], default="")
    smallest = min(sorted(found), key=lambda part: found[part], default="")
    enough, sides = len(found) > 1, [parts[part] for part in found]
    return Window(
        start=span[0],
        edge=span[1],
        value=found[largest] - found[smallest] if enough else None,
        n=sum(totals.samples(scale.kind) for totals in parts.values()),
        why="" if enough else "too_few_parts",
        parts=(largest, smallest) if enough else None,
        whole=frame.is_over(span[1]),
        bounds=spread_of(spec, sides, scale, noise(span[0])) if enough and wanted(spec) else {},
    )
