"""Each Celery setting really takes effect: a misspelt one is ignored without a word."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery.app import defaults
from celery.fixups.django import DjangoWorkerFixup
from django.conf import settings
from kombu.transport.redis import Channel

from config import celery_settings
from config.celery import app
from config.launch import ROOT
from config.nudges import senders

OPTIONS = "broker_transport_options."
SETTINGS: dict[str, Any] = {
    "task_ignore_result": True,
    "result_backend": None,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "task_acks_on_failure": True,
    "task_acks_on_timeout": True,
    "worker_prefetch_multiplier": 1,
    "worker_disable_prefetch": True,
    "task_time_limit": 60,
    "task_soft_time_limit": 45,
    "broker_connection_retry": True,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "broker_channel_error_retry": True,
    "worker_cancel_long_running_tasks_on_connection_loss": True,
    "task_publish_retry_policy": {"max_retries": 1, "interval_start": 0, "interval_max": 0.2},
    "worker_soft_shutdown_timeout": 10,
    "worker_enable_soft_shutdown_on_idle": True,
    "worker_max_tasks_per_child": 500,
    "worker_max_memory_per_child": 300_000,
    "worker_eta_task_limit": 1000,
    "worker_hijack_root_logger": False,
    "CELERY_DB_REUSE_MAX": 1000,
}
TRANSPORT: dict[str, Any] = {
    "visibility_timeout": 180,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "retry_on_timeout": True,
    "health_check_interval": 25,
    "global_keyprefix": "cxl:",
}
QUEUES = {"engine", "notify", "ingest", "evaluate"}
OURS = {
    *("broker_url", "broker_transport_options", "beat_schedule"),
    *("task_queues", "task_default_queue", "task_routes"),
    *SETTINGS,
}


def said() -> set[str]:
    module = ast.parse(Path(celery_settings.__file__).read_text("utf-8"))
    names = {
        name.id
        for line in module.body
        if isinstance(line, ast.Assign)
        for name in line.targets
        if isinstance(name, ast.Name)
    }
    return names - {"QUEUES"}  # of ours, not a setting


def calls_of_jobs() -> Iterator[tuple[str, ast.keyword]]:
    """(place, keyword) of every call in the four packages that waits for a time."""
    for package in ("config", "cx_loop", "alerts", "tasks"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                for keyword in node.keywords if isinstance(node, ast.Call) else ():
                    if keyword.arg in ("eta", "countdown"):
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", keyword


def test_every_setting_is_listed_here() -> None:
    assert said() == OURS


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_is_what_celery_works_with(name: str) -> None:
    assert app.conf.get(name) == SETTINGS[name]


def test_celery_knows_every_name() -> None:
    known = set(dict(defaults.flatten(defaults.NAMESPACES)))
    assert OURS - known == {"CELERY_DB_REUSE_MAX"}  # read by the fixup below, by this very name


def test_the_transport_knows_every_option() -> None:
    assert app.conf.broker_transport_options == TRANSPORT
    assert set(TRANSPORT) <= set(Channel.from_transport_options)


def test_a_nudge_gives_an_absent_broker_up_at_once_and_a_worker_does_not() -> None:
    connection = senders().connections.connection
    assert connection.transport_options == TRANSPORT | {"max_retries": 0}
    assert "max_retries" not in app.connection_for_read().transport_options


def test_a_channel_whose_connection_is_gone_fails_as_workers_expect_it() -> None:
    """Otherwise a worker that has a job in hand ends with its broker."""
    transport = app.connection_for_read().transport
    channel = transport.Channel.__new__(transport.Channel)
    channel.connection, transport.client = transport, None
    with pytest.raises(transport.connection_errors):
        channel._connparams()


def test_connections_to_the_database_outlive_a_job() -> None:
    assert DjangoWorkerFixup(app).db_reuse_max == 1000
    assert settings.DATABASES["default"]["CONN_HEALTH_CHECKS"]


def test_a_job_ends_before_its_message_is_handed_out_again() -> None:
    limit = app.conf.broker_transport_options["visibility_timeout"]
    assert app.conf.task_soft_time_limit < app.conf.task_time_limit < limit


def test_a_worker_without_a_choice_serves_every_queue() -> None:
    assert set(app.amqp.queues.consume_from) == QUEUES


@pytest.mark.parametrize(
    ("job", "queue"),
    [
        ("alerts.jobs.evaluate", "evaluate"),
        ("cx_loop.jobs.deliver", "notify"),
        ("tasks.jobs.sweep", "engine"),
        ("tasks.jobs.audit", "engine"),
        ("config.jobs.release_demo", "ingest"),
    ],
)
def test_a_job_waits_in_the_queue_of_its_kind(job: str, queue: str) -> None:
    assert app.amqp.router.route({}, job)["queue"].name == queue


def test_only_json_is_read_from_the_broker() -> None:
    assert set(app.conf.accept_content) == {"json"}


def test_a_tick_of_beat_is_gone_before_the_next_one() -> None:
    for entry in app.conf.beat_schedule.values():
        assert 0 < entry["options"]["expires"] < entry["schedule"]


def test_every_entry_of_beat_names_a_job_there_is() -> None:
    app.loader.import_default_modules()
    named = {entry["task"] for entry in app.conf.beat_schedule.values()}
    ours = {name for name in app.tasks if not name.startswith("celery.")}
    assert named == ours


def test_a_job_is_at_most_ten_lines() -> None:
    for package in ("config", "cx_loop", "alerts", "tasks"):
        module = ast.parse((ROOT / package / "jobs.py").read_text("utf-8"))
        for job in module.body:
            if isinstance(job, ast.FunctionDef):
                assert job.end_lineno - job.lineno < 10, f"{package}.jobs.{job.name}"


def test_no_message_waits_for_a_time() -> None:
    """A deadline is a column. A message that waits longer than 30 s may run many times."""
    for place, keyword in calls_of_jobs():
        short = isinstance(keyword.value, ast.Constant) and keyword.value.value <= 30
        assert keyword.arg == "countdown", place
        assert short, place
