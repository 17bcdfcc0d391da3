from django.urls import path

from cx_loop.web import about, absence, language, login, me

app_name = "cx_loop"
urlpatterns = [
    path("login/", login.sign_in, name="login"),
    path("logout/", login.sign_out, name="logout"),
    path("me/", me.me, name="me"),
    path("language/", language.change_language, name="language"),
    path("absences/", absence.absences, name="absences"),
    path("absences/<int:pk>/", absence.change, name="absence"),
    path("about/", about.about, name="about"),
    path("about/progress/", about.progress, name="progress"),
]
