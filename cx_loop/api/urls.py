"""Addresses of the API whose data this package owns; config/api_urls.py mounts them."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from cx_loop.api import catalog
from cx_loop.api.health import HealthView
from cx_loop.api.observations import ObservationsView
from cx_loop.api.removals import EraseCustomerView, ObservationView

router = SimpleRouter()
router.register("metrics", catalog.Metrics, basename="metric")
router.register("departments", catalog.Departments, basename="department")
router.register("touchpoints", catalog.Touchpoints, basename="touchpoint")
router.register("journeys", catalog.Journeys, basename="journey")
router.register("series", catalog.SeriesViews, basename="series")
router.register("deliveries", catalog.Deliveries, basename="delivery")

urlpatterns = [
    path("observations/", ObservationsView.as_view(), name="observations"),
    # an identifier may hold a slash
    path("observations/<path:external_id>/", ObservationView.as_view(), name="observation"),
    path("customers/erase/", EraseCustomerView.as_view(), name="erase_customer"),
    path("health/", HealthView.as_view(), name="health"),
    path("", include(router.urls)),
]
