"""Every route × way × role × own or foreign object, held against tests/golden/access.txt.

A route that is not in the policy fails. Write the policy anew and read its diff before you
commit it:

    CX_WRITE_POLICY=1 python3 manage.py test tests/architecture/test_access_matrix.py
"""

import os
from pathlib import Path

import pytest
from django.db import transaction
from rest_framework.views import APIView

from cx_loop import clock
from tests.architecture.access_world import (
    BOUND,
    MARK,
    SHARED,
    WRITES_BOUND,
    World,
    address,
    make_world,
    said_by,
    send,
)
from tests.architecture.routes import Route, every_route
from tests.factories import NOW

POLICY = Path(__file__).parents[1] / "golden" / "access.txt"
HOW = "Look whether this is meant; then CX_WRITE_POLICY=1 and this test write the policy anew."
HEAD = "# Who is answered what. Written by test_access_matrix.py, to be read by people."
NOT_ADMINS = ("anonymous", "member", "lead", "director", "analyst")
OPEN_TO_ALL = {"/login/", "/logout/", "/language/", "/forgot/", "/admin/login/", "/admin/logout/"}
OPEN_TO_ALL |= {"/login/code/"}
REFUSED = {"401", "403", "404", "405", "login"}

Answers = dict[tuple[str, str, str], str]  # (way and route, side, role) -> what was said


class Matrix:
    """What every role was answered, and which answers spoke of foreign things."""

    def __init__(self, world: World) -> None:
        self.answers: Answers = {}
        self.leaks: list[str] = []
        for route in every_route():
            if not route.is_admin:
                self._ask(route, world)

    def _ask(self, route: Route, world: World) -> None:
        sides = {"own": world.own, "foreign": world.foreign}
        if not route.params or route.kind in SHARED:
            sides = {"any": world.own}
        for way in route.ways:
            for side, things in sides.items():
                for role, client in world.clients.items():
                    if role.startswith("key-") and not route.is_api:
                        continue  # a page knows no keys
                    self._note(route, way, side, role, address(route, things), client)

    def _note(self, route: Route, way: str, side: str, role: str, url: str, client) -> None:
        response = send(client, role, way, url, api=route.is_api)
        asked = f"{way.upper()} {route.shown}"
        self.answers[asked, side, role] = said_by(response)
        if side == "foreign" or role not in BOUND or response.status_code >= 400:
            return
        # an export speaks only while it is read
        told = b"".join(response) if response.streaming else response.content
        if MARK.encode() in told:
            self.leaks.append(f"{asked} as {role}")


@pytest.fixture(scope="module")
def matrix(django_db_setup: None, django_db_blocker) -> Matrix:
    with django_db_blocker.unblock(), clock.set_to(NOW), transaction.atomic():
        made = Matrix(make_world())
        transaction.set_rollback(True)
    return made


def test_every_answer_is_the_policys(matrix):
    found = policy_of(matrix.answers)
    if os.environ.get("CX_WRITE_POLICY"):
        POLICY.parent.mkdir(exist_ok=True)
        POLICY.write_text(written(found), "utf-8")
    policy = read_policy(POLICY.read_text("utf-8"))
    unknown = sorted(set(found) - set(policy))
    assert not unknown, f"routes the policy does not know: {unknown}. {HOW}"
    gone = sorted(set(policy) - set(found))
    assert not gone, f"the policy knows routes that are gone: {gone}. {HOW}"
    other = {asked: (policy[asked], said) for asked, said in found.items() if policy[asked] != said}
    assert not other, f"(policy, found): {other}. {HOW}"


def test_what_is_foreign_is_not_there(matrix):
    reached = []
    for (asked, side, role), said in matrix.answers.items():
        own = matrix.answers.get((asked, "own", role))
        # who is refused their own things already was refused before anything was looked up
        looked_up = own not in {"401", "403", "405", "login"}
        bound = role in (WRITES_BOUND if asked.startswith("POST") else BOUND)
        if side == "foreign" and bound and looked_up and said != "404":
            reached.append(f"{asked} as {role}: {said}")
    assert not reached


def test_no_page_or_list_tells_of_foreign_things(matrix):
    assert not matrix.leaks


def test_nobody_makes_it_fail(matrix):
    assert not [where for where, said in matrix.answers.items() if said.startswith("5")]


@pytest.mark.parametrize("role", ["anonymous", "key-revoked", "key-expired"])
def test_strangers_write_nothing(matrix, role):
    wrote = [
        asked
        for (asked, _, who), said in matrix.answers.items()
        if who == role and asked.startswith("POST") and said not in REFUSED
    ]
    assert not [asked for asked in wrote if asked.split()[1] not in OPEN_TO_ALL]


def test_analysts_write_nothing(matrix):
    wrote = {
        asked
        for (asked, _, role), said in matrix.answers.items()
        if role == "analyst" and asked.startswith("POST /api/") and said[0] == "2"
    }
    # what somebody wants to hear of is their own
    wrote -= {f"POST /api/v1/tasks/<number>/{each}/" for each in ("watch", "unwatch")}
    assert not wrote


def test_a_key_to_send_observations_reads_and_works_nothing(matrix):
    opened = {
        asked.split()[1]
        for (asked, _, role), said in matrix.answers.items()
        if role == "key-ingest" and "/api/v1/" in asked and said not in REFUSED
    }
    assert opened <= {
        "/api/v1/observations/",
        "/api/v1/health/",
        "/api/v1/schema/",
        "/api/v1/docs/",
    }


def test_every_view_of_the_api_says_who_may_call_it():
    silent = [route.shown for route in every_route() if route.is_api and not declares(route)]
    assert not silent, "permission_classes must stand in the view or a class of ours above it"


def declares(route: Route) -> bool:
    classes = getattr(route.view_class, "__mro__", ())
    ours = [kind for kind in classes if issubclass(kind, APIView) and kind is not APIView]
    return any("permission_classes" in vars(kind) for kind in ours)


@pytest.mark.django_db
def test_the_admin_is_for_admins():
    world = make_world()
    others = {role: client for role, client in world.clients.items() if role in NOT_ADMINS}
    for route in (route for route in every_route() if route.is_admin):
        url = "/" + route.template % dict.fromkeys(route.params, "1")
        for role, client in others.items():
            said = said_by(send(client, role, "get", url, api=False))
            assert said in REFUSED or url in OPEN_TO_ALL, f"{route.shown} as {role}: {said}"


def policy_of(answers: Answers) -> dict[str, list[str]]:
    """way and route -> lines "own 200 member lead …"; what nobody may send is left out."""
    grouped: dict[str, dict[tuple[str, str], list[str]]] = {}
    for (asked, side, role), said in answers.items():
        grouped.setdefault(asked, {}).setdefault((side, said), []).append(role)
    return {
        asked: [f"{side:<8}{said:<6}{' '.join(roles)}" for (side, said), roles in lines.items()]
        for asked, lines in grouped.items()
        if not {"405"} <= {said for _, said in lines} <= {"405", "login"}
    }


def written(policy: dict[str, list[str]]) -> str:
    blocks = ["\n    ".join([asked, *lines]) for asked, lines in policy.items()]
    return f"{HEAD}\n\n" + "\n\n".join(blocks) + "\n"


def read_policy(text: str) -> dict[str, list[str]]:
    blocks = [block.splitlines() for block in text.strip().split("\n\n")[1:]]
    return {asked: [line.strip() for line in lines] for asked, *lines in blocks}
