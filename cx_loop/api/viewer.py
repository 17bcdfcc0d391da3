"""In whose name a request reads, and in whose it writes."""

from rest_framework.request import Request

from cx_loop.api.problems import Problem
from cx_loop.models import Actor, ApiKey, Department, User, Viewer


def viewer_of(request: Request) -> Viewer:
    """Whose eyes `visible_to` gets: the key, else the signed-in person (who may be nobody)."""
    if isinstance(request.auth, ApiKey):
        return request.auth
    user: Viewer = request.user
    return user


def reader_of(request: Request) -> Actor:
    """Who reads: the signed-in person, or the key itself."""
    viewer = viewer_of(request)
    if isinstance(viewer, ApiKey):
        return Actor(key=viewer)
    return Actor(user=viewer if isinstance(viewer, User) else None)


def actor_of(request: Request) -> Actor:
    """Who does what the request asks for: the signed-in person, or the one a key names in `as`.

    Raises Problem: person_required, person_unknown (also for a person outside the department the
    key is bound to, so that a key cannot find out who works elsewhere).
    """
    viewer = viewer_of(request)
    if isinstance(viewer, User):
        return Actor(user=viewer)
    if not isinstance(viewer, ApiKey):
        raise Problem(401, "not_authenticated", "Sign in, or send an API key.")
    email = request.data.get("as") if isinstance(request.data, dict) else None
    if not isinstance(email, str) or not email.strip():
        raise Problem(400, "person_required", 'Name the person who acts: "as": an e-mail address.')
    person = _person(viewer, email.strip().lower())
    if person is None:
        detail = 'Nobody who may act through this key has the address given in "as".'
        raise Problem(403, "person_unknown", detail)
    return Actor(user=person, key=viewer)


def _person(key: ApiKey, email: str) -> User | None:
    if "\0" in email:
        return None
    people = User.objects.filter(is_active=True, email=email)
    if key.department_id is not None:
        roots = Department.objects.filter(id=key.department_id)
        departments = Department.objects.below(roots)
        people = people.filter(memberships__department__in=departments).distinct()
    return people.first()
