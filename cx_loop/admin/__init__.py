"""What configuration as code says, for editing by hand. Only people with the role admin come in."""

from django.contrib import admin
from django.contrib.auth.models import Group

from cx_loop.admin import journeys, keys, measures, messages, organization, trail

admin.site.unregister(Group)  # roles are on the person and in departments, not in groups

__all__ = ["journeys", "keys", "measures", "messages", "organization", "trail"]
