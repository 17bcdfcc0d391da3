"""GET health/: whether each part of the service is alive."""

from datetime import datetime, timedelta
from typing import Any

import redis
from django.conf import settings
from django.db import Error
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cx_loop import clock
from cx_loop.broker import broker_client
from cx_loop.models import Heartbeat, Invariant, Message

UP, DOWN, ABSENT, LATE = "up", "down", "absent", "late"
_SWEEPS_LATE_AFTER = timedelta(minutes=2)


class SweepSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=[UP, LATE])
    last_ok_at = serializers.DateTimeField()


class InvariantSerializer(serializers.Serializer[Any]):
    broken = serializers.IntegerField()
    found = serializers.IntegerField()
    healed = serializers.IntegerField()


class HealthSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=["ok", "unavailable"])
    database = serializers.ChoiceField(choices=[UP, DOWN])
    broker = serializers.ChoiceField(choices=[UP, DOWN, ABSENT])
    sweeps = serializers.DictField(child=SweepSerializer())
    dead_letters = serializers.IntegerField(help_text="Messages that could not be sent.")
    invariants = serializers.DictField(child=InvariantSerializer())


class HealthView(APIView):
    """200 while the service can do its work: the database answers and the sweeps are on time.

    A broker that is down is told but does no harm: the engine finds the work without it.
    """

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(responses={200: HealthSerializer, 503: HealthSerializer})
    def get(self, request: Request) -> Response:
        try:
            now = clock.now()
            sweeps = {beat.name: _sweep(beat, now) for beat in Heartbeat.objects.order_by("name")}
            invariants = {
                each.name: _invariant(each) for each in Invariant.objects.order_by("name")
            }
            database, dead = UP, Message.objects.dead().count()
        except Error:
            sweeps, invariants, database, dead = {}, {}, DOWN, 0
        well = database == UP and all(sweep["state"] == UP for sweep in sweeps.values())
        parts = {
            "database": database,
            "broker": _broker(),
            "sweeps": sweeps,
            "dead_letters": dead,
            "invariants": invariants,
        }
        status = "ok" if well else "unavailable"
        return Response({"status": status, **parts}, status=200 if well else 503)


def _sweep(beat: Heartbeat, now: datetime) -> dict[str, Any]:
    late = now - beat.last_ok_at > _SWEEPS_LATE_AFTER
    return {"state": LATE if late else UP, "last_ok_at": beat.last_ok_at}


def _invariant(each: Invariant) -> dict[str, int]:
    """What the newest audit found broken; found and healed since the installation began."""
    return {"broken": each.broken, "found": each.found, "healed": each.healed}


def _broker() -> str:
    if not settings.BROKER_URL:
        return ABSENT
    try:
        with broker_client() as client:
            client.ping()
    except ValueError:  # another kind of broker, which this cannot ask
        return ABSENT
    except (redis.RedisError, OSError):
        return DOWN
    return UP
