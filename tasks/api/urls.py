"""Addresses of the API whose data this package owns; config/api_urls.py mounts them."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
