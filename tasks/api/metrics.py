"""GET /metrics: figures of the whole installation, for Prometheus and what speaks like it."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from cx_loop import clock
from cx_loop.logic.exposition import TYPE, exposition
from cx_loop.models import ApiKey, User
from tasks.reads.metrics import gauges


class SeesTheWholeInstallation(BasePermission):
    """A key with `read` or `admin` that is bound to no department, or an admin who is signed in.

    Not everybody on loopback: behind a proxy on the same host that would be everybody.
    """

    code = "scope_missing"
    message = "This needs a key with the scope read that is bound to no department."

    def has_permission(self, request: Request, view: Any) -> bool:
        key = request.auth
        if isinstance(key, ApiKey):
            return key.department_id is None and bool({"read", "admin"} & set(key.scopes))
        return isinstance(request.user, User) and request.user.is_superuser


@extend_schema(exclude=True)
class MetricsView(APIView):
    permission_classes = [SeesTheWholeInstallation]

    def get(self, request: Request) -> HttpResponse:
        return HttpResponse(exposition(gauges(clock.now())), content_type=TYPE)
