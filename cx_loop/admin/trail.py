"""Who did what: to be read, never written."""

from django.contrib import admin
from django.http import HttpRequest

from cx_loop.admin.base import KeptAdmin
from cx_loop.models import Activity


@admin.register(Activity)
class ActivityAdmin(KeptAdmin[Activity]):
    list_display = ["at", "user", "key", "verb", "subject", "subject_id", "params"]
    list_filter = ["subject", "verb"]
    date_hierarchy = "at"
    ordering = ["-at", "-id"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Activity | None = None) -> bool:
        return False
