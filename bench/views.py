"""What the intake is compared with: a view that does nothing, and intake as it is usually written.

Neither authenticates nor throttles, so they cost less than such views would in practice.
"""

from typing import Any

from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ModelSerializer
from rest_framework.views import APIView

from bench.models import Conventional


class NullView(APIView):
    authentication_classes: Any = []
    permission_classes = [AllowAny]

    def post(self, request: Request) -> Response:
        # a body that is left unread makes the server close the connection
        return Response({"bytes": len(request.body)})


class ConventionalSerializer(ModelSerializer[Conventional]):
    class Meta:
        model = Conventional
        fields = ["touchpoint", "metric", "segment", "external_id", "occurred_at", "value"]
        # one query an item otherwise; the insert ignores what is there already
        extra_kwargs: Any = {"external_id": {"validators": []}}


class ConventionalView(APIView):
    """Exactly once and nothing more: no rollup, no marks."""

    authentication_classes: Any = []
    permission_classes = [AllowAny]

    def post(self, request: Request) -> Response:
        sent = request.data if isinstance(request.data, list) else [request.data]
        serializer = ConventionalSerializer(data=sent, many=True)
        serializer.is_valid(raise_exception=True)
        rows = [Conventional(**item) for item in serializer.validated_data]
        Conventional._default_manager.bulk_create(rows, ignore_conflicts=True)
        return Response({"accepted": len(rows)})
