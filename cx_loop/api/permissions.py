"""What a view must say about who may call it; one that says nothing is closed."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from cx_loop.models import ApiKey, User


class NobodyUnlessDeclared(BasePermission):
    """The default: a view that declares no permission answers nobody."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return False


class ScopePermission(BasePermission):
    scope = ""
    people = False
    code = "scope_missing"
    message = "This needs a scope or a role that you do not have."

    def has_permission(self, request: Request, view: Any) -> bool:
        if isinstance(request.auth, ApiKey):
            return bool({self.scope, "admin"} & set(request.auth.scopes))
        return self.people and isinstance(request.user, User) and request.user.is_active


class ReadsOrWorks(ScopePermission):
    """`read` to look, `work` to write; whoever is signed in may try both."""

    people = True

    def has_permission(self, request: Request, view: Any) -> bool:
        self.scope = "read" if request.method in SAFE_METHODS else "work"
        return super().has_permission(request, view)


def HasScope(scope: str, *, people: bool = False) -> type[ScopePermission]:
    """Keys with the scope (or `admin`); with `people`, whoever is signed in as well.

    Which objects they see is not decided here but by `visible_to`.
    """
    return type("HasScope", (ScopePermission,), {"scope": scope, "people": people})
