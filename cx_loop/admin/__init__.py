"""What configuration as code says, for editing by hand. Only people with the role admin come in."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth.models import Group

from cx_loop.admin import journeys, keys, measures, messages, organization, trail

admin.site.unregister(Group)  # roles are on the person and in departments, not in groups
# a provider stands in the environment, whose account is whose on the page of the person
for kept in (EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken):
    if admin.site.is_registered(kept):
        admin.site.unregister(kept)

__all__ = ["journeys", "keys", "measures", "messages", "organization", "trail"]
