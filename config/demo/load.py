"""Filling an empty installation with the demo company, and living through its two months."""

import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, time, timedelta
from itertools import dropwhile
from pathlib import Path

from django.db import connection, transaction

from config.configuration.apply import apply_configuration
from config.demo.flights import FIRST, LAST, WEEK, Row, moment, observations, shift
from config.demo.mended import tell_of_mended
from config.demo.sayings import call_back, write_sayings
from config.demo.staff import DemoStaff
from config.env import DATA_DIR
from config.replay.life import Life
from cx_loop import clock
from cx_loop.actions.exclusive import living_the_past
from cx_loop.models import Organization, Source, User

COMPANY = Path(__file__).with_name("company.yaml")
LOGINS = DATA_DIR / "logins.txt"
SHOWN = ("admin", "dana", "lin", "ana", "bo", "hugo")  # who can sign in

STEP = timedelta(hours=6)  # the demo's service looks up four times a day, so that it loads soon


def load_demo(*, now: datetime, tell: Callable[[float], object]) -> None:
    """Load the demo, or go on where an interrupted load stopped. `tell` hears the share done."""
    with living_the_past(), connection.cursor() as cursor:
        # an hour lived through but lost in a crash is lived again: no need to wait for the disk
        cursor.execute("SET synchronous_commit TO off")
        company = Organization.objects.first()
        if company is None:
            company = _found(now)
        if company.demo and company.demo_progress["at"] < company.demo_progress["to"]:
            _live(company, tell)


@transaction.atomic
def _found(now: datetime) -> Organization:
    """The company itself, dated to the first day of its figures."""
    by = shift(now.date())
    start = moment(datetime.combine(FIRST, time.min), by)
    end = moment(datetime.combine(LAST, time.max), by)
    with clock.set_to(start):
        apply_configuration(COMPANY, now=start)
        write_sayings(now=start)
    Source.objects.get_or_create(key="demo", tool="csv")
    Source.objects.get_or_create(key="api", tool="api")
    write_logins([User.objects.get(email=f"{name}@demo-air.example") for name in SHOWN])
    company = Organization.objects.get()
    company.demo = True
    company.demo_progress = {
        "from": start.isoformat(),
        "at": start.isoformat(),
        "to": now.isoformat(),
        "end": end.isoformat(),
        "weeks": by.days // 7,
    }
    company.save()
    return company


def _live(company: Organization, tell: Callable[[float], object]) -> None:
    start, at, until = (
        datetime.fromisoformat(company.demo_progress[name]) for name in ("from", "at", "to")
    )
    rows = rows_after(company, at)
    life = Life(rows, Source.objects.get(key="demo"), DemoStaff(until), step=STEP)

    def tick(passed: datetime) -> None:
        if passed.hour % 6 == 0:
            tell_of_mended(now=passed)
            remember(company, passed)
        tell((passed - start) / (until - start))

    life.live(at, until, tick)
    call_back(now=min(until, datetime.fromisoformat(company.demo_progress["end"])))
    remember(company, until)


def rows_after(company: Organization, at: datetime) -> Iterator[Row]:
    """The demo's rows from a moment on; what was stored already is stored once all the same."""
    by = company.demo_progress["weeks"]
    return dropwhile(lambda row: row[0] < at, observations(by * WEEK))


def remember(company: Organization, at: datetime) -> None:
    company.demo_progress["at"] = at.isoformat()
    Organization.objects.filter(pk=company.pk).update(demo_progress=company.demo_progress)


def write_logins(users: Sequence[User]) -> None:
    """A password for each, made for this installation, in a file only its owner reads."""
    lines = []
    for user in users:
        password = secrets.token_urlsafe(9)
        user.set_password(password)
        user.save(update_fields=["password"])
        lines.append(f"{user.email:28} {password}  {_role(user)}")
    LOGINS.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(LOGINS, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write("\n".join(lines) + "\n")


def _role(user: User) -> str:
    if user.is_superuser:
        return "admin"
    rows = user.memberships.select_related("department").order_by("-role", "id")
    return ", ".join(f"{row.role} of {row.department.key}" for row in rows[:1])
