"""What is felt on a journey, as the pages say it: by segment, with n and interval; what to mend."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cx_loop.logic.emotion import Line, Moment
from cx_loop.logic.moments import Estimate
from cx_loop.logic.peak_end import end_of, peak_of
from cx_loop.models import MomentWeights, Segment, Touchpoint, in_language, once
from cx_loop.reads.drivers import Weighed
from cx_loop.reads.moments import Moments
from cx_loop.ui.charts import FEW
from cx_loop.ui.curves import KINDS, CurveLine, Felt, say_signed
from cx_loop.ui.matrices import Matrix, Weighted, matrix, quadrant_names
from cx_loop.ui.moments import ANSWERS, MOMENT_TYPES, POLARITIES
from cx_loop.ui.words import say_number


@dataclass(frozen=True, slots=True)
class Score:
    """What one segment felt at a touchpoint. `kind`: of its line in the curve."""

    label: str
    kind: int
    value: str
    n: str
    between: str
    is_few: bool


@dataclass(frozen=True, slots=True)
class Ranked:
    """A touchpoint in the order of what to mend first; '' where nothing can be said."""

    place: str
    key: str
    name: str
    score: Score | None
    goal: str
    importance: str
    basis: str
    reach: str
    priority: str
    quadrant: str
    polarity: str
    is_certain: bool
    answer: str
    marks: str
    is_moment: bool
    moment_type: str


def line_names(told: Moments) -> dict[str | None, str]:
    """The lines worth drawing: everybody, and each segment somebody answered in."""
    segments = segment_names()
    parts = [
        key
        for key, line in told.lines.items()
        if key is not None and any(each.n for each in line.moments)
    ]
    # who tells no segments apart is everybody
    kept = [] if parts == [""] else parts
    names: dict[str | None, str] = {None: _("Everybody")}
    for key in kept:
        names[key] = segments.get(key, key) if key else _("Without segment")
    return names


def felt_of(
    told: Moments | None, places: Sequence[int | None], *, by_measured: bool
) -> list[CurveLine]:
    """The lines of the curve over columns (primary keys of touchpoints, None for one to come)."""
    if told is None:
        return []
    where = {stop.pk: at for at, stop in enumerate(told.touchpoints)}
    return [
        CurveLine(
            label,
            _felt(told, told.lines[key], [where.get(each or 0) for each in places], by_measured),
            kind=at % KINDS,
        )
        for at, (key, label) in enumerate(line_names(told).items())
    ]


def scores_of(told: Moments | None, stop: Touchpoint, *, by_measured: bool) -> list[Score]:
    """Everybody and each segment, of what the reader may see."""
    if told is None or stop.pk not in told.seen:
        return []
    at = next((at for at, each in enumerate(told.touchpoints) if each.pk == stop.pk), None)
    if at is None:
        return []
    found = []
    for kind, (key, label) in enumerate(line_names(told).items()):
        estimate = _estimate(told.lines[key].moments[at], by_measured=by_measured)
        if estimate is not None:
            found.append(_score(estimate, label, kind % KINDS))
    return found


def remembered(told: Moments, *, by_measured: bool) -> list[tuple[str, int, str]]:
    """(label, kind, score) of each line: only to who sees the whole journey."""
    if not told.is_whole:
        return []
    found = []
    for kind, (key, label) in enumerate(line_names(told).items()):
        line = told.lines[key]
        score = line.measured if by_measured else line.satisfaction
        if score is not None:
            found.append((label, kind % KINDS, say_signed(score)))
    return found


def ranking(told: Moments, segment: str | None) -> list[Ranked]:
    """The most urgent first, of what the reader sees."""
    seen = sorted(_seen(told, segment), key=lambda each: _order(each[2]))
    return [_ranked(told, *each) for each in seen]


def matrix_of(told: Moments, segment: str | None, title: str) -> Matrix:
    items = []
    for stop, weighed, moment in _seen(told, segment):
        decides = _deciding(told, moment)
        if moment.place is None or decides is None or moment.quadrant is None:
            continue
        above = decides.value - _goal(told, stop)
        name = in_language(stop.name) or stop.key
        items.append(Weighted(moment.place, name, above, weighed.share, moment.quadrant))
    items.sort(key=lambda each: each.number)
    return matrix(items, equal=1 / max(1, len(told.touchpoints)), title=title)


def basis_of(told: Moments, segment: str | None) -> str:
    """In whose answers importance was found; '' where it is as stated, and for who sees a part."""
    found = told.importance.driven(segment)
    if found is None or not found.n or not told.is_whole:
        return ""
    many = {"n": say_number(found.n)}
    if segment is None:
        return _("Importance was found in the answers of %(n)s customers.") % many
    if found.segment is None:
        return (
            _(
                "Too few customers of this segment answered everywhere: importance is that of all"
                " %(n)s customers."
            )
            % many
        )
    return _("Importance was found in the answers of %(n)s customers of this segment.") % many


def segment_names() -> dict[str, str]:
    return once("segment names", _segment_names)


def _segment_names() -> dict[str, str]:
    rows = Segment.objects.values_list("key", "name")
    return {key: in_language(name) or key for key, name in rows.order_by("position", "key")}


def _felt(
    told: Moments, line: Line, places: Sequence[int | None], by_measured: bool
) -> list[Felt | None]:
    found = [_estimate(each, by_measured=by_measured) for each in line.moments]
    # of the whole journey, whoever reads: a part of it has no peak of its own
    values = [each.value if each else None for each in found]
    peak, end = peak_of(values), end_of(values)
    shown: list[Felt | None] = []
    for at in places:
        may_tell = at is not None and told.touchpoints[at].pk in told.seen
        known = found[at] if at is not None and may_tell else None
        marks = (at == peak, at == end)
        felt = Felt(known.value, known.n, known.low, known.high, *marks) if known else None
        shown.append(felt)
    return shown


def _estimate(moment: Moment, *, by_measured: bool) -> Estimate | None:
    return moment.measured if by_measured else moment.satisfaction


def _score(estimate: Estimate, label: str, kind: int) -> Score:
    between = ""
    if estimate.low is not None and estimate.high is not None:
        ends = {"low": say_signed(estimate.low), "high": say_signed(estimate.high)}
        between = _("95 %% interval %(low)s to %(high)s") % ends
    value, n = say_signed(estimate.value), say_number(estimate.n)
    return Score(label, kind, value, n, between, estimate.n < FEW)


def _deciding(told: Moments, moment: Moment) -> Estimate | None:
    by_gap = told.weights.decide_by == MomentWeights.Decides.EXPECTATION
    return moment.satisfaction if by_gap else moment.measured


def _goal(told: Moments, stop: Touchpoint) -> float:
    return told.weights.usual_goal if stop.goal is None else stop.goal


def _seen(told: Moments, segment: str | None) -> Iterator[tuple[Touchpoint, Weighed, Moment]]:
    weighed, line = told.importance.of(segment), told.lines[segment]
    together = zip(told.touchpoints, weighed, line.moments, strict=True)
    return (each for each in together if each[0].pk in told.seen)


def _order(moment: Moment) -> tuple[bool, int]:
    return moment.place is None, moment.place or 0


def _ranked(told: Moments, stop: Touchpoint, weighed: Weighed, moment: Moment) -> Ranked:
    decides = _deciding(told, moment)
    marks = [
        word for word, is_so in ((_("peak"), moment.is_peak), (_("end"), moment.is_end)) if is_so
    ]
    return Ranked(
        place="" if moment.place is None else str(moment.place),
        key=stop.key,
        name=in_language(stop.name) or stop.key,
        score=_score(decides, "", 0) if decides else None,
        goal=say_signed(_goal(told, stop)),
        importance=f"{weighed.share:.0%}",
        basis=_basis(weighed),
        reach=f"{moment.reach:.0%}",
        priority="" if moment.priority is None else say_number(moment.priority),
        quadrant=quadrant_names().get(moment.quadrant or "", ""),
        polarity=str(POLARITIES.get(moment.polarity or "", "")),
        is_certain=moment.is_certain,
        answer=_answer(moment),
        marks=", ".join(marks),
        is_moment=stop.moment_of_truth,
        moment_type=str(MOMENT_TYPES.get(stop.moment_type, "")),
    )


def _answer(moment: Moment) -> str:
    """What to do of it; a moment that is good but below its goal is no reason to lean back."""
    if moment.quadrant == "fix_first" and moment.polarity == "positive":
        return _("Good, and still below its goal where it matters.")
    return str(ANSWERS.get(moment.polarity or "", ""))


def _basis(weighed: Weighed) -> str:
    if not weighed.is_found:
        return _("as stated")
    if weighed.rank is None or weighed.rank_low is None:
        return _("found in answers")
    words = {"rank": weighed.rank, "low": weighed.rank_low, "high": weighed.rank_high}
    return _("found in answers: rank %(rank)s, 95 %% between %(low)s and %(high)s") % words
