"""Every address of the service. /hooks/ stands outside /api/ and never redirects."""

from django.contrib import admin
from django.urls import include, path, re_path

from config.start import views as start
from cx_loop.api.hooks import HookView
from cx_loop.web.login import sign_in_of_admin
from tasks.api.metrics import MetricsView

handler500 = "cx_loop.web.away.server_error"

urlpatterns = [
    path("admin/login/", sign_in_of_admin),
    path("admin/", admin.site.urls),
    path("api/v1/", include("config.api_urls")),
    re_path(r"^hooks/(?P<token>[A-Za-z0-9_-]{1,100})/?$", HookView.as_view(), name="hook"),
    path("metrics", MetricsView.as_view(), name="metrics"),
    path("start/", start.start, name="start"),
    path("start/demo/", start.load_demo, name="start-demo"),
    path("", include("cx_loop.web.urls")),
    path("", include("alerts.web.urls")),
    path("", include("tasks.web.urls")),
]
