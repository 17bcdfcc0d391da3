"""Personas of a journey and its to-be version, laid over the map."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from cx_loop.actions.configure.journeys import blueprint_of, reviewer_form, reviewer_of
from cx_loop.actions.configure.kinds import Draft, Kind, Wanted, names_of, retired
from cx_loop.logic.configuration.differences import Form
from cx_loop.logic.configuration.tree import Node
from cx_loop.models import Actor, Journey, Stage, Touchpoint, Viewpoint, ViewpointStop


def _read(draft: Draft, file: Node) -> Iterator[Wanted]:
    for journey in file.at("journeys").items:
        nodes = journey.fields.get("viewpoints")
        for position, node in enumerate(nodes.items if nodes else []):
            if (key := draft.claim("viewpoint", node)) and _makes_sense(draft, node):
                yield Wanted(key, _form_of_entry(node, journey.value("key"), position), node)


def _makes_sense(draft: Draft, node: Node) -> bool:
    stops = node.at("stops").items if "stops" in node.fields else []
    spoken: dict[str, int] = {}
    for stop in stops:
        place, name = stop.value("touchpoint"), stop.value("name")
        if place is None and not (stop.value("stage") and name):
            draft.report.refuse(
                stop,
                "This stop is nowhere. Name its touchpoint, or a stage and a name of its own.",
            )
        elif place is not None and (stop.value("stage") or name):
            draft.report.refuse(
                stop,
                "touchpoint {place} has its stage and name on the map. Take these out.",
                place=place,
            )
        elif place in spoken:
            draft.report.refuse(
                stop,
                "touchpoint {place} stands twice, first on line {line}. Remove one.",
                place=place,
                line=spoken[place],
            )
        elif place is None and stop.value("dropped"):
            draft.report.refuse(stop, "What is still to come cannot be dropped. Take it out.")
        if place is not None:
            spoken.setdefault(place, stop.line)
    return draft.report.is_clean(node)


def _form_of_entry(node: Node, journey: str, position: int) -> Form:
    stops = node.at("stops").items if "stops" in node.fields else []
    return {
        "name": names_of(node),
        "journey": journey,
        "who": names_of(node, "who"),
        "to_be": node.value("to_be", False),
        "segment": node.value("segment", ""),
        **reviewer_form(node.value("reviewer")),
        "stops": [_stop_of_entry(stop) for stop in stops],
        "position": position,
        "retired": False,
    }


def _stop_of_entry(node: Node) -> Form:
    return stop_form(
        touchpoint=node.value("touchpoint"),
        stage=node.value("stage"),
        name=names_of(node),
        felt=node.value("felt"),
        words=names_of(node, "words"),
        blueprint=blueprint_of(node),
        dropped=node.value("dropped", False),
    )


def stop_form(**said: object) -> Form:
    """Only what is said: an empty lane is as good as none."""
    return {name: value for name, value in said.items() if value not in (None, {}, False, "")}


def forms_of_viewpoints() -> dict[str, Form]:
    rows = Viewpoint.objects.select_related("journey", "reviewer")
    rows = rows.prefetch_related("stops__touchpoint", "stops__stage")
    return {row.key: form_of_viewpoint(row) for row in rows}


def form_of_viewpoint(row: Viewpoint) -> Form:
    return {
        "name": row.name,
        "journey": row.journey.key,
        "who": row.who,
        "to_be": row.to_be,
        "segment": row.segment,
        **reviewer_form(row.reviewer.email if row.reviewer else None),
        "stops": [
            stop_form(
                touchpoint=stop.touchpoint and stop.touchpoint.key,
                stage=stop.stage and stop.stage.key,
                name=stop.name,
                felt=stop.felt,
                words=stop.words,
                blueprint=stop.blueprint,
                dropped=stop.dropped,
            )
            for stop in row.stops.all()
        ],
        "position": row.position,
        "retired": row.retired_at is not None,
    }


def save_viewpoint(*, wanted: Wanted, by: Actor, now: datetime) -> Viewpoint:
    return write_form(wanted.key, wanted.form)


def write_form(key: str, form: Form) -> Viewpoint:
    saved, _ = Viewpoint.objects.update_or_create(
        key=key,
        defaults={
            **{name: form[name] for name in ("name", "who", "to_be", "segment", "position")},
            "journey": Journey.objects.get(key=form["journey"]),
            "reviewer": reviewer_of(form),
            "retired_at": None,
        },
    )
    saved.stops.all().delete()
    ViewpointStop.objects.bulk_create(
        ViewpointStop(viewpoint=saved, position=place, **_columns(stop))
        for place, stop in enumerate(form["stops"])
    )
    return saved


def _columns(stop: Form) -> Form:
    place, stage = stop.get("touchpoint"), stop.get("stage")
    return {
        "touchpoint": Touchpoint.objects.get(key=place) if place else None,
        "stage": Stage.objects.get(key=stage) if stage else None,
        "name": stop.get("name", {}),
        "felt": stop.get("felt"),
        "words": stop.get("words", {}),
        "blueprint": stop.get("blueprint", {}),
        "dropped": stop.get("dropped", False),
    }


def _depends_on(form: Form) -> Iterable[tuple[str, str]]:
    yield "journey", form["journey"]
    if form["segment"]:
        yield "segment", form["segment"]
    for stop in form["stops"]:
        yield from ((kind, stop[kind]) for kind in ("touchpoint", "stage") if kind in stop)


VIEWPOINT = Kind(
    "viewpoint",
    "journeys",
    _read,
    forms_of_viewpoints,
    save_viewpoint,
    retired(Viewpoint),
    _depends_on,
)
