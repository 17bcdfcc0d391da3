"""The markup of one row of the queue: put together here, since by the template engine its
rows were half of the time of the page people look at all day."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tasks.web.words import QueueRow

_ROW = """<li>
{severity}
<span class="number">{number}</span>
<span class="what">
<a class="title" href="{url}">{title}</a><span class="under">{under}</span>
</span>
<span class="{late}">{clock}{when}</span>
<span><span class="state {state}">{said}</span></span>
<span class="step">{step}</span>
</li>
"""
_PICK = '<label class="pick"><input type="checkbox" name="pick" value="{}" form="bulk"> #{}</label>'
_POST = (
    '<button class="primary" form="{call}" formaction="{url}{call}/" name="version"'
    ' value="{version}" data-key="{key}">{label}<span class="unseen"> #{number}</span></button>'
)
_LINK = (
    '<a class="button" href="{url}?do={call}#do">{label}<span class="unseen"> #{number}</span></a>'
)


def row_markup(row: QueueRow, *, picks: bool) -> SafeString:
    """`picks`: with a box to choose it for what is done with many."""
    return format_html(
        _ROW,
        severity=row.severity,
        number=format_html(_PICK, row.pick, row.number) if picks else f"#{row.number}",
        url=row.url,
        title=row.title,
        under=_under(row),
        late="late" if row.is_late else "",
        clock=row.clock,
        when=format_html('<span class="under">{}</span>', row.when) if row.when else "",
        state=row.task.state,
        said=row.state,
        step=_step(row),
    )


def _under(row: QueueRow) -> str:
    """Who has it, and what else is to be known before it is opened."""
    said = [row.who]
    if row.stands_in:
        said.append(_("away; you stand in"))
    if row.task.episode > 1:
        said.append(_("episode %(episode)s") % {"episode": row.task.episode})
    if row.task.self_recovered:
        said.append(_("self-recovered"))
    return " · ".join(said)


def _step(row: QueueRow) -> str:
    if row.step is None:
        return ""
    return format_html(
        _POST if row.step.post else _LINK,
        call=row.step.call,
        url=row.url,
        version=row.version,
        key=row.step.key,
        label=row.step.label,
        number=row.number,
    )
