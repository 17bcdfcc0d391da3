"""Everything up to 0021, for an empty database (decision 0039)."""

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations, models
from django.db.migrations import CreateModel

from cx_loop.migrations._together import CreateModels
from cx_loop.models.languages import NameField

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
TABLES = [
    CreateModel(
        name="RouteTable",
        fields=[
            ("id", ID),
            ("number", models.PositiveIntegerField(unique=True)),
            ("created_at", models.DateTimeField()),
            (
                "created_by",
                models.ForeignKey(
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
        ],
        options={"ordering": ["-number"]},
    ),
    CreateModel(
        name="Route",
        fields=[
            ("id", ID),
            ("position", models.PositiveSmallIntegerField()),
            ("when", models.JSONField(default=dict)),
            ("role", models.CharField(blank=True, max_length=80)),
            ("department", models.ForeignKey(on_delete=models.PROTECT, to="cx_loop.department")),
            (
                "table",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="routes", to="tasks.routetable"
                ),
            ),
        ],
        options={
            "ordering": ["table", "position"],
            "constraints": [
                models.UniqueConstraint(fields=("table", "position"), name="route_place_once")
            ],
        },
    ),
    CreateModel(
        name="Turn",
        fields=[
            (
                "department",
                models.OneToOneField(
                    on_delete=models.PROTECT,
                    primary_key=True,
                    serialize=False,
                    to="cx_loop.department",
                ),
            ),
            (
                "last",
                models.ForeignKey(
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
        ],
    ),
    CreateModel(
        name="QueueView",
        fields=[
            ("id", ID),
            ("name", models.CharField(max_length=60)),
            ("query", models.CharField(blank=True, max_length=2000)),
            ("created_at", models.DateTimeField()),
            (
                "user",
                models.ForeignKey(
                    db_index=False,
                    on_delete=models.CASCADE,
                    related_name="queue_views",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
        ],
        options={
            "ordering": ["name", "id"],
            "constraints": [
                models.UniqueConstraint(fields=("user", "name"), name="queue_view_named_once"),
                models.CheckConstraint(
                    condition=models.Q(("name", ""), _negated=True), name="queue_view_has_a_name"
                ),
            ],
        },
    ),
    CreateModel(
        name="RecoveryRule",
        fields=[
            ("id", ID),
            ("key", models.SlugField(max_length=80, unique=True)),
            ("touchpoints", models.JSONField(blank=True, default=list)),
            ("each", models.JSONField()),
            ("within", models.CharField(default="1d", max_length=8)),
            ("retired_at", models.DateTimeField(blank=True, null=True)),
            (
                "metric",
                models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="cx_loop.metric"),
            ),
        ],
        options={"ordering": ["key"]},
    ),
    CreateModel(
        name="MessageTemplate",
        fields=[
            ("id", ID),
            ("name", models.CharField(max_length=120)),
            ("subject", NameField(default=dict)),
            ("text", NameField(default=dict)),
            ("version", models.PositiveIntegerField(default=1)),
            ("written_at", models.DateTimeField()),
            ("approved_at", models.DateTimeField(null=True)),
            ("retired_at", models.DateTimeField(null=True)),
            (
                "approved_by",
                models.ForeignKey(
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "journey",
                models.ForeignKey(
                    null=True, on_delete=models.PROTECT, related_name="+", to="cx_loop.journey"
                ),
            ),
            (
                "written_by",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
        ],
        options={
            "ordering": ["name", "id"],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("approved_at", None), ("approved_by", None)),
                        models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                        _connector="OR",
                    ),
                    name="template_approved_by_somebody",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("approved_by", None),
                        models.Q(("approved_by", models.F("written_by")), _negated=True),
                        _connector="OR",
                    ),
                    name="template_approved_by_another",
                ),
            ],
        },
    ),
    CreateModel(
        name="OptOut",
        fields=[
            ("customer", models.UUIDField(primary_key=True, serialize=False)),
            (
                "how",
                models.CharField(
                    choices=[
                        ("by_hand", "By Hand"),
                        ("api", "Api"),
                        ("link", "Link"),
                        ("declined", "Declined"),
                    ],
                    max_length=10,
                ),
            ),
            ("at", models.DateTimeField()),
            (
                "by",
                models.ForeignKey(
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
        ],
    ),
    CreateModel(
        name="EscalationPolicy",
        fields=[
            ("id", ID),
            ("key", models.SlugField(max_length=80, unique=True)),
            ("position", models.PositiveSmallIntegerField(default=0)),
            ("retired_at", models.DateTimeField(blank=True, null=True)),
            (
                "current",
                models.OneToOneField(
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to="tasks.escalationpolicyversion",
                ),
            ),
        ],
        options={"verbose_name_plural": "escalation policies", "ordering": ["position", "key"]},
    ),
    CreateModel(
        name="EscalationPolicyVersion",
        fields=[
            ("id", ID),
            ("number", models.PositiveIntegerField()),
            ("spec", models.JSONField()),
            ("created_at", models.DateTimeField()),
            (
                "created_by",
                models.ForeignKey(
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "policy",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="versions", to="tasks.escalationpolicy"
                ),
            ),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("policy", "number"), name="policy_version_once")
            ]
        },
    ),
    CreateModel(
        name="Task",
        fields=[
            ("number", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "state",
                models.CharField(
                    choices=[
                        ("open", "Open"),
                        ("accepted", "Accepted"),
                        ("in_progress", "In Progress"),
                        ("on_hold", "On Hold"),
                        ("verifying", "Verifying"),
                        ("closed", "Closed"),
                    ],
                    default="open",
                    max_length=12,
                ),
            ),
            ("severity", models.SmallIntegerField(choices=[(1, "critical"), (2, "warning")])),
            ("title", models.JSONField(default=dict)),
            ("segment", models.CharField(blank=True, default="", max_length=80)),
            ("episode", models.PositiveIntegerField(default=1)),
            ("version", models.PositiveIntegerField(default=1)),
            ("created_at", models.DateTimeField()),
            ("respond_by", models.DateTimeField(null=True)),
            ("due_at", models.DateTimeField(null=True)),
            ("was_late", models.BooleanField(default=False)),
            ("escalation_level", models.PositiveSmallIntegerField(default=0)),
            ("escalate_at", models.DateTimeField(null=True)),
            ("hold_until", models.DateTimeField(null=True)),
            ("next_due_at", models.DateTimeField(null=True)),
            ("attempts", models.PositiveSmallIntegerField(default=0)),
            ("pain_category", models.CharField(blank=True, max_length=20)),
            ("root_cause", models.CharField(blank=True, max_length=20)),
            ("countermeasure", models.TextField(blank=True)),
            ("fixed_at", models.DateTimeField(null=True)),
            ("submitted_at", models.DateTimeField(null=True)),
            ("self_recovered", models.BooleanField(default=False)),
            ("recovered", models.BooleanField(null=True)),
            ("closed_at", models.DateTimeField(null=True)),
            ("resolution", models.CharField(blank=True, max_length=24)),
            (
                "answerable_department",
                models.ForeignKey(
                    on_delete=models.PROTECT,
                    related_name="answerable_tasks",
                    to="cx_loop.department",
                ),
            ),
            (
                "assignee",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="tasks",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "department",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="tasks", to="cx_loop.department"
                ),
            ),
            (
                "metric",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to="cx_loop.metric",
                ),
            ),
            (
                "parent",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="children",
                    to="tasks.task",
                ),
            ),
            (
                "playbook",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to="alerts.playbookversion",
                ),
            ),
            (
                "policy",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to="tasks.escalationpolicyversion",
                ),
            ),
            (
                "rule_version",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to="alerts.ruleversion",
                ),
            ),
            (
                "submitted_by",
                models.ForeignKey(
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "touchpoint",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="tasks",
                    to="cx_loop.touchpoint",
                ),
            ),
            (
                "alerts",
                models.ManyToManyField(
                    related_name="tasks", through="tasks.TaskAlert", to="alerts.alert"
                ),
            ),
            ("silenced_until", models.DateTimeField(null=True)),
            (
                "unsaid",
                models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
            ),
            (
                "routed",
                models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
            ),
            ("progressed_at", models.DateTimeField(null=True)),
            ("unattended_since", models.DateTimeField(null=True)),
        ],
        options={
            "ordering": ["severity", "due_at", "number"],
            "indexes": [
                models.Index(
                    condition=models.Q(("next_due_at__isnull", False)),
                    fields=["next_due_at"],
                    name="task_next_due",
                ),
                models.Index(
                    condition=models.Q(("state", "closed"), _negated=True),
                    fields=["assignee", "severity", "due_at", "number"],
                    name="task_my_queue",
                ),
                models.Index(
                    condition=models.Q(
                        ("state__in", ["open", "accepted", "in_progress", "on_hold"])
                    ),
                    fields=["touchpoint", "rule_version"],
                    name="task_to_join",
                ),
                models.Index(
                    condition=models.Q(
                        ("attempts", 0),
                        ("next_due_at__gt", models.F("escalate_at")),
                        ("silenced_until", None),
                        ("state__in", ["open", "accepted", "in_progress"]),
                    ),
                    fields=["number"],
                    name="task_sleeps_too_long",
                ),
                models.Index(
                    condition=models.Q(("unattended_since__isnull", False)),
                    fields=["unattended_since", "number"],
                    name="task_unattended",
                ),
                models.Index(
                    condition=models.Q(("state", "closed"), _negated=True),
                    fields=["department", "severity", "due_at", "number"],
                    include=("state", "assignee", "touchpoint", "metric"),
                    name="task_department_queue",
                ),
                models.Index(
                    condition=models.Q(("state", "closed"), _negated=True),
                    fields=["severity", "due_at", "number"],
                    include=("state", "assignee", "touchpoint", "metric"),
                    name="task_board",
                ),
                models.Index(
                    condition=models.Q(("state", "closed")),
                    fields=["department", "severity", "due_at", "number"],
                    name="task_department_closed",
                ),
                models.Index(
                    condition=models.Q(
                        models.Q(("state", "closed"), _negated=True), ("escalation_level__gt", 0)
                    ),
                    fields=["department", "severity", "due_at", "number"],
                    name="task_escalated",
                ),
                models.Index(
                    condition=models.Q(("state", "closed")),
                    fields=["department", "severity", "-number"],
                    name="task_closed_by_age",
                ),
                models.Index(fields=["created_at", "number"], name="task_in_order_of_age"),
                models.Index(fields=["closed_at", "number"], name="task_in_order_of_end"),
                models.Index(
                    fields=["severity", "due_at", "number"], name="task_in_order_of_severity"
                ),
                models.Index(fields=["due_at", "number"], name="task_in_order_of_deadline"),
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("next_due_at", None), ("state", "closed")),
                        models.Q(
                            models.Q(("state", "closed"), _negated=True),
                            ("next_due_at__isnull", False),
                        ),
                        _connector="OR",
                    ),
                    name="task_unclosed_has_a_next_deadline",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(
                            ("closed_at__isnull", False),
                            ("state", "closed"),
                            models.Q(("resolution", ""), _negated=True),
                        ),
                        models.Q(models.Q(("state", "closed"), _negated=True), ("closed_at", None)),
                        _connector="OR",
                    ),
                    name="task_closed_has_time_and_resolution",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("state", "on_hold"), _negated=True),
                        ("hold_until__isnull", False),
                        _connector="OR",
                    ),
                    name="task_on_hold_has_an_end",
                ),
                models.CheckConstraint(
                    condition=models.Q(("severity__in", [1, 2])), name="task_severity_known"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("closed_at", None),
                        ("closed_at__gte", models.F("created_at")),
                        _connector="OR",
                    ),
                    name="task_closed_after_created",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("silenced_until", None),
                        models.Q(
                            models.Q(("state", "closed"), _negated=True),
                            ("next_due_at__lte", models.F("silenced_until")),
                        ),
                        models.Q(models.Q(("state", "closed"), _negated=True), ("attempts__gt", 0)),
                        _connector="OR",
                    ),
                    name="task_silenced_wakes_in_time",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("parent", None),
                        models.Q(("parent", models.F("number")), _negated=True),
                        _connector="OR",
                    ),
                    name="task_is_not_its_own_cause",
                ),
            ],
        },
    ),
    CreateModel(
        name="Note",
        fields=[
            ("id", ID),
            ("at", models.DateTimeField()),
            ("text", models.TextField()),
            (
                "by",
                models.ForeignKey(
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "task",
                models.ForeignKey(on_delete=models.PROTECT, related_name="notes", to="tasks.task"),
            ),
        ],
        options={"ordering": ["at", "id"]},
    ),
    CreateModel(
        name="Holding",
        fields=[
            ("id", ID),
            ("since", models.DateTimeField()),
            ("until", models.DateTimeField(null=True)),
            (
                "department",
                models.ForeignKey(
                    db_index=False,
                    on_delete=models.PROTECT,
                    related_name="holdings",
                    to="cx_loop.department",
                ),
            ),
            (
                "task",
                models.ForeignKey(
                    db_index=False,
                    on_delete=models.PROTECT,
                    related_name="holdings",
                    to="tasks.task",
                ),
            ),
            (
                "touchpoint",
                models.ForeignKey(
                    db_index=False,
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to="cx_loop.touchpoint",
                ),
            ),
        ],
        options={
            "ordering": ["since", "id"],
            "indexes": [
                models.Index(fields=["department", "touchpoint"], name="holding_worked_at"),
                models.Index(fields=["task", "department"], name="holding_of_task"),
            ],
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("until", None)),
                    fields=("task",),
                    name="task_is_held_by_one",
                )
            ],
        },
    ),
    CreateModel(
        name="Escalation",
        fields=[
            ("id", ID),
            ("episode", models.PositiveIntegerField()),
            ("seq", models.PositiveSmallIntegerField()),
            ("level", models.PositiveSmallIntegerField()),
            ("to", models.CharField(max_length=20)),
            ("ladder", models.CharField(max_length=12)),
            ("due_at", models.DateTimeField()),
            ("fired_at", models.DateTimeField()),
            ("recipients", models.JSONField(default=list)),
            (
                "task",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="escalations", to="tasks.task"
                ),
            ),
        ],
        options={
            "ordering": ["task", "episode", "seq"],
            "constraints": [
                models.UniqueConstraint(fields=("task", "episode", "seq"), name="escalation_once"),
                models.CheckConstraint(
                    condition=models.Q(("fired_at__gte", models.F("due_at"))),
                    name="escalation_not_early",
                ),
            ],
        },
    ),
    CreateModel(
        name="Episode",
        fields=[
            ("id", ID),
            ("number", models.PositiveIntegerField()),
            ("opened_at", models.DateTimeField()),
            ("respond_by", models.DateTimeField(null=True)),
            ("due_at", models.DateTimeField(null=True)),
            ("responded_at", models.DateTimeField(null=True)),
            ("submitted_at", models.DateTimeField(null=True)),
            ("closed_at", models.DateTimeField(null=True)),
            ("last_fired_at", models.DateTimeField(null=True)),
            (
                "task",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="episodes", to="tasks.task"
                ),
            ),
        ],
        options={
            "ordering": ["task", "number"],
            "indexes": [BrinIndex(fields=["opened_at"], name="episode_by_age")],
            "constraints": [
                models.UniqueConstraint(fields=("task", "number"), name="episode_once")
            ],
        },
    ),
    CreateModel(
        name="TaskAlert",
        fields=[
            ("id", ID),
            ("episode", models.PositiveIntegerField()),
            (
                "alert",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="links", to="alerts.alert"
                ),
            ),
            (
                "task",
                models.ForeignKey(on_delete=models.PROTECT, related_name="links", to="tasks.task"),
            ),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("task", "alert", "episode"), name="task_alert_once")
            ]
        },
    ),
    CreateModel(
        name="Pause",
        fields=[
            ("id", ID),
            (
                "kind",
                models.CharField(choices=[("silence", "Silence"), ("hold", "Hold")], max_length=8),
            ),
            ("since", models.DateTimeField()),
            ("until", models.DateTimeField()),
            (
                "task",
                models.ForeignKey(on_delete=models.PROTECT, related_name="pauses", to="tasks.task"),
            ),
        ],
        options={
            "ordering": ["task", "since", "id"],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("until__gte", models.F("since"))),
                    name="pause_ends_after_it_began",
                ),
                models.CheckConstraint(
                    condition=models.Q(("kind__in", ["silence", "hold"])), name="pause_kind_known"
                ),
            ],
        },
    ),
    CreateModel(
        name="Idea",
        fields=[
            ("id", ID),
            ("episode", models.PositiveIntegerField()),
            ("text", models.TextField()),
            ("kind", models.CharField(blank=True, max_length=20)),
            (
                "state",
                models.CharField(
                    choices=[("open", "Open"), ("chosen", "Chosen")], default="open", max_length=8
                ),
            ),
            ("at", models.DateTimeField()),
            (
                "by",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "task",
                models.ForeignKey(on_delete=models.PROTECT, related_name="ideas", to="tasks.task"),
            ),
        ],
        options={
            "ordering": ["task", "id"],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("text", ""), _negated=True), name="idea_says_something"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        (
                            "kind__in",
                            [
                                "",
                                "staffing",
                                "resources",
                                "process",
                                "training",
                                "technology",
                                "communication",
                                "recovery",
                            ],
                        )
                    ),
                    name="idea_kind_known",
                ),
                models.CheckConstraint(
                    condition=models.Q(("state__in", ["open", "chosen"])), name="idea_state_known"
                ),
            ],
        },
    ),
    CreateModel(
        name="Adoption",
        fields=[
            ("id", ID),
            ("episode", models.PositiveIntegerField()),
            ("at", models.DateTimeField()),
            (
                "by",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "playbook",
                models.ForeignKey(
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to="alerts.playbookversion",
                ),
            ),
            (
                "task",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="adoptions", to="tasks.task"
                ),
            ),
            (
                "idea",
                models.OneToOneField(
                    null=True, on_delete=models.PROTECT, related_name="adoption", to="tasks.idea"
                ),
            ),
        ],
        options={
            "ordering": ["task", "id"],
            "constraints": [
                models.UniqueConstraint(
                    fields=("task", "episode", "playbook"), name="adoption_once"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("idea__isnull", False), ("playbook", None)),
                        models.Q(("idea", None), ("playbook__isnull", False)),
                        _connector="OR",
                    ),
                    name="adoption_of_one_thing",
                ),
            ],
        },
    ),
    CreateModel(
        name="Step",
        fields=[
            ("id", ID),
            ("episode", models.PositiveIntegerField()),
            ("position", models.PositiveSmallIntegerField()),
            ("text", NameField(default=dict)),
            ("type", models.CharField(max_length=8)),
            ("kind", models.CharField(blank=True, max_length=20)),
            ("due_at", models.DateTimeField(null=True)),
            ("remind_at", models.DateTimeField(null=True)),
            ("evidence", models.TextField(blank=True)),
            ("link", models.URLField(blank=True, max_length=500)),
            (
                "state",
                models.CharField(
                    choices=[("open", "Open"), ("done", "Done"), ("not_needed", "Not Needed")],
                    default="open",
                    max_length=12,
                ),
            ),
            ("reason", models.TextField(blank=True)),
            ("done_at", models.DateTimeField(null=True)),
            ("created_at", models.DateTimeField()),
            ("version", models.PositiveIntegerField(default=1)),
            (
                "adoption",
                models.ForeignKey(
                    null=True, on_delete=models.PROTECT, related_name="steps", to="tasks.adoption"
                ),
            ),
            (
                "done_by",
                models.ForeignKey(
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "owner",
                models.ForeignKey(
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "task",
                models.ForeignKey(on_delete=models.PROTECT, related_name="steps", to="tasks.task"),
            ),
        ],
        options={
            "ordering": ["task", "position"],
            "indexes": [
                models.Index(
                    condition=models.Q(("remind_at__isnull", False)),
                    fields=["remind_at"],
                    name="step_remind",
                )
            ],
            "constraints": [
                models.UniqueConstraint(
                    deferrable=models.Deferrable.DEFERRED,
                    fields=("task", "position"),
                    name="step_place_once",
                ),
                models.CheckConstraint(
                    condition=models.Q(("type__in", ("contain", "correct"))), name="step_type_known"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        (
                            "kind__in",
                            [
                                "",
                                "staffing",
                                "resources",
                                "process",
                                "training",
                                "technology",
                                "communication",
                                "recovery",
                            ],
                        )
                    ),
                    name="step_kind_known",
                ),
                models.CheckConstraint(
                    condition=models.Q(("text", {}), _negated=True), name="step_says_something"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(
                            ("done_at", None), ("done_by", None), ("reason", ""), ("state", "open")
                        ),
                        models.Q(
                            ("done_at__isnull", False),
                            ("done_by__isnull", False),
                            ("reason", ""),
                            ("state", "done"),
                        ),
                        models.Q(
                            ("done_at", None),
                            ("done_by", None),
                            ("state", "not_needed"),
                            models.Q(("reason", ""), _negated=True),
                        ),
                        _connector="OR",
                    ),
                    name="step_says_who_and_when_or_why_not",
                ),
                models.CheckConstraint(
                    condition=models.Q(("remind_at", None), ("state", "open"), _connector="OR"),
                    name="step_reminds_while_open",
                ),
            ],
        },
    ),
    CreateModel(
        name="FollowUp",
        fields=[
            ("id", ID),
            ("asks_at", models.DateTimeField()),
            ("asked", models.PositiveSmallIntegerField(default=0)),
            ("next_due_at", models.DateTimeField(null=True)),
            (
                "answer",
                models.CharField(
                    blank=True,
                    choices=[("stuck", "Stuck"), ("partly", "Partly"), ("not_stuck", "Not Stuck")],
                    max_length=10,
                ),
            ),
            ("note", models.TextField(blank=True)),
            ("answered_at", models.DateTimeField(null=True)),
            ("created_at", models.DateTimeField()),
            (
                "answered_by",
                models.ForeignKey(
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "task",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="follow_ups", to="tasks.task"
                ),
            ),
            (
                "step",
                models.OneToOneField(
                    on_delete=models.PROTECT, related_name="follow_up", to="tasks.step"
                ),
            ),
        ],
        options={
            "ordering": ["task", "asks_at", "id"],
            "indexes": [
                models.Index(
                    condition=models.Q(("next_due_at__isnull", False)),
                    fields=["next_due_at"],
                    name="follow_up_next_due",
                ),
                models.Index(
                    condition=models.Q(("answer", ""), ("asked", 0)),
                    fields=["asks_at"],
                    name="follow_up_unasked",
                ),
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(
                            ("answer", ""), ("answered_at", None), ("next_due_at__isnull", False)
                        ),
                        models.Q(
                            ("answer__in", ["stuck", "partly", "not_stuck"]),
                            ("next_due_at", None),
                            ("answered_at__isnull", False),
                            ("answered_by__isnull", False),
                        ),
                        _connector="OR",
                    ),
                    name="follow_up_is_answered_or_asks_again",
                ),
                models.CheckConstraint(
                    condition=models.Q(("asks_at__gte", models.F("created_at"))),
                    name="follow_up_asks_later",
                ),
            ],
        },
    ),
    CreateModel(
        name="Vote",
        fields=[
            ("id", ID),
            ("at", models.DateTimeField()),
            (
                "by",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "idea",
                models.ForeignKey(on_delete=models.PROTECT, related_name="votes", to="tasks.idea"),
            ),
        ],
        options={
            "ordering": ["idea", "id"],
            "constraints": [models.UniqueConstraint(fields=("idea", "by"), name="vote_once")],
        },
    ),
    CreateModel(
        name="Attachment",
        fields=[
            ("id", ID),
            ("place", models.PositiveSmallIntegerField()),
            ("name", models.CharField(max_length=120)),
            ("kind", models.CharField(max_length=8)),
            ("size", models.PositiveIntegerField()),
            ("digest", models.CharField(max_length=64)),
            ("content", models.BinaryField(null=True)),
            ("at", models.DateTimeField()),
            ("removed_at", models.DateTimeField(null=True)),
            (
                "by",
                models.ForeignKey(
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "removed_by",
                models.ForeignKey(
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "task",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="attachments", to="tasks.task"
                ),
            ),
        ],
        options={
            "ordering": ["at", "id"],
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("removed_at", None)),
                    fields=("task", "place"),
                    name="attachment_place_once",
                ),
                models.CheckConstraint(
                    condition=models.Q(("place__gte", 1), ("place__lte", 20)),
                    name="attachment_within_the_limit",
                ),
                models.CheckConstraint(
                    condition=models.Q(("size__gte", 1), ("size__lte", 10485760)),
                    name="attachment_size_allowed",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("content__isnull", False), ("removed_at", None)),
                        models.Q(("content", None), ("removed_at__isnull", False)),
                        _connector="OR",
                    ),
                    name="attachment_has_bytes_until_removed",
                ),
            ],
        },
    ),
    CreateModel(
        name="Mention",
        fields=[
            ("id", ID),
            (
                "note",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="mentions", to="tasks.note"
                ),
            ),
            (
                "user",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
        ],
        options={
            "ordering": ["note", "id"],
            "constraints": [models.UniqueConstraint(fields=("note", "user"), name="mention_once")],
        },
    ),
    CreateModel(
        name="Origin",
        fields=[
            (
                "task",
                models.OneToOneField(
                    on_delete=models.PROTECT,
                    primary_key=True,
                    related_name="origin",
                    serialize=False,
                    to="tasks.task",
                ),
            ),
            ("comment", models.UUIDField(null=True)),
            (
                "card",
                models.ForeignKey(
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="tasks_from",
                    to="cx_loop.momentcard",
                ),
            ),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("card__isnull", False), ("comment", None)),
                        models.Q(("card", None), ("comment__isnull", False)),
                        _connector="OR",
                    ),
                    name="origin_is_one_thing",
                )
            ]
        },
    ),
    CreateModel(
        name="Watcher",
        fields=[
            ("id", ID),
            ("since", models.DateTimeField()),
            (
                "task",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="watchers", to="tasks.task"
                ),
            ),
            (
                "user",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="watching", to=settings.AUTH_USER_MODEL
                ),
            ),
        ],
        options={
            "ordering": ["since", "id"],
            "constraints": [models.UniqueConstraint(fields=("task", "user"), name="watcher_once")],
        },
    ),
    CreateModel(
        name="JudgedElsewhere",
        fields=[
            ("id", ID),
            ("episode", models.PositiveIntegerField()),
            (
                "of",
                models.CharField(
                    choices=[("stage", "Stage"), ("touchpoint", "Touchpoint")], max_length=10
                ),
            ),
            ("reason", models.TextField()),
            ("at", models.DateTimeField()),
            (
                "by",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "metric",
                models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="cx_loop.metric"),
            ),
            (
                "task",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="judged_elsewhere", to="tasks.task"
                ),
            ),
        ],
        options={
            "ordering": ["task", "episode"],
            "constraints": [
                models.UniqueConstraint(fields=("task", "episode"), name="judged_elsewhere_once"),
                models.CheckConstraint(
                    condition=models.Q(("reason", ""), _negated=True),
                    name="judged_elsewhere_says_why",
                ),
            ],
        },
    ),
    CreateModel(
        name="Verification",
        fields=[
            ("id", ID),
            ("episode", models.PositiveIntegerField()),
            ("plan", models.JSONField()),
            ("series", models.JSONField()),
            ("controls", models.JSONField(default=list)),
            (
                "state",
                models.CharField(
                    choices=[
                        ("waiting", "Waiting"),
                        ("watching", "Watching"),
                        ("person", "Person"),
                        ("decided", "Decided"),
                    ],
                    default="waiting",
                    max_length=10,
                ),
            ),
            ("next_look_at", models.DateTimeField(null=True)),
            ("looks_done", models.PositiveSmallIntegerField(default=0)),
            ("verdict", models.CharField(blank=True, max_length=24)),
            ("reason", models.CharField(blank=True, max_length=40)),
            ("recovered", models.BooleanField(null=True)),
            ("result", models.JSONField(default=dict)),
            ("decided_at", models.DateTimeField(null=True)),
            ("relapse_until", models.DateTimeField(null=True)),
            (
                "task",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="verifications", to="tasks.task"
                ),
            ),
            ("benefit", models.DecimalField(decimal_places=2, max_digits=14, null=True)),
            ("cost", models.DecimalField(decimal_places=2, max_digits=14, null=True)),
            (
                "department",
                models.ForeignKey(
                    null=True, on_delete=models.PROTECT, related_name="+", to="cx_loop.department"
                ),
            ),
            ("pain_category", models.CharField(blank=True, default="", max_length=20)),
            ("relapsed_at", models.DateTimeField(null=True)),
            ("root_cause", models.CharField(blank=True, default="", max_length=20)),
            (
                "watch",
                models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
            ),
            ("watch_at", models.DateTimeField(null=True)),
            ("corrected_at", models.DateTimeField(null=True)),
            (
                "correction",
                models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
            ),
            (
                "guards",
                models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
            ),
            ("recheck_at", models.DateTimeField(null=True)),
            (
                "elsewhere",
                models.ForeignKey(
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="verifications",
                    to="tasks.judgedelsewhere",
                ),
            ),
        ],
        options={
            "ordering": ["task", "episode", "id"],
            "indexes": [
                models.Index(
                    condition=models.Q(("state", "decided"), _negated=True),
                    fields=["next_look_at"],
                    name="verification_next_look",
                ),
                models.Index(
                    condition=models.Q(("state", "person")),
                    fields=["task"],
                    name="verification_asks",
                ),
                models.Index(
                    condition=models.Q(("watch_at__isnull", False)),
                    fields=["watch_at"],
                    name="verification_watch",
                ),
                models.Index(
                    condition=models.Q(("state", "decided")),
                    fields=["decided_at"],
                    name="verification_decided",
                ),
                models.Index(
                    condition=models.Q(("recheck_at__isnull", False)),
                    fields=["recheck_at"],
                    name="verification_recheck",
                ),
            ],
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("state", "decided"), _negated=True),
                    fields=("task", "episode"),
                    name="verification_one_running",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(
                            ("decided_at__isnull", False),
                            ("next_look_at", None),
                            ("state", "decided"),
                            models.Q(("verdict", ""), _negated=True),
                        ),
                        models.Q(
                            models.Q(("state", "decided"), _negated=True),
                            ("next_look_at__isnull", False),
                        ),
                        _connector="OR",
                    ),
                    name="verification_looks_or_is_decided",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("watch_at", None),
                        models.Q(
                            ("relapse_until__isnull", False),
                            ("relapsed_at", None),
                            ("state", "decided"),
                        ),
                        _connector="OR",
                    ),
                    name="verification_watches_what_worked",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("relapsed_at__isnull", False), ("verdict", "relapsed")),
                        models.Q(
                            models.Q(("verdict", "relapsed"), _negated=True), ("relapsed_at", None)
                        ),
                        _connector="OR",
                    ),
                    name="verification_relapsed_at_a_moment",
                ),
                models.CheckConstraint(
                    condition=models.Q(("cost", None), ("cost__gte", 0), _connector="OR"),
                    name="verification_costs_something",
                ),
                models.CheckConstraint(
                    condition=models.Q(("recheck_at", None), ("state", "decided"), _connector="OR"),
                    name="verification_rechecks_what_is_decided",
                ),
            ],
        },
    ),
    CreateModel(
        name="Look",
        fields=[
            ("id", ID),
            ("seq", models.PositiveSmallIntegerField()),
            ("due_at", models.DateTimeField()),
            ("at", models.DateTimeField()),
            ("data", models.JSONField()),
            ("result", models.JSONField()),
            (
                "verification",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="looks", to="tasks.verification"
                ),
            ),
        ],
        options={
            "ordering": ["verification", "seq"],
            "constraints": [
                models.UniqueConstraint(fields=("verification", "seq"), name="look_once")
            ],
        },
    ),
    CreateModel(
        name="Countermeasure",
        fields=[
            ("id", ID),
            ("episode", models.PositiveIntegerField()),
            ("kind", models.CharField(blank=True, max_length=20)),
            ("steps_done", models.PositiveSmallIntegerField()),
            ("steps_in_all", models.PositiveSmallIntegerField()),
            ("pain_category", models.CharField(max_length=20)),
            ("root_cause", models.CharField(max_length=20)),
            ("fixed_at", models.DateTimeField()),
            ("at", models.DateTimeField()),
            (
                "metric",
                models.ForeignKey(
                    null=True, on_delete=models.PROTECT, related_name="+", to="cx_loop.metric"
                ),
            ),
            (
                "playbook",
                models.ForeignKey(
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to="alerts.playbookversion",
                ),
            ),
            (
                "task",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="countermeasures", to="tasks.task"
                ),
            ),
            (
                "touchpoint",
                models.ForeignKey(
                    null=True, on_delete=models.PROTECT, related_name="+", to="cx_loop.touchpoint"
                ),
            ),
            (
                "verification",
                models.ForeignKey(
                    on_delete=models.PROTECT,
                    related_name="countermeasures",
                    to="tasks.verification",
                ),
            ),
        ],
        options={
            "ordering": ["task", "verification", "id"],
            "indexes": [models.Index(fields=["touchpoint", "metric"], name="countermeasure_where")],
            "constraints": [
                models.UniqueConstraint(
                    fields=("verification", "playbook", "kind"),
                    name="countermeasure_once",
                    nulls_distinct=False,
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("steps_done__gte", 1), ("steps_in_all__gte", models.F("steps_done"))
                    ),
                    name="countermeasure_was_taken",
                ),
            ],
        },
    ),
    CreateModel(
        name="Permanence",
        fields=[
            ("id", ID),
            ("asked_at", models.DateTimeField()),
            ("asked", models.PositiveSmallIntegerField(default=1)),
            ("next_due_at", models.DateTimeField(null=True)),
            (
                "answer",
                models.CharField(
                    blank=True,
                    choices=[("made", "Made"), ("not_needed", "Not Needed"), ("over", "Over")],
                    max_length=12,
                ),
            ),
            ("standard", models.TextField(blank=True)),
            ("playbook", models.TextField(blank=True)),
            ("blueprint", models.TextField(blank=True)),
            ("reason", models.TextField(blank=True)),
            ("answered_at", models.DateTimeField(null=True)),
            (
                "answered_by",
                models.ForeignKey(
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "task",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="permanences", to="tasks.task"
                ),
            ),
            (
                "verification",
                models.OneToOneField(
                    on_delete=models.PROTECT, related_name="permanence", to="tasks.verification"
                ),
            ),
            (
                "edits",
                models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
            ),
        ],
        options={
            "ordering": ["task", "id"],
            "indexes": [
                models.Index(
                    condition=models.Q(("next_due_at__isnull", False)),
                    fields=["next_due_at"],
                    name="permanence_next_due",
                )
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(
                            ("answer", ""), ("answered_at", None), ("next_due_at__isnull", False)
                        ),
                        models.Q(
                            models.Q(("answer", ""), _negated=True),
                            ("answered_at__isnull", False),
                            ("next_due_at", None),
                        ),
                        _connector="OR",
                    ),
                    name="permanence_is_answered_or_asks_again",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("answer", "made"), _negated=True),
                        models.Q(("standard", ""), _negated=True),
                        models.Q(("playbook", ""), _negated=True),
                        models.Q(("blueprint", ""), _negated=True),
                        _connector="OR",
                    ),
                    name="permanence_changes_something",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("answer", "not_needed"), _negated=True),
                        models.Q(("reason", ""), _negated=True),
                        _connector="OR",
                    ),
                    name="permanence_not_needed_says_why",
                ),
            ],
        },
    ),
    CreateModel(
        name="Offer",
        fields=[
            ("id", ID),
            ("location", models.CharField(blank=True, default="", max_length=80)),
            ("at", models.DateTimeField()),
            (
                "task",
                models.OneToOneField(
                    on_delete=models.PROTECT, related_name="offered_by", to="tasks.task"
                ),
            ),
            (
                "touchpoint",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="+", to="cx_loop.touchpoint"
                ),
            ),
            (
                "permanence",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="offers", to="tasks.permanence"
                ),
            ),
        ],
        options={
            "ordering": ["permanence", "id"],
            "constraints": [
                models.UniqueConstraint(
                    fields=("permanence", "touchpoint", "location"), name="offer_once"
                )
            ],
        },
    ),
    CreateModel(
        name="Recovery",
        fields=[
            ("id", ID),
            ("digest", models.UUIDField(unique=True)),
            ("customer", models.UUIDField(db_index=True, null=True)),
            ("value", models.FloatField()),
            ("segment", models.CharField(blank=True, default="", max_length=80)),
            ("weight", models.FloatField(default=1)),
            ("before", models.PositiveIntegerField(default=0)),
            ("may_contact", models.BooleanField(null=True)),
            ("occurred_at", models.DateTimeField()),
            ("made_at", models.DateTimeField()),
            ("due_at", models.DateTimeField()),
            ("escalate_at", models.DateTimeField(null=True)),
            ("level", models.PositiveSmallIntegerField(default=0)),
            ("offered", models.TextField(blank=True)),
            (
                "outcome",
                models.CharField(
                    blank=True,
                    choices=[
                        ("content", "content"),
                        ("unhappy", "unhappy"),
                        ("unreachable", "unreachable"),
                        ("declined", "declined"),
                        ("no_need", "no_need"),
                    ],
                    max_length=12,
                ),
            ),
            ("contacted_at", models.DateTimeField(null=True)),
            (
                "contacted_by",
                models.ForeignKey(
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "department",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="+", to="cx_loop.department"
                ),
            ),
            (
                "metric",
                models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="cx_loop.metric"),
            ),
            (
                "task",
                models.ForeignKey(
                    null=True, on_delete=models.PROTECT, related_name="recoveries", to="tasks.task"
                ),
            ),
            (
                "touchpoint",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="+", to="cx_loop.touchpoint"
                ),
            ),
        ],
        options={
            "verbose_name_plural": "recoveries",
            "ordering": ["due_at", "id"],
            "indexes": [
                models.Index(
                    condition=models.Q(("outcome", "")),
                    fields=["department", "due_at"],
                    name="recovery_open",
                ),
                models.Index(
                    condition=models.Q(("escalate_at__isnull", False)),
                    fields=["escalate_at"],
                    name="recovery_to_push",
                ),
                models.Index(fields=["touchpoint", "-occurred_at"], name="recovery_here"),
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("contacted_at", None), ("outcome", "")),
                        models.Q(
                            models.Q(("outcome", ""), _negated=True),
                            ("contacted_at__isnull", False),
                            ("escalate_at", None),
                        ),
                        _connector="OR",
                    ),
                    name="recovery_over_has_a_time",
                )
            ],
        },
    ),
    CreateModel(
        name="Telling",
        fields=[
            ("id", ID),
            ("template_version", models.PositiveIntegerField()),
            ("words", models.JSONField()),
            ("at", models.DateTimeField()),
            (
                "by",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "task",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="tellings", to="tasks.task"
                ),
            ),
            (
                "template",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="+", to="tasks.messagetemplate"
                ),
            ),
        ],
        options={
            "ordering": ["task", "id"],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("template_version__gte", 1)), name="telling_of_a_version"
                )
            ],
        },
    ),
    CreateModel(
        name="Told",
        fields=[
            ("id", ID),
            ("customer", models.UUIDField(db_index=True)),
            ("digest", models.UUIDField()),
            ("how", models.CharField(choices=[("mail", "Mail"), ("file", "File")], max_length=4)),
            ("language", models.CharField(max_length=10)),
            (
                "task",
                models.ForeignKey(on_delete=models.PROTECT, related_name="told", to="tasks.task"),
            ),
            (
                "telling",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="told", to="tasks.telling"
                ),
            ),
        ],
        options={
            "verbose_name_plural": "told",
            "ordering": ["id"],
            "constraints": [models.UniqueConstraint(fields=("task", "customer"), name="told_once")],
        },
    ),
    CreateModel(
        name="Mended",
        fields=[
            ("id", ID),
            ("said", NameField(default=dict)),
            ("mended", NameField(default=dict)),
            ("version", models.PositiveIntegerField(default=1)),
            ("written_at", models.DateTimeField()),
            ("released_at", models.DateTimeField(null=True)),
            (
                "released_by",
                models.ForeignKey(
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "task",
                models.OneToOneField(
                    on_delete=models.PROTECT, related_name="mended", to="tasks.task"
                ),
            ),
            (
                "written_by",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
        ],
        options={
            "verbose_name_plural": "mended",
            "ordering": ["-released_at", "-id"],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("released_at", None), ("released_by", None)),
                        models.Q(("released_at__isnull", False), ("released_by__isnull", False)),
                        _connector="OR",
                    ),
                    name="mended_released_by_somebody",
                )
            ],
        },
    ),
]


# titles written by hand are found by single letters and by pairs of them, in every script
PIECES = """
CREATE FUNCTION cx_pieces(said text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT substr(lower(said), place, size)), '{}')
    FROM generate_series(1, length(said)) AS place, generate_series(1, 2) AS size
    WHERE place + size - 1 <= length(said)
$$
"""
INDEX = """
CREATE INDEX {name} ON tasks_task USING gin (cx_pieces(title ->> 'text'))
WHERE title ? 'text' AND {which}
"""
INDEXES = {"task_said_unclosed": "state <> 'closed'", "task_said_closed": "state = 'closed'"}


class Migration(migrations.Migration):
    replaces = [
        ("tasks", "0001_initial"),
        ("tasks", "0002_pauses_stop_the_clocks"),
        ("tasks", "0003_tasks_know_why_they_came"),
        ("tasks", "0004_audited_invariants"),
        ("tasks", "0005_unattended_and_moved"),
        ("tasks", "0006_checklists"),
        ("tasks", "0007_queues_by_stretches"),
        ("tasks", "0008_people_work_together"),
        ("tasks", "0009_who_held_a_task"),
        ("tasks", "0010_fixes_last_and_are_kept"),
        ("tasks", "0011_tasks_from_cards"),
        ("tasks", "0012_questions_never_put"),
        ("tasks", "0013_titles_are_searched"),
        ("tasks", "0014_views_are_kept"),
        ("tasks", "0015_verdicts_are_held_against_their_data"),
        ("tasks", "0016_closed_tasks_by_age"),
        ("tasks", "0017_lists_by_age_and_end"),
        ("tasks", "0018_customers_are_contacted"),
        ("tasks", "0019_one_index_by_age"),
        ("tasks", "0020_customers_are_told"),
        ("tasks", "0021_lists_in_order"),
    ]

    initial = True

    dependencies = [
        ("alerts", "0001_squashed_0009_unresolved_alerts_of_a_touchpoint"),
        ("cx_loop", "0001_squashed_0024_journeys_may_have_a_public_page"),
    ]

    operations = [
        CreateModels(TABLES),
        migrations.RunSQL(
            [PIECES, *(INDEX.format(name=name, which=which) for name, which in INDEXES.items())],
            [*(f"DROP INDEX {name}" for name in INDEXES), "DROP FUNCTION cx_pieces(text)"],
        ),
    ]
