"""Celery settings; each value and its reason is in docs/operations.md and asserted by a test."""

from kombu.entity import Queue

from config.env import env

QUEUES = ("engine", "notify", "ingest", "evaluate")

broker_url = env.str("CX_BROKER_URL", default="redis://127.0.0.1:6379/0")
task_ignore_result = True
result_backend = None
task_acks_late = True
task_reject_on_worker_lost = True
task_acks_on_failure = True
task_acks_on_timeout = True
worker_prefetch_multiplier = 1
worker_disable_prefetch = True
task_time_limit = 60
task_soft_time_limit = 45
broker_transport_options = {
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
broker_connection_retry = True
broker_connection_retry_on_startup = True
broker_connection_max_retries = None
broker_channel_error_retry = True
worker_cancel_long_running_tasks_on_connection_loss = True
task_publish_retry_policy = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
worker_soft_shutdown_timeout = 10
worker_enable_soft_shutdown_on_idle = True
worker_max_tasks_per_child = 500
worker_max_memory_per_child = 300_000
worker_eta_task_limit = 1000
worker_hijack_root_logger = False
# otherwise Celery closes the database connection around every job: 10 ms of PostgreSQL work each
CELERY_DB_REUSE_MAX = 1000

# a slow mail server must not hold up deadlines: the queues can have workers of their own
task_queues = tuple(Queue(name) for name in QUEUES)  # type: ignore[no-untyped-call]
task_default_queue = "engine"
task_routes = {
    "alerts.jobs.*": {"queue": "evaluate"},
    "cx_loop.jobs.deliver": {"queue": "notify"},
    "cx_loop.jobs.ask_tools": {"queue": "notify"},
    "cx_loop.jobs.map_deliveries": {"queue": "ingest"},
    "cx_loop.jobs.count_files": {"queue": "ingest"},
    "config.jobs.release_demo": {"queue": "ingest"},
}

beat_schedule = {
    "evaluate": {"task": "alerts.jobs.evaluate", "schedule": 5.0, "options": {"expires": 4}},
    "sweep": {"task": "tasks.jobs.sweep", "schedule": 5.0, "options": {"expires": 4}},
    "deliver": {"task": "cx_loop.jobs.deliver", "schedule": 5.0, "options": {"expires": 4}},
    "map": {"task": "cx_loop.jobs.map_deliveries", "schedule": 5.0, "options": {"expires": 4}},
    "files": {"task": "cx_loop.jobs.count_files", "schedule": 5.0, "options": {"expires": 4}},
    "ask": {"task": "cx_loop.jobs.ask_tools", "schedule": 30.0, "options": {"expires": 25}},
    "audit": {"task": "tasks.jobs.audit", "schedule": 30.0, "options": {"expires": 25}},
    "watch-sources": {
        "task": "cx_loop.jobs.watch_sources",
        "schedule": 600.0,
        "options": {"expires": 550},
    },
    "fold": {"task": "cx_loop.jobs.fold", "schedule": 60.0, "options": {"expires": 50}},
    "release-demo": {
        "task": "config.jobs.release_demo",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
    "prepare-partitions": {
        "task": "cx_loop.jobs.prepare_partitions",
        "schedule": 86_400.0,
        "options": {"expires": 3600},
    },
    "recover": {"task": "tasks.jobs.recover", "schedule": 60.0, "options": {"expires": 50}},
    "listen": {"task": "cx_loop.jobs.listen", "schedule": 15.0, "options": {"expires": 14}},
    "learn": {"task": "cx_loop.jobs.learn", "schedule": 86_400.0, "options": {"expires": 3600}},
    "weigh": {"task": "cx_loop.jobs.weigh", "schedule": 86_400.0, "options": {"expires": 3600}},
    "prune": {"task": "config.jobs.prune", "schedule": 86_400.0, "options": {"expires": 3600}},
}
