"""GET tasks/export/."""

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request

from cx_loop import clock
from cx_loop.api.exports import AnswersWithAFile, documented, sent
from cx_loop.api.permissions import HasScope
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import reader_of, viewer_of
from cx_loop.ui.sheets import Sheet
from tasks.actions.export import export_tasks
from tasks.api.filters import TaskFilters
from tasks.models import Task


class TasksExportView(AnswersWithAFile, GenericAPIView[Task]):
    """The tasks of the list, with its filters, as a file: all of them, the most urgent first."""

    permission_classes = [HasScope("read", people=True)]
    throttle_classes = [PerCaller]
    pagination_class = None
    filterset_class = TaskFilters
    queryset = Task.objects.all()

    def get_queryset(self) -> QuerySet[Task]:
        return Task.objects.all().visible_to(viewer_of(self.request))

    @documented("tasks_export", "Take the list of tasks as CSV or XLSX", "tasks")
    def get(self, request: Request) -> HttpResponseBase:
        found = self.filter_queryset(self.get_queryset()).order_by("severity", "due_at", "number")
        by, asked = reader_of(request), request.META.get("QUERY_STRING", "")

        def make(kind: str) -> Sheet:
            return export_tasks(found, kind=kind, by=by, now=clock.now(), asked=asked)

        return sent(make, request)
