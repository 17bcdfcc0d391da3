"""What `doctor` looks at. Each check is a function that returns what is wrong, and what to do.

A package above the database adds its own with `register`, in config/wiring.py.
"""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import redis
import requests
from django.conf import settings
from django.core.mail import get_connection
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from alerts.actions.groups import watched_touchpoints
from alerts.models import Rule
from cx_loop import clock as time_of_day
from cx_loop.broker import broker_client
from cx_loop.models import (
    Delivery,
    Department,
    DirtyMark,
    Endpoint,
    Invariant,
    Membership,
    Message,
    Organization,
)
from cx_loop.reads.embeddings import Unusable, embedder_of
from tasks.models import Task

Check = Callable[[], Iterator[str]]
CLOCKS_MAY_DIFFER = 60.0  # seconds
LATE = timedelta(minutes=10)  # sweeps look every few seconds

checks: dict[str, Check] = {}


def register(name: str) -> Callable[[Check], Check]:
    """Add a check; its name is what `doctor` prints, and checks run in order of registration."""

    def add(check: Check) -> Check:
        checks[name] = check
        return check

    return add


@register("database")
def database() -> Iterator[str]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select current_setting('server_version_num')::int")
            version = cursor.fetchone()[0]
    except DatabaseError as error:
        yield f"the database does not answer ({str(error).strip()}); check CX_DATABASE_URL"
        return
    if version < 150_000:
        yield f"PostgreSQL {version // 10_000} is too old; CX Loop needs 15 or newer"


@register("migrations")
def migrations() -> Iterator[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        yield f"{len(plan)} migrations are not applied; run `manage.py migrate`"


@register("broker")
def broker() -> Iterator[str]:
    if not settings.BROKER_URL:
        yield "no broker is set; set CX_BROKER_URL, or see to it that `manage.py engine` runs"
        return
    try:
        with broker_client() as client:
            client.ping()
    except redis.RedisError as error:
        yield f"the broker does not answer ({error}); check CX_BROKER_URL"


@register("clock")
def clock() -> Iterator[str]:
    with connection.cursor() as cursor:
        before = datetime.now(UTC)
        cursor.execute("select clock_timestamp()")
        apart = abs((cursor.fetchone()[0] - before).total_seconds())
    if apart > CLOCKS_MAY_DIFFER:
        yield f"this clock and the database's differ by {apart:.0f} s; run NTP on both machines"


@register("mail")
def mail() -> Iterator[str]:
    if settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        yield "mail goes to the log only; set CX_EMAIL_URL (smtp+tls://user:password@host:587)"
        return
    try:
        with get_connection():
            pass
    except OSError as error:
        yield f"mail cannot be sent ({error}); check CX_EMAIL_URL"


@register("single sign-on")
def single_sign_on() -> Iterator[str]:
    if not settings.SIGN_ON_URL:
        return
    try:
        told = requests.get(f"{settings.SIGN_ON_URL}/.well-known/openid-configuration", timeout=10)
        issuer = told.json()["issuer"]
    except (requests.RequestException, ValueError, KeyError, TypeError) as error:
        yield f"the provider does not say what it is ({type(error).__name__}); check CX_OIDC_URL"
        return
    if issuer.rstrip("/") != settings.SIGN_ON_URL:
        yield f"the provider calls itself {issuer}; give CX_OIDC_URL as its issuer"


@register("embeddings")
def embeddings() -> Iterator[str]:
    if not settings.VOICE_EMBEDDINGS:
        return
    try:
        embedder_of(Path(settings.VOICE_EMBEDDINGS))
    except Unusable as why:
        yield f"CX_VOICE_EMBEDDINGS gives no vectors ({why}); {_MENDS[str(why)]}"


_MENDS = {
    "not_installed": "install the extra: pip install 'cx-loop[embeddings]'",
    "no_folder": "name a folder with config.json, model.safetensors and tokenizer.json",
    "unreadable": "the log says what its files lack",
}


@register("public URL")
def public_url() -> Iterator[str]:
    address = urlsplit(settings.PUBLIC_URL)
    if address.scheme not in {"http", "https"} or not address.hostname:
        yield f"CX_PUBLIC_URL is {settings.PUBLIC_URL!r}; give the address that people open"
    elif os.environ.get("CX_EMAIL_URL") and address.hostname in {"127.0.0.1", "localhost", "::1"}:
        yield "links in messages lead to this machine only; set CX_PUBLIC_URL to the public address"


@register("configuration")
def configuration() -> Iterator[str]:
    if not Organization.objects.exists():
        yield "nothing is configured yet; run `manage.py configure FILE.yaml`"
    reachable = Membership.objects.reachable().values("department")
    for department in Department.objects.in_force().exclude(id__in=reachable):
        if department.touchpoints.filter(retired_at=None).exists():
            yield f"nobody can be reached in {department.key}, which owns touchpoints; add people"
    for rule in Rule.objects.in_force().select_related("current"):
        if rule.current is not None and not watched_touchpoints(rule.current):
            yield f"the rule {rule.key} watches no touchpoint that is in force; mend or retire it"


@register("dead letters")
def dead_letters() -> Iterator[str]:
    if count := Message.objects.dead().count():
        yield f"{count} messages could not be sent; see `manage.py messages_dead`, then --retry"
    for endpoint in Endpoint.objects.exclude(disabled_at=None):
        yield f"{endpoint} is switched off ({endpoint.disabled_reason}); see Endpoints in /admin/"


@register("stuck work")
def stuck_work() -> Iterator[str]:
    before = time_of_day.now() - LATE
    waiting = {
        "messages to send": Message.objects.due(before),
        "tasks past a deadline nobody acted on": Task.objects.filter(next_due_at__lte=before),
        "observations not evaluated": DirtyMark.objects.filter(marked_at__lte=before),
        "deliveries of survey tools not read": Delivery.objects.filter(
            state=Delivery.State.RECEIVED, received_at__lte=before
        ),
    }
    for name, rows in waiting.items():
        if count := rows.count():
            yield f"{count} {name} for over 10 minutes; do worker and beat, or `engine`, run?"


@register("invariants")
def invariants() -> Iterator[str]:
    for each in Invariant.objects.filter(broken__gt=0).order_by("name"):
        yield f"{each.name}: {each.broken} at the audit of {each.looked_at:%Y-%m-%d %H:%M} UTC"
