from django.urls import include, path

from bench.views import ConventionalView, LookedUpView, NullView

urlpatterns = [
    path("bench/null/", NullView.as_view()),
    path("bench/conventional/", ConventionalView.as_view()),
    path("bench/looked-up/", LookedUpView.as_view()),
    path("", include("config.urls")),
]
