"""Who calls, and on what: two departments that must not see each other's things.

A new kind of object in an address is told here, in `things_of`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from rest_framework.test import APIClient

from cx_loop.actions.keys import create_key
from cx_loop.messaging.endpoints import endpoint_of
from cx_loop.models import (
    Channel,
    Delivery,
    Department,
    HandedFile,
    HandEntry,
    Journey,
    JourneyVersion,
    Location,
    Source,
    Touchpoint,
    User,
    Viewpoint,
)
from cx_loop.reads.journeys import form_of_map
from tasks.actions.views import keep_view
from tasks.models import QueueView
from tests.architecture.routes import Route
from tests.factories import (
    NOW,
    make_admin,
    make_alert,
    make_attachment,
    make_card,
    make_comment,
    make_department,
    make_evaluation,
    make_follow_up,
    make_group,
    make_idea,
    make_metric,
    make_organization,
    make_recovery,
    make_rule,
    make_silence,
    make_source,
    make_stage,
    make_standard,
    make_step,
    make_task,
    make_template,
    make_touchpoint,
    make_user,
)

MARK = "xforeignx"  # in the key of everything that only the other department may see
# what belongs to no department: asked for once, not on both sides
SHARED = {
    "sources",
    "metrics",
    "channels",
    "locations",
    "deliveries",
    "hooks",
    "docs",
    "schema",
    "observations",
    "welcome",
    "calendar",
    "settings",
    "templates",
    "mended",
    "stop",
}
# who is bound to the own department, so must find nothing of the other
BOUND = ("member", "lead", "director", "key-read-bound", "key-work-bound")
# keys that write for a member of the own department are bound as the member is
WRITES_BOUND = (*BOUND, "key-work", "key-admin")
KEYS = {
    "key-ingest": ["ingest"],
    "key-read": ["read"],
    "key-work": ["work"],
    "key-admin": ["admin"],
    "key-read-bound": ["read"],
    "key-work-bound": ["work"],
    "key-revoked": ["ingest", "read", "work", "admin"],
    "key-expired": ["ingest", "read", "work", "admin"],
}


@dataclass
class World:
    clients: dict[str, APIClient]
    own: dict[tuple[str, str], Any]
    foreign: dict[tuple[str, str], Any]


def make_world() -> World:
    make_organization()
    own = make_department("own-department")
    other = make_department("other-department")
    clients = {"anonymous": APIClient(raise_request_exception=False)}
    people = {
        "member": make_user("member@example.com", department=own),
        "lead": make_user("lead@example.com", department=own, role="lead"),
        "director": make_user("director@example.com", department=own, role="director"),
        "neighbour": make_user("neighbour@example.com", department=other),
        "analyst": make_user("analyst@example.com", is_analyst=True),
        "admin": make_admin(),
    }
    for role, person in people.items():
        clients[role] = APIClient(raise_request_exception=False)
        clients[role].force_login(person)
    for role, scopes in KEYS.items():
        clients[role] = _key_client(role, scopes, own if role.endswith("bound") else None)
    metric = make_metric("wait", kind="duration", unit="min")
    return World(clients, things_of(own, metric, "own"), things_of(other, metric, MARK))


def things_of(department: Department, metric: Any, name: str) -> dict[tuple[str, str], Any]:
    """(kind, parameter) -> what stands in the address, for the things of one department."""
    journey = Journey.objects.create(
        key=f"{name}-journey", name={"en": f"{name} journey"}, public_page=name != MARK
    )
    stage = make_stage(f"{name}-stage", journey=journey)
    touchpoint = make_touchpoint(f"{name}-touchpoint", owner=department, stage=stage)
    standard = make_standard(touchpoint, metric, key=f"{name}-standard")
    rule = make_rule(f"{name}-rule", metric=metric)
    group = make_group(rule, touchpoint=touchpoint)
    make_evaluation(group)
    alert = make_alert(group)
    task = make_task(alert)
    make_task(department=department, title={"text": f"{name} by hand"}, touchpoint=touchpoint)
    silence = make_silence(department, reason=f"{name} is rebuilt", touchpoint=[touchpoint.key])
    person = make_user(f"{name}-person@example.com", department=department)
    step = make_step(task, f"{name} step")
    endpoint = endpoint_of(f"https://{name}.example/hook", now=NOW)
    Department.objects.filter(pk=department.pk).update(notify=["email", endpoint.fingerprint])
    source = make_source(f"{name}-source", tool="generic")
    delivery = Delivery.objects.create(source=source, body=b"{}")
    file = HandedFile.objects.create(
        source=source,
        name="answers.csv",
        kind="csv",
        text="a\n1\n",
        head="a\n1\n",
        state="read",
        handed_at=NOW,
    )
    return {
        ("people", "pk"): make_user(f"{name}-colleague@example.com", department=department).pk,
        ("welcome", "token"): "never-issued",
        ("calendar", "token"): "never-issued",
        ("tasks", "number"): task.number,
        ("tasks", "name"): "accept",
        ("tasks", "call"): "accept",
        ("tasks", "step"): step.pk,
        ("tasks", "idea"): make_idea(task, person, f"{name} idea").pk,
        ("tasks", "follow_up"): make_follow_up(step).pk,
        ("tasks", "pk"): make_attachment(task, name=f"{name}.txt").pk,
        ("queue", "pk"): _view_of(name, person).pk,
        ("alerts", "pk"): alert.pk,
        ("silences", "pk"): silence.pk,
        ("absences", "pk"): person.pk,
        ("endpoints", "pk"): endpoint.pk,
        ("messages", "pk"): endpoint.pk,
        ("touchpoints", "key"): touchpoint.key,
        ("moment-cards", "pk"): (card := make_card(touchpoint, f"{name} felt").pk),
        ("recovery", "pk"): make_recovery(touchpoint, f"{name} asked").pk,
        ("comments", "pk"): make_comment(touchpoint, f"{name} was slow").pk,
        ("journeys", "key"): journey.key,
        ("journeys", "pk"): card,
        ("journeys", "number"): _versions_of(journey),
        ("viewpoints", "key"): Viewpoint.objects.create(
            key=f"{name}-viewpoint", name={"en": f"{name} viewpoint"}, journey=journey
        ).key,
        ("rules", "key"): rule.key,
        ("standards", "pk"): standard.pk,
        ("series", "id"): group.series.get().pk,
        ("departments", "key"): department.key,
        ("metrics", "key"): metric.key,
        ("channels", "key"): Channel.objects.get_or_create(key="airport")[0].key,
        ("locations", "key"): Location.objects.get_or_create(key="EWR")[0].key,
        ("deliveries", "id"): delivery.pk,
        ("sources", "key"): source.key,
        ("sources", "pk"): delivery.pk,
        ("sources", "file"): file.pk,
        ("enter", "pk"): _entry_of(name, person, touchpoint, source).pk,
        ("hooks", "token"): "never-issued",
        ("observations", "external_id"): "never/sent",
        ("templates", "pk"): make_template(person).pk,
        ("mended", "key"): journey.key,
        ("mended", "language"): "en",
        ("stop", "token"): "never-issued",
        ("settings", "key"): "never-made",
        ("settings", "kind"): "metric",
        ("settings", "pk"): 0,
        ("settings", "position"): 0,
    }


def _entry_of(name: str, person: User, touchpoint: Touchpoint, source: Source) -> HandEntry:
    """What was entered by hand is one's own: the member's, on their own side."""
    member = User.objects.filter(email="member@example.com").first()
    return HandEntry.objects.create(
        source=source,
        kind="staff",
        touchpoint=touchpoint,
        occurred_at=NOW,
        entered_at=NOW,
        entered_by=member if member is not None and name != MARK else person,
    )


def _versions_of(journey: Journey) -> int:
    """Its first version; there is another since."""
    for number in (1, 2):
        form = form_of_map(journey)
        JourneyVersion.objects.create(journey=journey, number=number, at=NOW, form=form)
    return 1


def _view_of(name: str, person: User) -> QueueView:
    """A view is one's own: the member's, on their own side."""
    member = User.objects.filter(email="member@example.com").first()
    keeps = member if member is not None and name != MARK else person
    return keep_view(user=keeps, name=f"{name} view", query="tab=late", now=NOW)


def address(route: Route, things: dict[tuple[str, str], Any]) -> str:
    """Raises KeyError for a parameter that `things_of` does not know."""
    return "/" + route.template % {name: things[route.kind, name] for name in route.params}


def send(client: APIClient, role: str, way: str, url: str, *, api: bool) -> HttpResponse:
    """One request, whose traces are taken back; a key works for the member."""
    body = {"as": "member@example.com"} if role.startswith("key-") else {}
    with _undone(client):
        if way == "get":
            return client.get(url)  # type: ignore[no-any-return]
        kind = {"format": "json"} if api else {"content_type": "text/plain", "data": ""}
        return getattr(client, way)(url, **({"data": body} | kind))  # type: ignore[no-any-return]


def said_by(response: HttpResponse) -> str:
    """The status; a redirect to the log-in is told as such."""
    to = response.headers.get("Location", "")
    return "login" if response.status_code == 302 and "/login/" in to else str(response.status_code)


def _key_client(role: str, scopes: list[str], department: Department | None) -> APIClient:
    expires_at = NOW - timedelta(days=1) if role == "key-expired" else None
    key, text = create_key(name=role, scopes=scopes, department=department, expires_at=expires_at)
    if role == "key-revoked":
        key.revoked_at = NOW - timedelta(days=1)
        key.save()
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client


@contextmanager
def _undone(client: APIClient) -> Iterator[None]:
    """A log-out too is undone: otherwise every later page would be asked for by nobody."""
    before = deepcopy(client.cookies)
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    client.cookies = before
