from django.urls import path

from alerts.web import alerts, touchpoint

app_name = "alerts"
urlpatterns = [
    path("alerts/", alerts.alert_list, name="list"),
    path("alerts/<int:pk>/", alerts.alert, name="alert"),
    path("touchpoints/<slug:key>/", touchpoint.touchpoint, name="touchpoint"),
]
