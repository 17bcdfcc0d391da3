"""GET alerts/export/."""

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request

from alerts.actions.export import export_alerts
from alerts.api.alerts import AlertFilters
from alerts.models import Alert
from cx_loop import clock
from cx_loop.api.exports import AnswersWithAFile, documented, sent
from cx_loop.api.permissions import HasScope
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import reader_of, viewer_of
from cx_loop.ui.sheets import Sheet


class AlertsExportView(AnswersWithAFile, GenericAPIView[Alert]):
    """The alerts of the list, with its filters, as a file: all of them, the newest first."""

    permission_classes = [HasScope("read", people=True)]
    throttle_classes = [PerCaller]
    pagination_class = None
    filterset_class = AlertFilters
    queryset = Alert.objects.all()

    def get_queryset(self) -> QuerySet[Alert]:
        return Alert.objects.all().visible_to(viewer_of(self.request))

    @documented("alerts_export", "Take the list of alerts as CSV or XLSX", "alerts")
    def get(self, request: Request) -> HttpResponseBase:
        found = self.filter_queryset(self.get_queryset()).order_by("-opened_at", "id")
        viewer, by = viewer_of(request), reader_of(request)
        asked = request.META.get("QUERY_STRING", "")

        def make(kind: str) -> Sheet:
            now = clock.now()
            return export_alerts(found, kind=kind, viewer=viewer, by=by, now=now, asked=asked)

        return sent(make, request)
