"""The form that says which field is which: a row a field, with its last answers beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from cx_loop.actions.mappings import proposals_for
from cx_loop.ingest.vendors.tools import adapter_of
from cx_loop.logic.answers.faults import DIRECTIONS, OF_RESPONSE, SHARED, Fault
from cx_loop.logic.answers.numbers import number_of
from cx_loop.logic.answers.proposals import Proposal, Seen
from cx_loop.models import Metric, Source, Touchpoint, in_language
from cx_loop.notices import say_reason

MOST_ROWS = 120
AT_ONCE = 40  # rows of one page of the form: more would take long to load and to read
MOST_OPTIONS = 1_000  # of all places in all rows; beyond, they are typed with hints
TYPED = ("use", "place", "low", "high", "direction", "values", "outof")
Entry = dict[str, Any]


@dataclass(slots=True)
class Row:
    """One field. `use` is "metric:nps", another target, or "" for a field left out."""

    number: int
    seen: Seen
    use: str = ""
    place: str = ""
    low: str = ""
    high: str = ""
    direction: str = ""
    values: str = ""
    outof: str = ""
    proposed: bool = False
    faults: list[str] = field(default_factory=list)

    @property
    def is_metric(self) -> bool:
        return self.use.startswith("metric:")

    @property
    def title(self) -> str:
        return self.seen.title or self.seen.key


@dataclass(frozen=True, slots=True)
class Choices:
    """What a row can be, and where it can belong."""

    uses: list[tuple[str, list[tuple[str, str]]]]
    places: list[tuple[str, str]]
    directions: list[tuple[str, str]]
    has_rates: bool = False


def choices_for(source: Source) -> Choices:
    measured = list(Metric.objects.filter(retired_at=None).order_by("key"))
    metrics = [(f"metric:{each.key}", in_language(each.name) or each.key) for each in measured]
    words = _words()
    rest = [(to, words[to]) for to in ("comment", *SHARED)]
    groups = [(_("A score or measure"), metrics), (_("Something else"), rest)]
    if not adapter_of(source.tool).names_responses:
        groups.append((_("About the response"), [(to, words[to]) for to in OF_RESPONSE]))
    places = [
        (each.key, f"{in_language(each.stage.name)} · {in_language(each.name) or each.key}")
        for each in Touchpoint.objects.filter(retired_at=None)
        .select_related("stage")
        .order_by("stage__journey__key", "stage__position", "position", "key")
    ]
    better = [_("the highest answer is the best"), _("the lowest answer is the best")]
    has_rates = any(each.kind == Metric.Kind.RATE for each in measured)
    return Choices(groups, places, list(zip(DIRECTIONS, better, strict=True)), has_rates)


def rows_of(source: Source, seen: Sequence[Seen]) -> list[Row]:
    """As it is saved; proposals where nothing is."""
    saved = {each.get("field"): each for each in source.mapping if _is_plain(each)}
    unseen = [Seen(key) for key in saved if key not in {each.key for each in seen}]
    proposals = {} if source.mapping else proposals_for(source, seen)
    kinds = dict(Metric.objects.filter(retired_at=None).order_by("-key").values_list("kind", "key"))
    rows = []
    for number, each in enumerate([*seen, *unseen]):
        if entry := saved.get(each.key):
            rows.append(_saved(number, each, entry))
        else:
            rows.append(_proposed(number, each, proposals.get(each.key, Proposal()), kinds))
    # of many those that are something come first: what is needed to save fits on the first page
    return sorted(rows, key=lambda row: not row.use) if len(rows) > AT_ONCE else rows


@dataclass(frozen=True, slots=True)
class Part:
    """Of a form too long for one page: its rows [first, end), counted from 0."""

    first: int
    end: int
    is_shown: bool

    @property
    def label(self) -> str:
        return f"{self.first + 1}–{self.end}"


def first_of(asked: str, total: int) -> int:
    """With which row the asked page of the form begins."""
    first = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0
    return first // AT_ONCE * AT_ONCE if first < total else 0


def page_of_rows(rows: Sequence[Row], first: int) -> list[Row]:
    shown = rows[first : first + AT_ONCE]
    return [replace(row, number=number) for number, row in enumerate(shown)]


def parts_of(total: int, first: int) -> list[Part]:
    """The pages of the form; none where one is enough."""
    starts = range(0, total, AT_ONCE) if total > AT_ONCE else ()
    return [Part(each, min(each + AT_ONCE, total), each == first) for each in starts]


def typed_rows(said: QueryDict, seen: Sequence[Seen]) -> list[Row]:
    """What was typed, with the fields it was typed for."""
    known = {each.key: each for each in seen}
    rows = []
    for number in range(MOST_ROWS):
        key = said.get(f"field{number}", "").replace("\0", "")
        if not key:
            break
        typed = {name: said.get(f"{name}{number}", "").replace("\0", "").strip() for name in TYPED}
        rows.append(replace(Row(number, known.get(key, Seen(key))), **typed))  # type: ignore[arg-type]
    return rows


def entries_of(source: Source, rows: Sequence[Row]) -> tuple[list[Entry], list[Row]]:
    """The mapping the rows stand for, and the row of each entry; what rows cannot say (constants,
    entries for one survey, journeys), and fields of other pages of the form, stay as they are."""
    used = [row for row in rows if row.use]
    here = {row.seen.key for row in rows}
    kept = [each for each in source.mapping if not _is_plain(each) or each.get("field") not in here]
    return [*map(_entry, used), *kept], used


def kept_entries(source: Source) -> list[Any]:
    """What the rows cannot say."""
    return [each for each in source.mapping if not _is_plain(each)]


def mark_faults(rows: Sequence[Row], used: Sequence[Row], faults: Sequence[Fault]) -> list[str]:
    """Each fault at its row; gives those that are of none."""
    left = []
    for fault in faults:
        said = say_reason(fault.code) + (f" ({fault.about})" if fault.about else "")
        if fault.code in ("nothing_counted", "id_missing") or fault.place >= len(used):
            left.append(said)
        else:
            used[fault.place].faults.append(said)
    return left


def _words() -> Mapping[str, str]:
    return {
        "comment": _("Comment"),
        "segment": _("Segment"),
        "channel": _("Channel"),
        "location": _("Location"),
        "customer": _("Who the customer is"),
        "contact": _("Whether we may contact them (yes or no)"),
        "touchpoint": _("Touchpoint"),
        "id": _("Identifier of the response"),
        "occurred_at": _("When it was answered"),
        "revision": _("Version, or when it was changed"),
        "finished": _("Whether it is finished"),
    }


def _is_plain(entry: Any) -> bool:
    """Whether a row can say it."""
    odd = ("constant", "survey", "stage", "journey")
    return isinstance(entry, dict) and not any(entry.get(name) for name in odd)


def _saved(number: int, seen: Seen, entry: Entry) -> Row:
    target = entry.get("to") or "metric"
    low, high = entry.get("scale") or ("", "")
    values = "\n".join(f"{name} = {value}" for name, value in (entry.get("values") or {}).items())
    return Row(
        number,
        seen,
        use=f"metric:{entry.get('metric', '')}" if target == "metric" else target,
        place=entry.get("touchpoint", ""),
        low=str(low),
        high=str(high),
        direction=entry.get("direction", ""),
        values=values,
        outof=_plain_number(entry.get("exposure", "")),
    )


def _plain_number(said: Any) -> str:
    return f"{said:g}" if isinstance(said, int | float) else str(said)


def _proposed(number: int, seen: Seen, proposal: Proposal, kinds: Mapping[str, str]) -> Row:
    """The scale is left to a person: what was answered does not tell how far it goes. Only a
    recommendation that the tool itself calls so goes from 0 to 10."""
    values = "\n".join(f"{name} = {value}" for name, value in (proposal.values or {}).items())
    if proposal.to != "metric":
        return Row(number, seen, use=proposal.to, values=values, proposed=bool(proposal.to))
    metric = kinds.get(proposal.kind, "")
    if not metric:
        return Row(number, seen)
    row = Row(number, seen, use=f"metric:{metric}", proposed=True)
    if seen.kind == "nps":
        row.low, row.high, row.direction = "0", "10", DIRECTIONS[0]
    return row


def _entry(row: Row) -> Entry:
    entry: Entry = {"field": row.seen.key}
    values = dict(_pairs(row.values))
    if row.is_metric:
        entry |= {"to": "metric", "metric": row.use.removeprefix("metric:")}
        ends = [number_of(row.low), number_of(row.high)]
        if None not in ends:
            entry["scale"] = ends
        if row.direction:
            entry["direction"] = row.direction
        if row.outof:
            entry["exposure"] = _number(row.outof)
        values = {name: _number(value) for name, value in values.items()}
    else:
        entry["to"] = row.use
    if row.place and (row.is_metric or row.use == "comment"):
        entry["touchpoint"] = row.place
    return {**entry, **({"values": values} if values else {})}


def _pairs(text: str) -> list[tuple[str, Any]]:
    """ "Good = 5" a line; the last "=" counts, answers may hold one."""
    pairs = [line.rpartition("=") for line in text.splitlines() if "=" in line]
    return [(name.strip(), value.strip()) for name, _equals, value in pairs if name.strip()]


def _number(text: str) -> Any:
    """What is no number stays as it is, and is told as a fault."""
    number = number_of(text)
    return text if number is None else number
