"""Where observations come from. A secret is stored encrypted and compared by its fingerprint."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from cx_loop.actions.configure.kinds import Draft, Kind, Wanted, retired
from cx_loop.actions.configure.metrics import scale_of
from cx_loop.actions.sources import change_secret, change_token
from cx_loop.logic.answers import mapping
from cx_loop.logic.answers.faults import DIRECTIONS, PLACES, Fault, Known
from cx_loop.logic.answers.numbers import Ends
from cx_loop.logic.configuration.differences import Form
from cx_loop.logic.configuration.tree import Node
from cx_loop.logic.sentences import Sentence, inner, sentence
from cx_loop.models import Actor, Source
from cx_loop.models.encryption import decrypt, fingerprint

SHOWN = 12  # digits of a fingerprint: enough to see a change, useless for anything else


def _read(draft: Draft, file: Node) -> Iterator[Wanted]:
    for node in file.at("sources").items:
        key = draft.claim("source", node)
        if key is None:
            continue
        entries, secret = node.value("mapping", []), node.value("secret", "")
        if not _is_sound(draft, node, entries):
            continue
        form = {
            "tool": node.value("tool", "api"),
            "secret": fingerprint(secret)[:SHOWN],
            "mapping": entries,
            "retired": False,
            **_more(fingerprint(node.value("token", ""))[:SHOWN], node.value("options", {})),
        }
        yield Wanted(key, form, node, secret=secret)


def _is_sound(draft: Draft, node: Node, entries: list[Any]) -> bool:
    zone = node.at("options.timezone")
    if zone.path.endswith("timezone") and zone.content not in available_timezones():
        draft.report.refuse(
            zone,
            "{content!r} is no time zone. Write Asia/Shanghai.",
            content=zone.content,
        )
        return False
    _, found = mapping.read(entries, _known(draft))
    # what names nothing is refused as any reference is
    faults = [each for each in found if not each.code.endswith("_unknown")]
    for fault in faults:
        where = node.at(f"mapping.{fault.place}")
        draft.report.refuse(where, _said(fault))
    return not faults


_SENTENCES = {
    "scale_missing": sentence(
        "The lowest and the highest answer are not said. Write scale: [0, 10]."
    ),
    "direction_missing": sentence(
        "It is not said which end is the best. Write direction: higher_is_better."
    ),
    "scale_differs": sentence(
        "The scale is longer or shorter than the metric's. Use a metric of that scale."
    ),
    "place_missing": sentence("It is not said where this belongs. Add touchpoint: <key>."),
    "place_ambiguous": sentence(
        "This belongs to several places. Keep one of touchpoint, stage and journey."
    ),
    "field_missing": sentence("It is not said which field this is. Add field: <the tool's name>."),
    "exposure_missing": sentence(
        "It is not said out of how many this is. Add exposure: <field>, or 1."
    ),
    "exposure_unexpected": sentence("Only a rate is out of so many. Take exposure away."),
    "values_not_numbers": sentence("Answers of a metric stand for numbers. Write {Good: 5}."),
}


def _said(fault: Fault) -> Sentence:
    found = _SENTENCES.get(fault.code, sentence("{code}.", code=fault.code))
    return (
        sentence("{what} ({about}).", what=inner(found), about=fault.about)
        if fault.about
        else found
    )


def _known(draft: Draft) -> Known:
    """What entries may name after the file is applied."""
    metrics: dict[str, Ends | None] = {}
    rates: set[str] = set()
    for key in draft.known("metric"):
        form = draft.form("metric", key)
        if form is not None:
            rates |= {key} if form["kind"] == "rate" else set()
            scale, better = scale_of(form), form["direction"] == DIRECTIONS[0]
            metrics[key] = Ends(*scale.ends, better) if scale.bounded else None
    places = {name: frozenset(draft.known(name)) for name in PLACES}
    return Known(
        metrics, places["touchpoint"], places["stage"], places["journey"], frozenset(rates)
    )


def _more(token: str, options: dict[str, Any]) -> Form:
    """Left out where there is none: what was applied before these were known stays equal."""
    return {**({"token": token} if token else {}), **({"options": options} if options else {})}


def _current() -> dict[str, Form]:
    return {
        row.key: {
            "tool": row.tool,
            "secret": _fingerprint_of(row.secret),
            "mapping": row.mapping,
            "retired": row.retired_at is not None,
            **_more(_fingerprint_of(row.token), row.options),
        }
        for row in Source.objects.all()
    }


def _fingerprint_of(kept: str) -> str:
    try:
        return fingerprint(decrypt(kept))[:SHOWN]
    except ValueError:
        return "unreadable"


def save_source(*, wanted: Wanted, by: Actor, now: datetime) -> Source:
    """A secret that changes verifies beside the new one for a week, as on the page."""
    saved, _ = Source.objects.update_or_create(
        key=wanted.key,
        defaults={
            "tool": wanted.form["tool"],
            "mapping": wanted.form["mapping"],
            "options": wanted.form.get("options", {}),
            "retired_at": None,
        },
    )
    change_secret(source=saved, secret=wanted.secret, by=by, now=now)
    change_token(source=saved, token=wanted.node.value("token", ""), by=by, now=now)
    return saved


def _depends_on(form: Form) -> Iterable[tuple[str, str]]:
    for entry in form["mapping"]:
        for kind in ("metric", *PLACES):
            if isinstance(entry, dict) and entry.get(kind):
                yield kind, entry[kind]


# adopts: creating a key makes the source "api", which no file lists and --prune must not retire
SOURCE = Kind(
    "source",
    "sources",
    _read,
    _current,
    save_source,
    retired(Source),
    depends_on=_depends_on,
    adopts=True,
)
