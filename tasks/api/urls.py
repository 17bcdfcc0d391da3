"""Addresses of the API whose data this package owns; config/api_urls.py mounts them."""

from django.urls import path

from tasks.api import checklist
from tasks.api.calls import CALL_VIEWS, CommentView
from tasks.api.export import TasksExportView
from tasks.api.tasks import TasksView, TaskView

urlpatterns = [
    path("tasks/", TasksView.as_view(), name="tasks"),
    path("tasks/export/", TasksExportView.as_view(), name="tasks-export"),
    path("tasks/<int:number>/", TaskView.as_view(), name="task"),
    path("tasks/<int:number>/comment/", CommentView.as_view(), name="task-comment"),
    path("tasks/<int:number>/checklist/", checklist.ChecklistView.as_view(), name="task-checklist"),
    *(
        path(f"tasks/<int:number>/{address}", view.as_view(), name=f"task-{name}")
        for address, (name, view) in checklist.CALL_VIEWS.items()
    ),
    *(
        path(f"tasks/<int:number>/{call}/", view.as_view(), name=f"task-{call}")
        for call, view in CALL_VIEWS.items()
    ),
]
