from django.urls import path

from tasks.web import (
    board,
    bulk,
    by_hand,
    calendar,
    checklist,
    inbox,
    insights,
    permanence,
    proof,
    queue,
    task,
    unattended,
    views,
)
from tasks.web import sharing_views as sharing

app_name = "tasks"
urlpatterns = [
    path("", queue.home, name="home"),
    path("queue/", queue.queue, name="queue"),
    path("queue/newer/", queue.newer, name="newer"),
    path("queue/views/", views.keep, name="view-keep"),
    path("queue/views/<int:pk>/drop/", views.drop, name="view-drop"),
    path("board/", board.board, name="board"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.read, name="inbox-read"),
    path("touchpoints/<slug:key>/task/", by_hand.open_task, name="open"),
    path("calendar/<str:token>.ics", calendar.calendar, name="calendar"),
    path("tasks/export/", queue.export, name="export"),
    path("tasks/bulk/", bulk.bulk, name="bulk"),
    path("insights/", insights.insights, name="insights"),
    path("unattended/", unattended.unattended, name="unattended"),
    path("tasks/<int:number>/", task.task, name="task"),
    path("tasks/<int:number>/comment/", task.comment, name="comment"),
    path("tasks/<int:number>/watch/", sharing.watch, name="watch"),
    path("tasks/<int:number>/link/", sharing.link, name="link"),
    path("tasks/<int:number>/attachments/", sharing.attach, name="attach"),
    path("tasks/<int:number>/attachments/<int:pk>/", sharing.attachment, name="attachment"),
    path("tasks/<int:number>/attachments/<int:pk>/remove/", sharing.detach, name="detach"),
    path("tasks/<int:number>/checklist/", checklist.checklist, name="checklist"),
    path("tasks/<int:number>/permanent/", permanence.permanent, name="permanent"),
    path("tasks/<int:number>/proof/", proof.proof, name="proof"),
    path("tasks/<int:number>/worth/", permanence.worth, name="worth"),
    path("tasks/<int:number>/<slug:name>/", task.call, name="call"),
]
