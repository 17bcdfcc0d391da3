"""A journey map as its page shows it: columns of touchpoints, lanes, and what is felt there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from cx_loop.logic.blueprint import BELOW_THE_LINE, LANES
from cx_loop.models import Stage, Touchpoint, Viewpoint, ViewpointStop, in_language
from cx_loop.reads.journeys import Map
from cx_loop.reads.moments import Moments
from cx_loop.ui.curves import Curve, CurveLine, Felt, curve
from cx_loop.ui.dimensions import ValueNames, value_names
from cx_loop.ui.moments import LANE_NAMES, MOMENT_TYPES
from cx_loop.ui.slots import WorkAt
from cx_loop.web.journey_figures import Score, felt_of, scores_of


@dataclass(frozen=True, slots=True)
class Column:
    """A touchpoint, or (`key` '') one a viewpoint adds. `mark`: new, changed, dropped or ''."""

    key: str
    name: str
    url: str = ""
    is_here: bool = False
    is_moment: bool = False
    moment_type: str = ""
    is_back_stage: bool = False
    owner: str = ""
    channels: str = ""
    scores: Sequence[Score] = ()
    work: WorkAt | None = None
    mark: str = ""
    words: str = ""
    lanes: Mapping[str, "LaneText"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LaneText:
    """What happens in a lane, and what will where a viewpoint says otherwise."""

    now: str
    then: str = ""
    support: str = ""  # departments, in their own lane


@dataclass(frozen=True, slots=True)
class LaneRow:
    key: str
    name: str
    cells: Sequence[LaneText]
    is_first_unseen: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """The map as a table. `stages`: (name, columns)."""

    stages: list[tuple[str, int]]
    columns: list[Column]
    lanes: list[LaneRow]
    curve: Curve
    words: list[str]

    @property
    def has_words(self) -> bool:
        return any(self.words)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the reader chose: a viewpoint with its stops, whether figures are measured or held
    against expectation, the touchpoint at the side, and what stands in the address otherwise."""

    viewpoint: Viewpoint | None
    stops: Sequence[ViewpointStop]
    by_measured: bool
    at: str
    query: Mapping[str, str]

    def address(self, **changes: str) -> str:
        said = {**self.query, **changes}
        return "?" + urlencode({name: value for name, value in said.items() if value})


def drawn(found: Map, told: Moments | None, shown: Shown, work: Mapping[int, WorkAt]) -> Drawn:
    said = {stop.touchpoint_id: stop for stop in shown.stops if stop.touchpoint_id}
    names = value_names()
    stages: list[tuple[str, int]] = []
    columns: list[Column] = []
    places: list[int | None] = []  # primary key of the touchpoint of each column
    for stage, touchpoints in found.stages:
        here = [_column(each, said.get(each.pk), told, shown, work, names) for each in touchpoints]
        to_come = [_to_come(stop) for stop in shown.stops if stop.stage_id == stage.pk]
        stages.append((_name(stage), max(1, len(here) + len(to_come))))
        places += [each.pk for each in touchpoints] + [None] * len(to_come)
        columns += [*here, *to_come]
        if not here and not to_come:
            places.append(None)
            columns.append(Column("", ""))  # an empty stage keeps its column
    return Drawn(
        stages=stages,
        columns=columns,
        lanes=[
            LaneRow(
                lane,
                str(LANE_NAMES[lane]),
                [each.lanes.get(lane, LaneText("")) for each in columns],
                lane == BELOW_THE_LINE,
            )
            for lane in LANES
        ],
        curve=_curve(columns, places, told, shown),
        words=[each.words for each in columns],
    )


def _column(
    stop: Touchpoint,
    said: ViewpointStop | None,
    told: Moments | None,
    shown: Shown,
    work: Mapping[int, WorkAt],
    names: ValueNames,
) -> Column:
    return Column(
        key=stop.key,
        name=in_language(stop.name) or stop.key,
        url=shown.address(at=stop.key) + "#side",
        is_here=stop.key == shown.at,
        is_moment=stop.moment_of_truth,
        moment_type=str(MOMENT_TYPES.get(stop.moment_type, "")),
        is_back_stage=not stop.front_stage,
        owner=in_language(stop.owner.name) or stop.owner.key,
        channels=names.all_of("channel", stop.channels),
        scores=scores_of(told, stop, by_measured=shown.by_measured),
        work=work.get(stop.pk),
        mark=_mark(said),
        words=in_language(said.words) if said else "",
        lanes={lane: _lane(stop, said, lane) for lane in LANES},
    )


def _mark(said: ViewpointStop | None) -> str:
    if said is None:
        return ""
    return "dropped" if said.dropped else "changed" if said.blueprint else ""


def _lane(stop: Touchpoint, said: ViewpointStop | None, lane: str) -> LaneText:
    now = in_language(stop.blueprint.get(lane, {}))
    then = in_language(said.blueprint.get(lane, {})) if said else ""
    helps = list(stop.support.all()) if lane == "support" else []
    support = ", ".join(in_language(each.name) or each.key for each in helps)
    return LaneText(now, then if then != now else "", support)


def _to_come(stop: ViewpointStop) -> Column:
    lanes = {lane: LaneText("", in_language(stop.blueprint.get(lane, {}))) for lane in LANES}
    words = in_language(stop.words)
    return Column("", in_language(stop.name), mark="new", words=words, lanes=lanes)


def _name(stage: Stage) -> str:
    return in_language(stage.name) or stage.key


def _curve(
    columns: Sequence[Column], places: Sequence[int | None], told: Moments | None, shown: Shown
) -> Curve:
    lines = felt_of(told, places, by_measured=shown.by_measured)
    if shown.viewpoint is not None:
        felt = _thought(columns, shown)
        if any(felt):
            name = in_language(shown.viewpoint.name) or shown.viewpoint.key
            lines.append(CurveLine(name, felt, kind=4, thought=True))
    title = _("Measured satisfaction") if shown.by_measured else _("Felt against expectation")
    return curve([each.name or "–" for each in columns], lines, title=title)


def _thought(columns: Sequence[Column], shown: Shown) -> list[Felt | None]:
    by_key = {stop.touchpoint.key: stop for stop in shown.stops if stop.touchpoint}
    by_name = {in_language(stop.name): stop for stop in shown.stops if stop.stage_id}
    found = [by_key.get(each.key) if each.key else by_name.get(each.name) for each in columns]
    return [Felt(stop.felt) if stop and stop.felt is not None else None for stop in found]
