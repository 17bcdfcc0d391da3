"""Taking the loop's own figures away as a file."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from cx_loop.models import Actor, Organization, record
from cx_loop.ui.sheets import Cell, Sheet
from tasks.logic.learning import Share
from tasks.logic.loop_figures import Figures, Length, Took


def export_figures(
    found: Sequence[Figures], *, kind: str, by: Actor, now: datetime, asked: Mapping[str, str]
) -> Sheet:
    """A row a department, all together on top, in the reader's language; the trail says who took
    it. Lengths are hours of working time."""
    zone = Organization.current_zone()
    params = {"format": kind, "asked": dict(asked)}
    record(verb="exported", subject="insights", subject_id=0, by=by, now=now, params=params)
    name = f"loop-by-department-{now.astimezone(zone):%Y-%m-%d}"
    return Sheet(name, _titles(), iter([[_cells(each) for each in found]]), zone)


def _titles() -> list[str]:
    return [
        _("Department"),
        _("Key"),
        _("Tasks opened"),
        *_lengths_of(_("Hours to answer")),
        *_lengths_of(_("Hours to fix")),
        *_shares_of(_("Late")),
        *_shares_of(_("Escalated")),
        *_shares_of(_("Escalated to a director")),
        *_shares_of(_("Proven")),
        *_shares_of(_("Recovered")),
        *_shares_of(_("Relapsed")),
    ]


def _lengths_of(name: str) -> list[str]:
    words = {"name": name}
    return [
        _("%(name)s, median") % words,
        _("%(name)s, 95 %% from") % words,
        _("%(name)s, 95 %% to") % words,
        _("%(name)s, nine of ten") % words,
        _("%(name)s, measured") % words,
        _("%(name)s, of") % words,
    ]


def _shares_of(name: str) -> list[str]:
    words = {"name": name}
    return [
        name,
        _("%(name)s, of") % words,
        _("%(name)s, %%") % words,
        _("%(name)s, 95 %% from") % words,
        _("%(name)s, 95 %% to") % words,
    ]


def _cells(each: Figures) -> list[Cell]:
    shares = (
        each.late,
        each.to_lead,
        each.to_director,
        each.proven,
        each.recovered,
        each.relapsed,
    )
    return [
        each.name,
        each.key,
        each.opened,
        *_took(each.response),
        *_took(each.resolution),
        *(cell for share in shares for cell in _share(share)),
    ]


def _took(length: Took) -> list[Cell]:
    median: Length = length.median
    low, high = median.between
    return [
        _hours(median.value),
        _hours(low),
        _hours(high),
        _hours(length.most.value),
        length.n,
        length.of,
    ]


def _hours(length: timedelta | None) -> float | None:
    return None if length is None else round(length / timedelta(hours=1), 2)


def _share(share: Share) -> list[Cell]:
    if share.share is None or share.interval is None:
        return [share.count, share.n, None, None, None]
    low, high = share.interval
    return [share.count, share.n, round(share.share, 1), round(low, 1), round(high, 1)]
