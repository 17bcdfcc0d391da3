"""Taking what came of the fixes away as a file."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from cx_loop.models import Actor, Organization, record
from cx_loop.ui.sheets import Cell, Sheet
from tasks.logic.learning import Learned, Share
from tasks.ui.learning import GROUPS, say_group


def export_learned(
    found: Sequence[Learned], *, group: str, kind: str, by: Actor, now: datetime
) -> Sheet:
    """A row a group, in the reader's language; the trail says who took it."""
    zone = Organization.current_zone()
    params = {"format": kind, "by": group}
    record(verb="exported", subject="insights", subject_id=0, by=by, now=now, params=params)
    rows = [_cells(each, group) for each in found]
    name = f"fixes-by-{group.replace('_', '-')}-{now.astimezone(zone):%Y-%m-%d}"
    return Sheet(name, _titles(group), iter([rows]), zone)


def _titles(group: str) -> list[str]:
    return [
        str(GROUPS[group]),
        _("Key"),
        _("Fixes judged"),
        *_titles_of(_("Proven")),
        *_titles_of(_("Recovered")),
        _("Once proven or accepted"),
        *_titles_of(_("Relapsed")),
        _("Median days from alert to proven"),
        _("Cost"),
        _("Benefit a year"),
    ]


def _titles_of(name: str) -> list[str]:
    words = {"name": name}
    return [
        name,
        _("%(name)s, %%") % words,
        _("%(name)s, 95 %% from") % words,
        _("%(name)s, 95 %% to") % words,
    ]


def _cells(row: Learned, group: str) -> list[Cell]:
    return [
        say_group(row, group),
        row.key,
        row.proven.n,
        *_share(row.proven),
        *_share(row.recovered),
        row.relapsed.n,
        *_share(row.relapsed),
        row.days,
        None if row.cost is None else float(row.cost),
        None if row.benefit is None else float(row.benefit),
    ]


def _share(share: Share) -> list[Cell]:
    if share.share is None or share.interval is None:
        return [share.count, None, None, None]
    low, high = share.interval
    return [share.count, round(share.share, 1), round(low, 1), round(high, 1)]
