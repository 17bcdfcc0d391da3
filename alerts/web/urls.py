from django.urls import path

from alerts.web import (
    alerts,
    calls,
    quality,
    rule_editor,
    rules,
    silences,
    standard_settings,
    standards,
    touchpoint,
    watch,
    why,
)

app_name = "alerts"
urlpatterns = [
    path("alerts/", alerts.alert_list, name="list"),
    path("alerts/export/", alerts.export, name="export"),
    path("alerts/<int:pk>/", alerts.alert, name="alert"),
    path("alerts/<int:pk>/acknowledge/", calls.acknowledge, name="acknowledge"),
    path("alerts/<int:pk>/dismiss/", calls.dismiss, name="dismiss"),
    path("alerts/<int:pk>/snooze/", silences.snooze, name="snooze"),
    path("silences/", silences.silences, name="silences"),
    path("silences/<int:pk>/end/", silences.end, name="silence-end"),
    path("rules/", rules.rule_list, name="rules"),
    path("rules/new/", rule_editor.new, name="rule-new"),
    path("rules/review/", quality.review, name="review"),
    path("rules/watch/", watch.overview, name="watch"),
    path("rules/<slug:key>/", rules.rule, name="rule"),
    path("rules/<slug:key>/edit/", rule_editor.edit, name="rule-edit"),
    path("rules/<slug:key>/retire/", rule_editor.retire, name="rule-retire"),
    path("rules/<slug:key>/back/", rule_editor.bring_back, name="rule-back"),
    path("rules/<slug:key>/why/", why.why, name="why"),
    path("standards/new/", standard_settings.new, name="standard-new"),
    path("standards/<int:pk>/edit/", standard_settings.change, name="standard-edit"),
    path("standards/<int:pk>/turn/", standard_settings.turn, name="standard-turn"),
    path("standards/<int:pk>/rule/", standards.make_rule, name="standard-rule"),
    path("touchpoints/<slug:key>/", touchpoint.touchpoint, name="touchpoint"),
    path("touchpoints/<slug:key>/owner/", touchpoint.owner, name="touchpoint-owner"),
]
