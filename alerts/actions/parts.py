"""Which series stand for what in a rule: a group's own, each value of a spread, the base."""

from collections import defaultdict
from collections.abc import Mapping

from alerts.logic.conditions import Spec
from alerts.logic.measure import BASE, OWN, Part
from alerts.models import ComparedSeries
from cx_loop.models import Series

Parts = Mapping[Part, list[int]]


def parts_of(members: Mapping[int, list[int]], specs: Mapping[int, Spec]) -> dict[int, Parts]:
    """The parts of each group, of its members. Asks nothing where no rule compares parts."""
    found: dict[int, Parts] = {}
    bases = _bases([group for group, spec in specs.items() if spec.versus.is_other_part])
    spread = {spec.spread for spec in specs.values() if spec.spread}
    apart = [each for group, spec in specs.items() if spec.spread for each in members[group]]
    values = {dimension: _values(dimension, apart) for dimension in sorted(spread)}
    for group, series in members.items():
        dimension = specs[group].spread
        if dimension:
            found[group] = _apart(series, values[dimension])
        elif specs[group].versus.is_other_part:
            found[group] = {(OWN, ""): series, (BASE, ""): bases[group]}
        else:
            found[group] = {(OWN, ""): series}
    return found


def _bases(groups: list[int]) -> dict[int, list[int]]:
    bases: dict[int, list[int]] = defaultdict(list)
    if groups:
        rows = ComparedSeries.objects.filter(group__in=groups).order_by("series_id")
        for group, series in rows.values_list("group_id", "series_id"):
            bases[group].append(series)
    return bases


def _values(dimension: str, series: list[int]) -> dict[int, str]:
    rows = Series.objects.filter(pk__in=series).order_by("pk")
    return dict(rows.values_list("pk", dimension))


def _apart(series: list[int], values: Mapping[int, str]) -> Parts:
    parts: dict[Part, list[int]] = defaultdict(list)
    for each in series:
        parts[(OWN, values[each])].append(each)
    return dict(parts)
