"""Users: they sign in with their e-mail address."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from cx_loop.clock import DatabaseNow
from cx_loop.logic.telling import LONGEST_DIGEST


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """`is_superuser` is the role admin; `is_analyst` reads everything and changes nothing."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=10, default="en")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    is_analyst = models.BooleanField(default=False)
    # how they are told, as they chose on their own page; the inbox has everything at once
    muted_kinds = models.JSONField(default=list, blank=True)  # of mails: logic/telling.py
    quiet_from = models.TimeField(null=True, blank=True)  # local, [from, until): mails wait
    quiet_until = models.TimeField(null=True, blank=True)
    timezone = models.CharField(max_length=64, blank=True)  # "": the organisation's
    digest_minutes = models.PositiveSmallIntegerField(default=0)  # 0: each mail by itself
    joined_at = models.DateTimeField(db_default=DatabaseNow())
    # away in [absent_since, absent_until): meanwhile the substitute is asked
    absent_since = models.DateTimeField(null=True, blank=True)
    absent_until = models.DateTimeField(null=True, blank=True)
    substitute = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="stands_in_for"
    )

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="user_email_is_lower",
            ),
            models.CheckConstraint(
                condition=models.Q(absent_since=None, absent_until=None, substitute=None)
                | models.Q(
                    absent_since__isnull=False,
                    absent_until__isnull=False,
                    absent_until__gt=models.F("absent_since"),
                ),
                name="user_absence_has_an_end",
            ),
            models.CheckConstraint(
                condition=models.Q(substitute=None) | ~models.Q(substitute=models.F("id")),
                name="user_stands_in_for_another",
            ),
            models.CheckConstraint(
                condition=models.Q(quiet_from=None, quiet_until=None)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="user_quiet_hours_have_two_ends",
            ),
            models.CheckConstraint(
                condition=models.Q(digest_minutes__lte=LONGEST_DIGEST),
                name="user_digest_within_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def is_absent(self, now: datetime) -> bool:
        since, until = self.absent_since, self.absent_until
        return since is not None and until is not None and since <= now < until

    @property
    def sees_everything(self) -> bool:
        return self.is_active and (self.is_superuser or self.is_analyst)
