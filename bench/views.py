"""What the intake is compared with: a view that does nothing, and intake as it is usually written.

Neither authenticates nor throttles, so they cost less than such views would in practice. Of the
conventional way there are two. Both are a ModelSerializer with `many=True`, which checks every
member, and one `bulk_create(ignore_conflicts=True)`; both name touchpoint and metric by key, as
the service's own callers do. They differ in how a key becomes a row:

ConventionalView   from a dictionary read once a request. This is what the limit is about: the
                   best that can be done without leaving the framework's own ways.
LookedUpView       SlugRelatedField as the framework's documentation has it: one query for every
                   key of every item. Measured to be seen, not to be compared with.

Neither answers which items were there already, keeps corrections, rolls up or marks anything.
"""

from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.fields import Field
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ModelSerializer, SlugRelatedField
from rest_framework.views import APIView

from bench.models import Conventional
from cx_loop.models import Metric, Touchpoint


class NullView(APIView):
    authentication_classes: Any = []
    permission_classes = [AllowAny]

    def post(self, request: Request) -> Response:
        # a body that is left unread makes the server close the connection
        return Response({"bytes": len(request.body)})


class KnownKey(Field[Any, Any, Any, Any]):
    """By key, from a dictionary the view has read."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return self.context[str(self.field_name)][data]
        except (KeyError, TypeError):
            raise ValidationError(f"There is no {data}.") from None


class LookedUpSerializer(ModelSerializer[Conventional]):
    touchpoint: Any = SlugRelatedField(slug_field="key", queryset=Touchpoint.objects.all())
    metric: Any = SlugRelatedField(slug_field="key", queryset=Metric.objects.all())

    class Meta:
        model = Conventional
        fields = ["touchpoint", "metric", "segment", "external_id", "occurred_at", "value"]
        # one query an item otherwise; the insert ignores what is there already
        validators: Any = []


class ConventionalSerializer(LookedUpSerializer):
    touchpoint: Any = KnownKey()
    metric: Any = KnownKey()


class LookedUpView(APIView):
    authentication_classes: Any = []
    permission_classes = [AllowAny]
    serializer = LookedUpSerializer

    def post(self, request: Request) -> Response:
        sent = request.data if isinstance(request.data, list) else [request.data]
        serializer = self.serializer(data=sent, many=True, context=self.known())
        serializer.is_valid(raise_exception=True)
        rows = [Conventional(**item) for item in serializer.validated_data]
        Conventional._default_manager.bulk_create(rows, ignore_conflicts=True)
        return Response({"accepted": len(rows)})

    def known(self) -> dict[str, Any]:
        return {}


class ConventionalView(LookedUpView):
    serializer = ConventionalSerializer

    def known(self) -> dict[str, Any]:
        return {
            "touchpoint": {row.key: row for row in Touchpoint.objects.all()},
            "metric": {row.key: row for row in Metric.objects.all()},
        }
