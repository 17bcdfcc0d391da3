"""Everything up to 0009, for an empty database (decision 0039)."""

import datetime

from django.conf import settings
from django.db import migrations, models
from django.db.migrations import CreateModel

from cx_loop.migrations._together import CreateModels
from cx_loop.models.languages import NameField

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
TABLES = [
    CreateModel(
        name="SeriesSeen",
        fields=[
            (
                "series",
                models.OneToOneField(
                    on_delete=models.PROTECT,
                    primary_key=True,
                    related_name="+",
                    serialize=False,
                    to="cx_loop.series",
                ),
            )
        ],
    ),
    CreateModel(
        name="Silence",
        fields=[
            ("id", ID),
            (
                "kind",
                models.CharField(
                    choices=[("silence", "Silence"), ("maintenance", "Maintenance")],
                    default="silence",
                    max_length=12,
                ),
            ),
            ("matchers", models.JSONField()),
            ("starts_at", models.DateTimeField()),
            ("ends_at", models.DateTimeField()),
            ("reason", models.TextField()),
            ("created_at", models.DateTimeField()),
            ("begun_at", models.DateTimeField(null=True)),
            ("ended_at", models.DateTimeField(null=True)),
            (
                "author",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "department",
                models.ForeignKey(
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="silences",
                    to="cx_loop.department",
                ),
            ),
            (
                "ended_by",
                models.ForeignKey(
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
        ],
        options={
            "ordering": ["-starts_at", "-id"],
            "indexes": [
                models.Index(
                    condition=models.Q(("ended_at", None)),
                    fields=["starts_at", "ends_at"],
                    name="silence_not_ended",
                )
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        ("ends_at__gt", models.F("starts_at")),
                        ("ends_at__lte", models.F("starts_at") + datetime.timedelta(days=90)),
                    ),
                    name="silence_ends_in_time",
                ),
                models.CheckConstraint(
                    condition=models.Q(("reason", ""), _negated=True), name="silence_has_a_reason"
                ),
                models.CheckConstraint(
                    condition=models.Q(("matchers", {}), _negated=True),
                    name="silence_matches_something",
                ),
                models.CheckConstraint(
                    condition=models.Q(("kind__in", ["silence", "maintenance"])),
                    name="silence_kind_known",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("ended_at", None), ("ended_by", None)),
                        models.Q(
                            ("ended_at__lte", models.F("ends_at")), ("ended_by__isnull", False)
                        ),
                        _connector="OR",
                    ),
                    name="silence_ended_early_by_somebody",
                ),
            ],
        },
    ),
    CreateModel(
        name="Playbook",
        fields=[
            ("id", ID),
            ("key", models.SlugField(max_length=80, unique=True)),
            ("retired_at", models.DateTimeField(blank=True, null=True)),
            (
                "current",
                models.OneToOneField(
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to="alerts.playbookversion",
                ),
            ),
        ],
        options={"ordering": ["key"]},
    ),
    CreateModel(
        name="PlaybookVersion",
        fields=[
            ("id", ID),
            ("number", models.PositiveIntegerField()),
            ("name", NameField(default=dict)),
            ("kind", models.CharField(blank=True, max_length=20)),
            ("steps", models.JSONField(default=list)),
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
                "playbook",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="versions", to="alerts.playbook"
                ),
            ),
            (
                "when",
                models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
            ),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("playbook", "number"), name="playbook_version_once")
            ]
        },
    ),
    CreateModel(
        name="Rule",
        fields=[
            ("id", ID),
            ("key", models.SlugField(max_length=80, unique=True)),
            ("name", NameField(blank=True, default=dict)),
            ("retired_at", models.DateTimeField(blank=True, null=True)),
            (
                "current",
                models.OneToOneField(
                    null=True, on_delete=models.PROTECT, related_name="+", to="alerts.ruleversion"
                ),
            ),
            ("over_limit_at", models.DateTimeField(blank=True, null=True)),
        ],
        options={"ordering": ["key"]},
    ),
    CreateModel(
        name="Group",
        fields=[
            ("id", ID),
            ("segment", models.CharField(blank=True, default="", max_length=80)),
            ("channel", models.CharField(blank=True, default="", max_length=80)),
            ("location", models.CharField(blank=True, default="", max_length=80)),
            (
                "touchpoint",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="+", to="cx_loop.touchpoint"
                ),
            ),
            (
                "series",
                models.ManyToManyField(
                    related_name="+", through="alerts.GroupSeries", to="cx_loop.series"
                ),
            ),
            (
                "rule",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="groups", to="alerts.rule"
                ),
            ),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(
                    fields=("rule", "touchpoint", "segment", "channel", "location"),
                    name="group_once",
                )
            ]
        },
    ),
    CreateModel(
        name="GroupSeries",
        fields=[
            ("id", ID),
            (
                "group",
                models.ForeignKey(
                    on_delete=models.CASCADE, related_name="members", to="alerts.group"
                ),
            ),
            (
                "series",
                models.ForeignKey(
                    db_index=False, on_delete=models.PROTECT, related_name="+", to="cx_loop.series"
                ),
            ),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("series", "group"), name="group_series_once")
            ]
        },
    ),
    CreateModel(
        name="RuleVersion",
        fields=[
            ("id", ID),
            ("number", models.PositiveIntegerField()),
            ("watches", models.JSONField()),
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
            ("metric", models.ForeignKey(on_delete=models.PROTECT, to="cx_loop.metric")),
            (
                "playbook",
                models.ForeignKey(null=True, on_delete=models.PROTECT, to="alerts.playbook"),
            ),
            (
                "rule",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="versions", to="alerts.rule"
                ),
            ),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("rule", "number"), name="rule_version_once")
            ]
        },
    ),
    CreateModel(
        name="Alert",
        fields=[
            ("id", ID),
            (
                "state",
                models.CharField(
                    choices=[
                        ("open", "Open"),
                        ("acknowledged", "Acknowledged"),
                        ("resolved", "Resolved"),
                        ("dismissed", "Dismissed"),
                    ],
                    default="open",
                    max_length=12,
                ),
            ),
            ("severity", models.SmallIntegerField(choices=[(1, "critical"), (2, "warning")])),
            ("episode", models.PositiveIntegerField(default=1)),
            ("opened_at", models.DateTimeField()),
            ("edge", models.DateTimeField()),
            ("value", models.FloatField(null=True)),
            ("n", models.FloatField()),
            ("peak", models.FloatField(null=True)),
            ("last_value", models.FloatField(null=True)),
            ("last_n", models.FloatField(default=0)),
            ("late", models.BooleanField(default=False)),
            ("acknowledged_at", models.DateTimeField(null=True)),
            ("snoozed_until", models.DateTimeField(null=True)),
            ("closed_at", models.DateTimeField(null=True)),
            ("cleared", models.BooleanField(default=False)),
            (
                "acknowledged_by",
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
                    on_delete=models.PROTECT, related_name="alerts", to="cx_loop.touchpoint"
                ),
            ),
            (
                "group",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="alerts", to="alerts.group"
                ),
            ),
            (
                "version",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="+", to="alerts.ruleversion"
                ),
            ),
            ("silenced_until", models.DateTimeField(null=True)),
            (
                "snoozed_by",
                models.ForeignKey(
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "silence",
                models.ForeignKey(
                    null=True, on_delete=models.PROTECT, related_name="alerts", to="alerts.silence"
                ),
            ),
            ("drift", models.JSONField(null=True)),
        ],
        options={
            "ordering": ["severity", "-opened_at", "id"],
            "indexes": [
                models.Index(fields=["touchpoint", "-opened_at"], name="alert_by_touchpoint"),
                models.Index(
                    condition=models.Q(("state__in", ["open", "acknowledged"])),
                    fields=["severity", "opened_at", "id"],
                    name="alert_unresolved",
                ),
                models.Index(fields=["opened_at", "id"], name="alert_by_age"),
                models.Index(
                    condition=models.Q(
                        ("silenced_until__isnull", False), ("state__in", ["open", "acknowledged"])
                    ),
                    fields=["silenced_until"],
                    name="alert_still_silenced",
                ),
                models.Index(
                    condition=models.Q(("state__in", ["open", "acknowledged"])),
                    fields=["touchpoint", "severity", "opened_at", "id"],
                    name="alert_unresolved_there",
                ),
            ],
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("state__in", ["open", "acknowledged"])),
                    fields=("group",),
                    name="alert_one_unresolved",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("closed_at", None), ("state__in", ["open", "acknowledged"])),
                        models.Q(
                            ("closed_at__isnull", False), ("state__in", ["resolved", "dismissed"])
                        ),
                        _connector="OR",
                    ),
                    name="alert_closed_has_a_time",
                ),
                models.CheckConstraint(
                    condition=models.Q(("severity__in", [1, 2])), name="alert_severity_known"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("silence", None), ("silenced_until", None)),
                        models.Q(("silence__isnull", False), ("silenced_until__isnull", False)),
                        _connector="OR",
                    ),
                    name="alert_silenced_by_a_silence",
                ),
            ],
        },
    ),
    CreateModel(
        name="Evaluation",
        fields=[
            ("id", ID),
            ("edge", models.DateTimeField()),
            ("until", models.DateTimeField()),
            ("times", models.PositiveIntegerField(default=1)),
            ("value", models.FloatField(null=True)),
            ("n", models.FloatField()),
            ("verdict", models.CharField(max_length=20)),
            ("level", models.SmallIntegerField(null=True)),
            ("reason", models.CharField(max_length=40)),
            ("params", models.JSONField(default=dict)),
            ("provisional", models.BooleanField(default=False)),
            (
                "group",
                models.ForeignKey(
                    on_delete=models.CASCADE, related_name="evaluations", to="alerts.group"
                ),
            ),
            (
                "version",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="+", to="alerts.ruleversion"
                ),
            ),
        ],
        options={
            "ordering": ["-edge", "-id"],
            "indexes": [models.Index(fields=["group", "-edge"], name="evaluation_log")],
            "constraints": [
                models.UniqueConstraint(
                    fields=("version", "group", "edge"), name="evaluation_once"
                ),
                models.CheckConstraint(
                    condition=models.Q(("until__gte", models.F("edge"))),
                    name="evaluation_until_after_edge",
                ),
            ],
        },
    ),
    CreateModel(
        name="RuleState",
        fields=[
            (
                "group",
                models.OneToOneField(
                    on_delete=models.CASCADE,
                    primary_key=True,
                    related_name="state",
                    serialize=False,
                    to="alerts.group",
                ),
            ),
            (
                "state",
                models.CharField(
                    choices=[
                        ("ok", "Ok"),
                        ("pending", "Pending"),
                        ("firing", "Firing"),
                        ("recovering", "Recovering"),
                        ("insufficient", "Insufficient"),
                        ("no_data", "No Data"),
                        ("error", "Error"),
                    ],
                    default="ok",
                    max_length=12,
                ),
            ),
            ("level", models.SmallIntegerField(null=True)),
            ("since", models.DateTimeField(null=True)),
            ("muted", models.BooleanField(default=False)),
            ("last_data_at", models.DateTimeField(null=True)),
            ("last_edge", models.DateTimeField(null=True)),
            ("next_edge", models.DateTimeField(null=True)),
            (
                "version",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="+", to="alerts.ruleversion"
                ),
            ),
            ("cleared_at", models.DateTimeField(null=True)),
            ("healthy_since", models.DateTimeField(null=True)),
            ("praised", models.BooleanField(db_default=False, default=False)),
        ],
        options={
            "indexes": [
                models.Index(
                    condition=models.Q(("next_edge__isnull", False)),
                    fields=["next_edge"],
                    name="state_next_edge",
                )
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("level", None), ("level__in", [1, 2]), _connector="OR"),
                    name="state_level_known",
                )
            ],
        },
    ),
    CreateModel(
        name="ComparedSeries",
        fields=[
            ("id", ID),
            (
                "group",
                models.ForeignKey(
                    on_delete=models.CASCADE, related_name="compared", to="alerts.group"
                ),
            ),
            (
                "series",
                models.ForeignKey(
                    db_index=False, on_delete=models.PROTECT, related_name="+", to="cx_loop.series"
                ),
            ),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("series", "group"), name="compared_series_once")
            ]
        },
    ),
    CreateModel(
        name="DriftStanding",
        fields=[
            (
                "group",
                models.OneToOneField(
                    on_delete=models.CASCADE,
                    primary_key=True,
                    related_name="drift",
                    serialize=False,
                    to="alerts.group",
                ),
            ),
            ("through", models.DateField()),
            ("standing", models.JSONField()),
            (
                "version",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="+", to="alerts.ruleversion"
                ),
            ),
        ],
    ),
]


class Migration(migrations.Migration):
    replaces = [
        ("alerts", "0001_initial"),
        ("alerts", "0002_groups_states_and_alerts"),
        ("alerts", "0003_silences_keep_alerts_quiet"),
        ("alerts", "0004_rules_compare_praise_and_come_back"),
        ("alerts", "0005_rules_follow_drift"),
        ("alerts", "0006_playbooks_say_where_they_fit"),
        ("alerts", "0007_alerts_by_age"),
        ("alerts", "0008_silenced_alerts_are_found"),
        ("alerts", "0009_unresolved_alerts_of_a_touchpoint"),
    ]

    initial = True

    dependencies = [("cx_loop", "0001_squashed_0024_journeys_may_have_a_public_page")]

    operations = [CreateModels(TABLES)]
