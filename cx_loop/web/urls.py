from django.urls import path

from cx_loop.web import about, absence, feeds, language, login, me, messages, people, welcome

app_name = "cx_loop"
urlpatterns = [
    path("login/", login.sign_in, name="login"),
    path("logout/", login.sign_out, name="logout"),
    path("me/", me.me, name="me"),
    path("language/", language.change_language, name="language"),
    path("absences/", absence.absences, name="absences"),
    path("absences/<int:pk>/", absence.change, name="absence"),
    path("messages/", messages.overview, name="messages"),
    path("messages/add/", messages.add, name="message-add"),
    path("messages/mail/", messages.test_mail, name="message-mail"),
    path("messages/retry/", messages.retry, name="message-retry"),
    path("messages/<int:pk>/", messages.change, name="message-address"),
    path("about/", about.about, name="about"),
    path("about/progress/", about.progress, name="progress"),
    path("welcome/<str:token>/", welcome.welcome, name="welcome"),
    path("forgot/", welcome.forgot, name="forgot"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/details/", people.details, name="person-details"),
    path("people/<int:pk>/zone/", people.zone, name="person-zone"),
    path("people/<int:pk>/place/", people.place, name="person-place"),
    path("people/<int:pk>/leave/", people.leave, name="person-leave"),
    path("people/<int:pk>/link/", people.link, name="person-link"),
    path("people/<int:pk>/deactivate/", people.deactivate, name="person-deactivate"),
    path("people/<int:pk>/reactivate/", people.reactivate, name="person-reactivate"),
    path("people/<int:pk>/calendar/", feeds.calendar, name="person-calendar"),
]
