"""Addresses of the API whose data this package owns; config/api_urls.py mounts them."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from cx_loop.api import catalog
from cx_loop.api.health import HealthView
from cx_loop.api.observations import ObservationsView

router = SimpleRouter()
router.register("metrics", catalog.Metrics, basename="metric")
router.register("departments", catalog.Departments, basename="department")
router.register("touchpoints", catalog.Touchpoints, basename="touchpoint")
router.register("journeys", catalog.Journeys, basename="journey")
router.register("series", catalog.SeriesViews, basename="series")
router.register("deliveries", catalog.Deliveries, basename="delivery")

urlpatterns = [
    path("observations/", ObservationsView.as_view(), name="observations"),
    path("health/", HealthView.as_view(), name="health"),
    path("", include(router.urls)),
]
