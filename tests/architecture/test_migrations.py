"""An empty database gets everything at once; one that began earlier goes on step by step.

Both must end alike: otherwise a query, a constraint or a backup works in one kind of installation.
"""

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from tasks.models import Holding
from tests.architecture.catalog import catalog
from tests.factories import NOW, make_task

OURS = ("cx_loop", "alerts", "tasks")
HALF_WAY = ("tasks", "0015_verdicts_are_held_against_their_data")


class StepByStep(MigrationLoader):
    """As before there were migrations that stand for many."""

    def load_disk(self) -> None:
        super().load_disk()
        for key, each in list(self.disk_migrations.items()):
            if each.replaces and key[0] in OURS:
                del self.disk_migrations[key]


@contextmanager
def a_database(name: str) -> Iterator[None]:
    """An empty one, which this process talks to meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    with pytest.MonkeyPatch.context() as elsewhere:
        connection.close()
        elsewhere.setitem(connection.settings_dict, "NAME", name)
        try:
            yield
        finally:
            connection.close()
            ContentType.objects.clear_cache()  # otherwise rows of this database are believed
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}"')


def go_to(target: tuple[str, str]) -> None:
    executor = MigrationExecutor(connection)
    executor.loader = StepByStep(connection)
    executor.migrate([target])


def replacing() -> set[tuple[str, str]]:
    disk = MigrationLoader(None).disk_migrations
    return {key for key, each in disk.items() if each.replaces and key[0] in OURS}


@pytest.fixture(scope="module")
def by_steps(django_db_setup: None, django_db_blocker: Any) -> dict[str, Any]:
    """What an installation has that stopped half-way, long ago, and was then upgraded."""
    gc.disable()  # otherwise a third of the time goes into looking for garbage
    with django_db_blocker.unblock(), a_database("by_steps"):
        go_to(HALF_WAY)
        call_command("migrate", verbosity=0)
        gc.enable()
        found: dict[str, Any] = {"catalog": catalog()}
        # an installation that was up to date before anything was replaced
        recorder = MigrationRecorder(connection).migration_qs
        for app, name in replacing():
            recorder.filter(app=app, name=name).delete()
        executor = MigrationExecutor(connection)
        found["to do"] = executor.migration_plan(executor.loader.graph.leaf_nodes())
        call_command("migrate", verbosity=0)
        found["in the end"] = catalog()
    return found


def test_all_at_once_makes_what_all_the_steps_make(
    by_steps: dict[str, Any], django_db_blocker: Any
) -> None:
    with django_db_blocker.unblock(), a_database("at_once"):
        call_command("migrate", verbosity=0)
        at_once = catalog()
    differs = {kind: rows ^ by_steps["catalog"][kind] for kind, rows in at_once.items()}
    assert {kind: rows for kind, rows in differs.items() if rows} == {}


def test_an_installation_that_is_up_to_date_has_nothing_to_do(by_steps: dict[str, Any]) -> None:
    assert by_steps["to do"] == []
    assert by_steps["in the end"] == by_steps["catalog"]
    assert replacing() <= by_steps["in the end"]["migrations"]


@pytest.mark.parametrize("app", OURS)
def test_a_changed_model_asks_for_a_migration_on_top(app: str) -> None:
    loader = MigrationLoader(None)
    before, after = loader.project_state(), loader.project_state()
    model = {"cx_loop": "journey", "alerts": "rule", "tasks": "task"}[app]
    after.add_field(app, model, "mood", models.TextField(default=""), preserve_default=True)
    [leaf] = loader.graph.leaf_nodes(app)
    [made] = MigrationAutodetector(before, after).changes(loader.graph)[app]
    assert made.dependencies == [leaf]
    last = max(int(found) for found in re.findall(r"\d{4}", leaf[1]))
    assert int(made.name[:4]) == last + 1


@pytest.mark.django_db
def test_of_two_departments_that_held_a_task_at_once_the_later_one_keeps_it() -> None:
    migration = import_module("tasks.migrations.0022_a_task_is_held_by_one")
    task = make_task()
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX task_is_held_by_one")
        held = {"task": task, "department": task.department}
        first, later = (
            Holding.objects.create(since=NOW + timedelta(hours=hours), **held) for hours in (1, 2)
        )
        cursor.execute(migration.ENDED)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(migration.HELD)
    first.refresh_from_db()
    assert first.until == later.since
    assert task.holdings.get(until=None) == later


def test_each_app_keeps_one_line_of_migrations() -> None:
    graph = MigrationLoader(None).graph
    assert [len(graph.leaf_nodes(app)) for app in OURS] == [1, 1, 1]
    assert [len(graph.root_nodes(app)) for app in OURS] == [1, 1, 1]
