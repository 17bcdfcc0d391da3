"""Who asks: the two questions before every page, prepared (decision 0010).

Put together by the ORM and planned anew they were a sixth of the processor time of a queue page.
"""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.models import Session

from cx_loop.models import User
from cx_loop.models.prepared import ask, columns_of, models_of

_SESSION = f"""
SELECT {columns_of(Session, "it")} FROM django_session AS it
WHERE it.session_key = %(key)s::text AND it.expire_date > now()
"""  # noqa: S608  names of our own tables
_USER = f"""
SELECT {columns_of(User, "it")} FROM cx_loop_user AS it WHERE it.id = %(user)s::bigint
"""  # noqa: S608  names of our own tables


class SessionStore(DatabaseSessions):
    """Django's sessions in the database."""

    def _get_session_from_db(self) -> Session | None:
        rows = ask(_SESSION, {"key": self.session_key})
        if not rows:
            self._session_key = None
            return None
        found: Session = models_of(rows[0], Session)[0]
        return found


class Users(ModelBackend):
    """Django's way to sign in with a password."""

    def get_user(self, user_id: Any) -> User | None:
        rows = ask(_USER, {"user": str(user_id)})
        user = models_of(rows[0], User)[0] if rows else None
        return user if self.user_can_authenticate(user) else None
