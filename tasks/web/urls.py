from django.urls import path

from tasks.web import by_hand, calendar, inbox, queue, task

app_name = "tasks"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.read, name="inbox-read"),
    path("touchpoints/<slug:key>/task/", by_hand.open_task, name="open"),
    path("calendar/<str:token>.ics", calendar.calendar, name="calendar"),
    path("tasks/export/", queue.export, name="export"),
    path("tasks/<int:number>/", task.task, name="task"),
    path("tasks/<int:number>/comment/", task.comment, name="comment"),
    path("tasks/<int:number>/<slug:name>/", task.call, name="call"),
]
