"""Addresses of the API whose data this package owns; config/api_urls.py mounts them."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from cx_loop.api import catalog, map_viewpoints, sources
from cx_loop.api import source_files as files
from cx_loop.api.absences import AbsencesView, AbsenceView, PresenceView
from cx_loop.api.comments import Comments, CorrectView, ThemesView
from cx_loop.api.dead_letters import DeadLettersView, RetryView
from cx_loop.api.endpoints import (
    DisableView,
    EnableView,
    EndpointsView,
    EndpointView,
    RemoveView,
    RotateView,
    TestView,
)
from cx_loop.api.health import HealthView
from cx_loop.api.journey_maps import MapView, ReviewView, VersionsView
from cx_loop.api.map_drawing import (
    ChangeView,
    GiveView,
    MoveView,
    RetireView,
    StagesView,
    StopsView,
)
from cx_loop.api.moment_cards import (
    CardsView,
    CardView,
    ChangeCardView,
    RankView,
    RetireCardView,
)
from cx_loop.api.moments import EmotionView, MomentsView
from cx_loop.api.observations import ObservationsView
from cx_loop.api.removals import EraseCustomerView, ExportCustomerView, ObservationView

FILE = "sources/<slug:key>/files/<int:file>/"

router = SimpleRouter()
router.register("metrics", catalog.Metrics, basename="metric")
router.register("channels", catalog.Channels, basename="channel")
router.register("locations", catalog.Locations, basename="location")
router.register("departments", catalog.Departments, basename="department")
router.register("touchpoints", catalog.Touchpoints, basename="touchpoint")
router.register("journeys", catalog.Journeys, basename="journey")
router.register("series", catalog.SeriesViews, basename="series")
router.register("comments", Comments, basename="comment")
router.register("deliveries", sources.Deliveries, basename="delivery")
router.register("sources", sources.Sources, basename="source")

urlpatterns = [
    path("observations/", ObservationsView.as_view(), name="observations"),
    # an identifier may hold a slash
    path("observations/<path:external_id>/", ObservationView.as_view(), name="observation"),
    path("customers/erase/", EraseCustomerView.as_view(), name="erase_customer"),
    path("customers/export/", ExportCustomerView.as_view(), name="export_customer"),
    path("comments/<uuid:pk>/correct/", CorrectView.as_view(), name="comment-correct"),
    path("touchpoints/<slug:key>/themes/", ThemesView.as_view(), name="touchpoint-themes"),
    path("absences/", AbsencesView.as_view(), name="absences"),
    path("absences/<int:pk>/", AbsenceView.as_view(), name="absence"),
    path("absences/<int:pk>/end/", PresenceView.as_view(), name="absence-end"),
    path("endpoints/", EndpointsView.as_view(), name="endpoints"),
    path("endpoints/<int:pk>/", EndpointView.as_view(), name="endpoint"),
    path("endpoints/<int:pk>/test/", TestView.as_view(), name="endpoint-test"),
    path("endpoints/<int:pk>/rotate/", RotateView.as_view(), name="endpoint-rotate"),
    path("endpoints/<int:pk>/disable/", DisableView.as_view(), name="endpoint-disable"),
    path("endpoints/<int:pk>/enable/", EnableView.as_view(), name="endpoint-enable"),
    path("endpoints/<int:pk>/remove/", RemoveView.as_view(), name="endpoint-remove"),
    path("dead-letters/", DeadLettersView.as_view(), name="dead-letters"),
    path("dead-letters/retry/", RetryView.as_view(), name="dead-letters-retry"),
    path("health/", HealthView.as_view(), name="health"),
    path("journeys/<slug:key>/emotion/", EmotionView.as_view(), name="journey-emotion"),
    path("journeys/<slug:key>/moments/", MomentsView.as_view(), name="journey-moments"),
    path("journeys/<slug:key>/map/", MapView.as_view(), name="journey-map"),
    path("journeys/<slug:key>/versions/", VersionsView.as_view(), name="journey-versions"),
    path(
        "journeys/<slug:key>/versions/<int:number>/restore/",
        map_viewpoints.RestoreView.as_view(),
        name="journey-restore",
    ),
    path(
        "journeys/<slug:key>/viewpoints/",
        map_viewpoints.ViewpointsView.as_view(),
        name="journey-viewpoints",
    ),
    path(
        "viewpoints/<slug:key>/change/",
        map_viewpoints.ChangeViewpointView.as_view(),
        name="viewpoint-change",
    ),
    path(
        "viewpoints/<slug:key>/retire/",
        map_viewpoints.RetireViewpointView.as_view(),
        name="viewpoint-retire",
    ),
    path("journeys/<slug:key>/stages/", StagesView.as_view(), name="journey-stages"),
    path("journeys/<slug:key>/touchpoints/", StopsView.as_view(), name="journey-touchpoints"),
    path("journeys/<slug:key>/review/", ReviewView.as_view(), name="journey-review"),
    path("touchpoints/<slug:key>/change/", ChangeView.as_view(), name="touchpoint-change"),
    path("touchpoints/<slug:key>/move/", MoveView.as_view(), name="touchpoint-move"),
    path("touchpoints/<slug:key>/give/", GiveView.as_view(), name="touchpoint-give"),
    path("touchpoints/<slug:key>/retire/", RetireView.as_view(), name="touchpoint-retire"),
    path("moment-cards/", CardsView.as_view(), name="moment-cards"),
    path("moment-cards/rank/", RankView.as_view(), name="moment-cards-rank"),
    path("moment-cards/<int:pk>/", CardView.as_view(), name="moment-card"),
    path("moment-cards/<int:pk>/change/", ChangeCardView.as_view(), name="moment-card-change"),
    path("moment-cards/<int:pk>/retire/", RetireCardView.as_view(), name="moment-card-retire"),
    path("sources/<slug:key>/map_again/", sources.MapAgainView.as_view(), name="map-again"),
    path("sources/<slug:key>/files/", files.FilesView.as_view(), name="source-files"),
    path(FILE, files.FileView.as_view(), name="source-file"),
    path(f"{FILE}refused/", files.RefusedView.as_view(), name="source-file-refused"),
    path(f"{FILE}try/", files.TryFileView.as_view(), name="source-file-try"),
    path(f"{FILE}count/", files.CountFileView.as_view(), name="source-file-count"),
    path(f"{FILE}stop/", files.StopFileView.as_view(), name="source-file-stop"),
    path(f"{FILE}drop/", files.DropFileView.as_view(), name="source-file-drop"),
    path("", include(router.urls)),
]
