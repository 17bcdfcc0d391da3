"""The API alone, for tests that look at nothing else."""

from django.urls import include, path

urlpatterns = [path("api/v1/", include("config.api_urls"))]
