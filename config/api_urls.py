"""Everything under /api/v1/."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from cx_loop.api.nowhere import NowhereView

urlpatterns = [
    path("", include("cx_loop.api.urls")),
    path("", include("alerts.api.urls")),
    path("", include("tasks.api.urls")),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    re_path("", NowhereView.as_view()),
]
