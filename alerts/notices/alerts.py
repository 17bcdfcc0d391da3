"""An alert in a sentence, and the mail of good news."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext_lazy

from alerts.logic.levels import operator_of
from alerts.models import Alert, Group, RuleVersion
from alerts.notices.values import say_breach, say_drift
from cx_loop.models import in_language

STATES = {
    "open": pgettext_lazy("alert", "Open"),
    "acknowledged": gettext_lazy("Acknowledged"),
    "resolved": gettext_lazy("Resolved"),
    "dismissed": gettext_lazy("Dismissed"),
}


def sentence_of(alert: Alert) -> str:
    """9 of 10 waited up to 42 min (limit 30), 186 observations."""
    spec = alert.version.spec
    if alert.drift:
        return say_drift(alert.version.metric, spec.get("aggregate"), alert.drift, alert.n)
    level = spec.get("critical" if alert.severity == 1 else "warning") or spec.get("warning") or {}
    operator = operator_of(level)
    return say_breach(
        alert.version.metric,
        aggregate=spec.get("aggregate"),
        operator=operator,
        line=level.get(operator),
        value=alert.value,
        n=alert.n,
    )


def mail_of_praise(
    group: Group, version: RuleVersion, *, value: float | None, n: float | None, language: str
) -> tuple[str, str]:
    """Subject and text of good news, in the language of who gets it."""
    with override(language):
        place, metric = in_language(group.touchpoint.name), version.metric
        level = version.spec.get("praise") or {}
        operator = operator_of(level)
        subject = _("%(touchpoint)s: good news about %(metric)s") % {
            "touchpoint": place or group.touchpoint.key,
            "metric": in_language(metric.name) or metric.key,
        }
        said = say_breach(
            metric,
            aggregate=version.spec.get("aggregate"),
            operator=operator,
            line=level.get(operator),
            value=value,
            n=n,
        )
        asked = _("Find out what has made the difference, and keep it.")
        page = f"{settings.PUBLIC_URL}/touchpoints/{group.touchpoint.key}/"
        return subject, "\n".join([said, asked, "", page])
