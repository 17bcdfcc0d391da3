"""Addresses of the API whose data this package owns; config/api_urls.py mounts them."""

from django.urls import path

from tasks.api import checklist
from tasks.api.bulk import BulkView
from tasks.api.calls import CALL_VIEWS, CommentView
from tasks.api.elsewhere import ElsewhereView
from tasks.api.export import TasksExportView
from tasks.api.insights import (
    InsightsView,
    LearnedExportView,
    LearnedView,
    LearnedWhereView,
    PendingView,
)
from tasks.api.loop import LoopView
from tasks.api.message_templates import (
    ApproveTemplateView,
    ChangeTemplateView,
    RetireTemplateView,
    TemplatesView,
    TemplateView,
)
from tasks.api.opt_outs import LiftOptOutView, OptOutsView
from tasks.api.permanence import PermanenceView, WorthView
from tasks.api.recovery import ContactedView, RecoveriesView, RecoveryView
from tasks.api.sharing import (
    AttachmentsView,
    AttachmentView,
    LinkView,
    RemoveAttachmentView,
    UnlinkView,
    UnwatchView,
    WatchView,
)
from tasks.api.tasks import TasksView, TaskView
from tasks.api.telling import ReleaseView, SentencesView, ToldView, WithdrawView
from tasks.api.telling_file import ToldFileView

SENTENCES = "tasks/<int:number>/sentences/"
ATTACHMENTS = "tasks/<int:number>/attachments/"

urlpatterns = [
    path("insights/", InsightsView.as_view(), name="insights"),
    path("insights/loop/", LoopView.as_view(), name="insights-loop"),
    path("insights/fixes/", LearnedView.as_view(), name="insights-fixes"),
    path("insights/fixes/export/", LearnedExportView.as_view(), name="insights-export"),
    path("insights/playbooks/", LearnedWhereView.as_view(), name="insights-playbooks"),
    path("insights/pending/", PendingView.as_view(), name="insights-pending"),
    path("opt-outs/", OptOutsView.as_view(), name="opt-outs"),
    path("opt-outs/lift/", LiftOptOutView.as_view(), name="opt-outs-lift"),
    path("recovery/", RecoveriesView.as_view(), name="recovery"),
    path("recovery/<int:pk>/", RecoveryView.as_view(), name="recovery-one"),
    path("recovery/<int:pk>/contacted/", ContactedView.as_view(), name="recovery-contacted"),
    path("templates/", TemplatesView.as_view(), name="templates"),
    path("templates/<int:pk>/", TemplateView.as_view(), name="template"),
    path("templates/<int:pk>/change/", ChangeTemplateView.as_view(), name="template-change"),
    path("templates/<int:pk>/approve/", ApproveTemplateView.as_view(), name="template-approve"),
    path("templates/<int:pk>/retire/", RetireTemplateView.as_view(), name="template-retire"),
    path("tasks/", TasksView.as_view(), name="tasks"),
    path("tasks/export/", TasksExportView.as_view(), name="tasks-export"),
    path("tasks/bulk/", BulkView.as_view(), name="tasks-bulk"),
    path("tasks/<int:number>/", TaskView.as_view(), name="task"),
    path("tasks/<int:number>/comment/", CommentView.as_view(), name="task-comment"),
    path("tasks/<int:number>/checklist/", checklist.ChecklistView.as_view(), name="task-checklist"),
    *(
        path(f"tasks/<int:number>/{address}", view.as_view(), name=f"task-{name}")
        for address, (name, view) in checklist.CALL_VIEWS.items()
    ),
    path(
        "tasks/<int:number>/judge_elsewhere/", ElsewhereView.as_view(), name="task-judge-elsewhere"
    ),
    path("tasks/<int:number>/permanence/", PermanenceView.as_view(), name="task-permanence"),
    path("tasks/<int:number>/worth/", WorthView.as_view(), name="task-worth"),
    path("tasks/<int:number>/watch/", WatchView.as_view(), name="task-watch"),
    path("tasks/<int:number>/unwatch/", UnwatchView.as_view(), name="task-unwatch"),
    path("tasks/<int:number>/link/", LinkView.as_view(), name="task-link"),
    path("tasks/<int:number>/unlink/", UnlinkView.as_view(), name="task-unlink"),
    path("tasks/<int:number>/told/", ToldView.as_view(), name="task-told"),
    path("tasks/<int:number>/told/file/", ToldFileView.as_view(), name="task-told-file"),
    path(SENTENCES, SentencesView.as_view(), name="task-sentences"),
    path(f"{SENTENCES}release/", ReleaseView.as_view(), name="task-sentences-release"),
    path(f"{SENTENCES}withdraw/", WithdrawView.as_view(), name="task-sentences-withdraw"),
    path(ATTACHMENTS, AttachmentsView.as_view(), name="task-attachments"),
    path(f"{ATTACHMENTS}<int:pk>/", AttachmentView.as_view(), name="task-attachment"),
    path(f"{ATTACHMENTS}<int:pk>/remove/", RemoveAttachmentView.as_view(), name="task-detach"),
    *(
        path(f"tasks/<int:number>/{call}/", view.as_view(), name=f"task-{call}")
        for call, view in CALL_VIEWS.items()
    ),
]
