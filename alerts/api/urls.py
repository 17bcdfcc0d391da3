"""Addresses of the API whose data this package owns; config/api_urls.py mounts them."""

from django.urls import path

from alerts.api.alerts import AlertsView, AlertView
from alerts.api.calls import AcknowledgeView, DismissView, SnoozeView
from alerts.api.evaluations import EvaluationsView
from alerts.api.export import AlertsExportView
from alerts.api.preview import RulePreviewView
from alerts.api.quality import RuleQualityView
from alerts.api.rules import RulesView, RuleView
from alerts.api.silences import EndSilenceView, SilencesView, SilenceView
from alerts.api.standards import StandardRuleView, StandardsView, StandardView
from alerts.api.watch import WatchView

urlpatterns = [
    path("alerts/", AlertsView.as_view(), name="alerts"),
    path("alerts/export/", AlertsExportView.as_view(), name="alerts-export"),
    path("alerts/<int:pk>/", AlertView.as_view(), name="alert"),
    path("alerts/<int:pk>/acknowledge/", AcknowledgeView.as_view(), name="alert-acknowledge"),
    path("alerts/<int:pk>/snooze/", SnoozeView.as_view(), name="alert-snooze"),
    path("alerts/<int:pk>/dismiss/", DismissView.as_view(), name="alert-dismiss"),
    path("rules/", RulesView.as_view(), name="rules"),
    path("rules/watch/", WatchView.as_view(), name="rules-watch"),
    path("rules/preview/", RulePreviewView.as_view(), name="rule-preview"),
    path("rules/<slug:key>/", RuleView.as_view(), name="rule"),
    path("rules/<slug:key>/quality/", RuleQualityView.as_view(), name="rule-quality"),
    path("standards/", StandardsView.as_view(), name="standards"),
    path("standards/<int:pk>/", StandardView.as_view(), name="standard"),
    path("standards/<int:pk>/rule/", StandardRuleView.as_view(), name="standard-rule"),
    path("silences/", SilencesView.as_view(), name="silences"),
    path("silences/<int:pk>/", SilenceView.as_view(), name="silence"),
    path("silences/<int:pk>/end/", EndSilenceView.as_view(), name="silence-end"),
    path("evaluations/", EvaluationsView.as_view(), name="evaluations"),
]
