"""Everything up to 0024, for an empty database (decision 0039). Of the data steps only the row that
0003 begins the catalog's state with is here: there is nothing else to mend.
"""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models
from django.db.migrations import CreateModel
from django.db.models.functions import Lower

from cx_loop.clock import DatabaseNow
from cx_loop.migrations._together import CreateModels
from cx_loop.models.languages import NameField

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
TABLES = [
    CreateModel(
        name="Observation",
        fields=[
            ("digest", models.UUIDField(primary_key=True, serialize=False)),
            ("occurred_at", models.DateTimeField()),
            ("received_at", models.DateTimeField()),
            ("value", models.FloatField()),
            ("exposure", models.FloatField()),
            ("bin", models.SmallIntegerField()),
        ],
        options={"db_table": "cx_loop_observation", "managed": False},
    ),
    CreateModel(
        name="Calendar",
        fields=[
            ("id", ID),
            ("timezone", models.CharField(default="UTC", max_length=64)),
            ("hours", models.JSONField(blank=True, default=dict)),
            ("holidays", models.CharField(blank=True, max_length=10)),
            ("special_days", models.JSONField(blank=True, default=list)),
        ],
    ),
    CreateModel(
        name="CustomerLink",
        fields=[
            ("digest", models.UUIDField(primary_key=True, serialize=False)),
            ("customer", models.UUIDField(db_index=True)),
            ("occurred_at", models.DateTimeField()),
            ("may_contact", models.BooleanField(null=True)),
            ("reference", models.TextField(blank=True, db_default="", default="")),
        ],
    ),
    CreateModel(
        name="DirtyMark",
        fields=[
            ("id", ID),
            ("series_id", models.BigIntegerField()),
            ("since", models.DateTimeField()),
            ("until", models.DateTimeField()),
            ("marked_at", models.DateTimeField()),
        ],
        options={"indexes": [models.Index(fields=["series_id"], name="dirtymark_series")]},
    ),
    CreateModel(
        name="ErasedCustomer",
        fields=[
            ("customer", models.UUIDField(primary_key=True, serialize=False)),
            ("erased_at", models.DateTimeField()),
        ],
    ),
    CreateModel(
        name="Heartbeat",
        fields=[
            ("name", models.SlugField(primary_key=True, serialize=False)),
            ("last_ok_at", models.DateTimeField()),
            ("handled", models.IntegerField(default=0)),
        ],
    ),
    CreateModel(
        name="Segment",
        fields=[
            ("id", ID),
            ("key", models.SlugField(max_length=80, unique=True)),
            ("name", NameField(default=dict)),
            ("retired_at", models.DateTimeField(blank=True, null=True)),
            ("position", models.PositiveSmallIntegerField(default=0)),
            ("weight", models.FloatField(default=1.0, validators=[MinValueValidator(0)])),
            (
                "expectation",
                models.FloatField(
                    blank=True, null=True, validators=[MinValueValidator(0), MaxValueValidator(5)]
                ),
            ),
        ],
        options={
            "ordering": ["position", "key"],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        ("expectation", None),
                        models.Q(("expectation__gte", 0), ("expectation__lte", 5)),
                        _connector="OR",
                    ),
                    name="segment_expectation_is_on_its_scale",
                )
            ],
        },
    ),
    CreateModel(
        name="Source",
        fields=[
            ("id", ID),
            ("key", models.SlugField(max_length=80, unique=True)),
            ("tool", models.SlugField(default="api", max_length=40)),
            ("secret", models.TextField(blank=True)),
            ("mapping", models.JSONField(blank=True, default=list)),
            (
                "hook_digest",
                models.CharField(editable=False, max_length=64, null=True, unique=True),
            ),
            ("hook_token", models.TextField(blank=True, editable=False)),
            ("disabled_at", models.DateTimeField(blank=True, null=True)),
            ("retired_at", models.DateTimeField(blank=True, null=True)),
            ("ask_at", models.DateTimeField(editable=False, null=True)),
            ("asked", models.IntegerField(default=0, editable=False)),
            ("asked_on", models.DateField(editable=False, null=True)),
            ("old_secret", models.TextField(blank=True, editable=False)),
            ("old_secret_until", models.DateTimeField(blank=True, editable=False, null=True)),
            ("options", models.JSONField(blank=True, default=dict)),
            ("token", models.TextField(blank=True, editable=False)),
        ],
        options={"ordering": ["key"]},
    ),
    CreateModel(
        name="User",
        fields=[
            ("id", ID),
            ("password", models.CharField(max_length=128, verbose_name="password")),
            ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
            (
                "is_superuser",
                models.BooleanField(
                    default=False,
                    help_text="Designates that this user has all permissions without explicitly assigning them.",
                    verbose_name="superuser status",
                ),
            ),
            ("email", models.EmailField(max_length=254, unique=True)),
            ("name", models.CharField(blank=True, max_length=120)),
            ("language", models.CharField(default="en", max_length=10)),
            ("is_active", models.BooleanField(default=True)),
            ("is_staff", models.BooleanField(default=False)),
            ("is_analyst", models.BooleanField(default=False)),
            ("joined_at", models.DateTimeField(db_default=DatabaseNow())),
            (
                "groups",
                models.ManyToManyField(
                    blank=True,
                    help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                    related_name="user_set",
                    related_query_name="user",
                    to="auth.group",
                    verbose_name="groups",
                ),
            ),
            (
                "user_permissions",
                models.ManyToManyField(
                    blank=True,
                    help_text="Specific permissions for this user.",
                    related_name="user_set",
                    related_query_name="user",
                    to="auth.permission",
                    verbose_name="user permissions",
                ),
            ),
            ("absent_since", models.DateTimeField(blank=True, null=True)),
            ("absent_until", models.DateTimeField(blank=True, null=True)),
            (
                "substitute",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="stands_in_for",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("digest_minutes", models.PositiveSmallIntegerField(default=0)),
            ("muted_kinds", models.JSONField(blank=True, default=list)),
            ("quiet_from", models.TimeField(blank=True, null=True)),
            ("quiet_until", models.TimeField(blank=True, null=True)),
            ("timezone", models.CharField(blank=True, max_length=64)),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("email", Lower("email"))), name="user_email_is_lower"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(
                            ("absent_since", None), ("absent_until", None), ("substitute", None)
                        ),
                        models.Q(
                            ("absent_since__isnull", False),
                            ("absent_until__gt", models.F("absent_since")),
                            ("absent_until__isnull", False),
                        ),
                        _connector="OR",
                    ),
                    name="user_absence_has_an_end",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("substitute", None),
                        models.Q(("substitute", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="user_stands_in_for_another",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("quiet_from", None), ("quiet_until", None)),
                        models.Q(("quiet_from__isnull", False), ("quiet_until__isnull", False)),
                        _connector="OR",
                    ),
                    name="user_quiet_hours_have_two_ends",
                ),
                models.CheckConstraint(
                    condition=models.Q(("digest_minutes__lte", 1440)),
                    name="user_digest_within_a_day",
                ),
            ]
        },
    ),
    CreateModel(
        name="Journey",
        fields=[
            ("id", ID),
            ("key", models.SlugField(max_length=80, unique=True)),
            ("name", NameField(default=dict)),
            ("retired_at", models.DateTimeField(blank=True, null=True)),
            ("position", models.PositiveSmallIntegerField(default=0)),
            ("reviewed_on", models.DateField(blank=True, null=True)),
            (
                "reviewer",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("public_page", models.BooleanField(db_default=False, default=False)),
        ],
        options={"ordering": ["position", "key"]},
    ),
    CreateModel(
        name="AppliedConfiguration",
        fields=[
            ("id", ID),
            ("kind", models.CharField(max_length=40)),
            ("key", models.CharField(max_length=160)),
            ("digest", models.CharField(max_length=64)),
            ("origin", models.CharField(max_length=255)),
            ("applied_at", models.DateTimeField()),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("kind", "key"), name="applied_once")]
        },
    ),
    CreateModel(
        name="Department",
        fields=[
            ("id", ID),
            ("key", models.SlugField(max_length=80, unique=True)),
            ("name", NameField(default=dict)),
            ("retired_at", models.DateTimeField(blank=True, null=True)),
            ("notify", models.JSONField(blank=True, default=list)),
            (
                "calendar",
                models.OneToOneField(
                    blank=True, null=True, on_delete=models.PROTECT, to="cx_loop.calendar"
                ),
            ),
            (
                "parent",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="children",
                    to="cx_loop.department",
                ),
            ),
            (
                "assign",
                models.CharField(
                    choices=[
                        ("none", "None"),
                        ("round_robin", "Round Robin"),
                        ("least_loaded", "Least Loaded"),
                    ],
                    default="none",
                    max_length=12,
                ),
            ),
        ],
        options={
            "ordering": ["key"],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("assign__in", ["none", "round_robin", "least_loaded"])),
                    name="department_assign_known",
                )
            ],
        },
    ),
    CreateModel(
        name="ApiKey",
        fields=[
            ("id", ID),
            ("name", models.CharField(max_length=80)),
            ("prefix", models.CharField(max_length=12, unique=True)),
            ("digest", models.CharField(max_length=64)),
            ("scopes", models.JSONField(default=list)),
            ("created_at", models.DateTimeField(db_default=DatabaseNow())),
            ("expires_at", models.DateTimeField(blank=True, null=True)),
            ("last_used_at", models.DateTimeField(blank=True, null=True)),
            ("revoked_at", models.DateTimeField(blank=True, null=True)),
            (
                "department",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="keys",
                    to="cx_loop.department",
                ),
            ),
            (
                "source",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="keys",
                    to="cx_loop.source",
                ),
            ),
        ],
        options={"ordering": ["name"]},
    ),
    CreateModel(
        name="Activity",
        fields=[
            ("id", ID),
            ("at", models.DateTimeField()),
            ("verb", models.CharField(max_length=40)),
            ("subject", models.CharField(max_length=20)),
            ("subject_id", models.BigIntegerField()),
            ("from_state", models.CharField(blank=True, max_length=20)),
            ("to_state", models.CharField(blank=True, max_length=20)),
            ("params", models.JSONField(default=dict)),
            (
                "user",
                models.ForeignKey(
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "key",
                models.ForeignKey(
                    null=True, on_delete=models.PROTECT, related_name="+", to="cx_loop.apikey"
                ),
            ),
        ],
        options={
            "verbose_name_plural": "activities",
            "ordering": ["at", "id"],
            "indexes": [
                models.Index(fields=["subject", "subject_id", "at", "id"], name="activity_trail")
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("verb", ""), _negated=True), name="activity_has_a_verb"
                )
            ],
        },
    ),
    CreateModel(
        name="Membership",
        fields=[
            ("id", ID),
            (
                "role",
                models.CharField(
                    choices=[
                        ("member", "Member"),
                        ("lead", "Lead"),
                        ("director", "Director"),
                        ("duty", "Duty"),
                    ],
                    max_length=10,
                ),
            ),
            ("duty", models.SlugField(blank=True, max_length=80)),
            (
                "department",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="memberships", to="cx_loop.department"
                ),
            ),
            (
                "user",
                models.ForeignKey(
                    on_delete=models.PROTECT,
                    related_name="memberships",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(
                    fields=("department", "role", "duty", "user"), name="membership_once"
                ),
                models.UniqueConstraint(
                    condition=models.Q(("role", "lead")),
                    fields=("department",),
                    name="department_has_one_lead",
                ),
                models.UniqueConstraint(
                    condition=models.Q(("role", "director")),
                    fields=("department",),
                    name="department_has_one_director",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("role", "duty"), models.Q(("duty", ""), _negated=True)),
                        models.Q(models.Q(("role", "duty"), _negated=True), ("duty", "")),
                        _connector="OR",
                    ),
                    name="membership_duty_has_a_name",
                ),
            ]
        },
    ),
    CreateModel(
        name="Metric",
        fields=[
            ("id", ID),
            ("key", models.SlugField(max_length=80, unique=True)),
            ("name", NameField(default=dict)),
            ("retired_at", models.DateTimeField(blank=True, null=True)),
            (
                "kind",
                models.CharField(
                    choices=[
                        ("csat", "Csat"),
                        ("nps", "Nps"),
                        ("ces", "Ces"),
                        ("score", "Score"),
                        ("duration", "Duration"),
                        ("count", "Count"),
                        ("rate", "Rate"),
                    ],
                    max_length=10,
                ),
            ),
            ("low", models.FloatField(blank=True, null=True)),
            ("high", models.FloatField(blank=True, null=True)),
            ("step", models.FloatField(default=1.0)),
            ("unit", models.CharField(blank=True, max_length=20)),
            (
                "direction",
                models.CharField(
                    choices=[("higher_is_better", "Higher"), ("lower_is_better", "Lower")],
                    default="higher_is_better",
                    max_length=20,
                ),
            ),
            (
                "comments",
                models.CharField(
                    blank=True,
                    choices=[
                        ("pain", "pain"),
                        ("wish", "wish"),
                        ("delight", "delight"),
                        ("pain_efficiency", "pain_efficiency"),
                        ("pain_quality", "pain_quality"),
                        ("pain_emotion", "pain_emotion"),
                        ("pain_personalisation", "pain_personalisation"),
                        ("pain_technology", "pain_technology"),
                        ("pain_communication", "pain_communication"),
                        ("wish_efficiency", "wish_efficiency"),
                        ("wish_quality", "wish_quality"),
                        ("wish_emotion", "wish_emotion"),
                        ("wish_personalisation", "wish_personalisation"),
                        ("wish_technology", "wish_technology"),
                        ("wish_communication", "wish_communication"),
                        ("delight_efficiency", "delight_efficiency"),
                        ("delight_quality", "delight_quality"),
                        ("delight_emotion", "delight_emotion"),
                        ("delight_personalisation", "delight_personalisation"),
                        ("delight_technology", "delight_technology"),
                        ("delight_communication", "delight_communication"),
                    ],
                    default="",
                    max_length=40,
                ),
            ),
        ],
        options={
            "ordering": ["key"],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(
                            ("high", None),
                            ("kind__in", ["duration", "count", "rate"]),
                            ("low", None),
                        ),
                        models.Q(
                            ("kind__in", ["csat", "nps", "ces", "score"]),
                            ("low__lt", models.F("high")),
                        ),
                        _connector="OR",
                    ),
                    name="metric_scale_fits_its_kind",
                ),
                models.CheckConstraint(
                    condition=models.Q(("step__gt", 0)), name="metric_step_is_positive"
                ),
                models.CheckConstraint(
                    condition=models.Q(("comments", ""), ("kind", "rate"), _connector="OR"),
                    name="metric_of_comments_is_a_rate",
                ),
            ],
        },
    ),
    CreateModel(
        name="Notice",
        fields=[
            ("id", ID),
            ("dedup_key", models.CharField(max_length=200, unique=True)),
            ("code", models.CharField(max_length=60)),
            ("params", models.JSONField(default=dict)),
            ("task_number", models.BigIntegerField(null=True)),
            ("created_at", models.DateTimeField()),
            ("read_at", models.DateTimeField(null=True)),
            (
                "user",
                models.ForeignKey(
                    on_delete=models.CASCADE, related_name="notices", to=settings.AUTH_USER_MODEL
                ),
            ),
        ],
        options={
            "indexes": [
                models.Index(
                    condition=models.Q(("read_at", None)),
                    fields=["user", "-created_at"],
                    name="notice_unread",
                ),
                models.Index(fields=["user", "-created_at", "-id"], name="notice_inbox"),
            ]
        },
    ),
    CreateModel(
        name="Organization",
        fields=[
            ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
            ("name", NameField(default=dict)),
            ("timezone", models.CharField(default="UTC", max_length=64)),
            ("languages", models.JSONField(default=list)),
            ("demo", models.BooleanField(default=False)),
            ("demo_progress", models.JSONField(blank=True, default=dict)),
        ],
        options={
            "constraints": [
                models.CheckConstraint(condition=models.Q(("id", 1)), name="organization_is_one")
            ]
        },
    ),
    CreateModel(
        name="Rollup",
        fields=[
            (
                "pk",
                models.CompositePrimaryKey(
                    "series_id",
                    "grain",
                    "bucket",
                    "bin",
                    blank=True,
                    editable=False,
                    primary_key=True,
                    serialize=False,
                ),
            ),
            ("series_id", models.BigIntegerField()),
            ("grain", models.SmallIntegerField()),
            ("bucket", models.DateTimeField()),
            ("bin", models.SmallIntegerField()),
            ("n", models.IntegerField()),
            ("total", models.FloatField()),
            ("squares", models.FloatField()),
            ("exposure", models.FloatField()),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("grain__in", [5, 60, 1440])), name="rollup_grain_known"
                )
            ]
        },
    ),
    CreateModel(
        name="Delivery",
        fields=[
            ("id", ID),
            ("received_at", models.DateTimeField(db_default=DatabaseNow())),
            ("content_type", models.CharField(blank=True, max_length=200)),
            ("headers", models.JSONField(default=dict)),
            ("body", models.BinaryField()),
            (
                "state",
                models.CharField(
                    choices=[
                        ("received", "Received"),
                        ("waiting", "Waiting"),
                        ("mapped", "Mapped"),
                        ("ignored", "Ignored"),
                        ("quarantined", "Quarantined"),
                        ("refused", "Refused"),
                    ],
                    default="received",
                    max_length=12,
                ),
            ),
            ("reason", models.CharField(blank=True, max_length=80)),
            ("params", models.JSONField(default=dict)),
            (
                "source",
                models.ForeignKey(
                    db_index=False,
                    on_delete=models.PROTECT,
                    related_name="deliveries",
                    to="cx_loop.source",
                ),
            ),
            ("answer", models.BinaryField(null=True)),
            ("attempts", models.PositiveSmallIntegerField(default=0)),
            ("message_id", models.CharField(blank=True, default="", max_length=200)),
            ("responses", models.JSONField(default=list)),
            ("settled_at", models.DateTimeField(null=True)),
            ("try_at", models.DateTimeField(null=True)),
        ],
        options={
            "indexes": [
                models.Index(
                    condition=models.Q(("state", "received")),
                    fields=["source", "id"],
                    name="delivery_to_map",
                ),
                models.Index(
                    condition=models.Q(("state", "waiting")),
                    fields=["try_at"],
                    name="delivery_to_ask_for",
                ),
                models.Index(fields=["source", "-received_at", "-id"], name="delivery_latest"),
                models.Index(
                    condition=models.Q(("state", "quarantined")),
                    fields=["source", "id"],
                    name="delivery_in_quarantine",
                ),
                models.Index(
                    condition=models.Q(("message_id", ""), _negated=True),
                    fields=["source", "message_id"],
                    name="delivery_again",
                ),
                models.Index(fields=["received_at"], name="delivery_by_age"),
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("state", "waiting"), ("try_at__isnull", False)),
                        models.Q(("state", "waiting"), _negated=True),
                        _connector="OR",
                    ),
                    name="delivery_waiting_has_a_time",
                )
            ],
            "verbose_name_plural": "deliveries",
        },
    ),
    CreateModel(
        name="Stage",
        fields=[
            ("id", ID),
            ("key", models.SlugField(max_length=80, unique=True)),
            ("name", NameField(default=dict)),
            ("retired_at", models.DateTimeField(blank=True, null=True)),
            ("position", models.PositiveSmallIntegerField(default=0)),
            (
                "journey",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="stages", to="cx_loop.journey"
                ),
            ),
        ],
        options={"ordering": ["journey__position", "position", "key"]},
    ),
    CreateModel(
        name="Touchpoint",
        fields=[
            ("id", ID),
            ("key", models.SlugField(max_length=80, unique=True)),
            ("name", NameField(default=dict)),
            ("retired_at", models.DateTimeField(blank=True, null=True)),
            ("channels", models.JSONField(blank=True, default=list)),
            ("front_stage", models.BooleanField(default=True)),
            ("moment_of_truth", models.BooleanField(default=False)),
            (
                "moment_type",
                models.CharField(
                    blank=True,
                    choices=[
                        ("product", "product"),
                        ("service", "service"),
                        ("brand", "brand"),
                        ("virtual", "virtual"),
                        ("emotional", "emotional"),
                        ("social", "social"),
                    ],
                    max_length=20,
                ),
            ),
            (
                "expectation",
                models.FloatField(
                    blank=True, null=True, validators=[MinValueValidator(0), MaxValueValidator(5)]
                ),
            ),
            ("position", models.PositiveSmallIntegerField(default=0)),
            (
                "owner",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="touchpoints", to="cx_loop.department"
                ),
            ),
            (
                "stage",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="touchpoints", to="cx_loop.stage"
                ),
            ),
            (
                "support",
                models.ManyToManyField(
                    blank=True, related_name="supported_touchpoints", to="cx_loop.department"
                ),
            ),
            (
                "expectations",
                models.JSONField(
                    blank=True, db_default=models.Value({}, models.JSONField()), default=dict
                ),
            ),
            (
                "goal",
                models.FloatField(
                    blank=True, null=True, validators=[MinValueValidator(-5), MaxValueValidator(5)]
                ),
            ),
            (
                "importance",
                models.FloatField(blank=True, null=True, validators=[MinValueValidator(0)]),
            ),
            (
                "reach",
                models.FloatField(
                    blank=True, null=True, validators=[MinValueValidator(0), MaxValueValidator(1)]
                ),
            ),
            (
                "blueprint",
                models.JSONField(
                    blank=True, db_default=models.Value({}, models.JSONField()), default=dict
                ),
            ),
        ],
        options={
            "ordering": ["stage__journey__position", "stage__position", "position", "key"],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("importance", None), ("importance__gte", 0), _connector="OR"),
                        models.Q(
                            ("goal", None),
                            models.Q(("goal__gte", -5), ("goal__lte", 5)),
                            _connector="OR",
                        ),
                        models.Q(
                            ("reach", None),
                            models.Q(("reach__gte", 0), ("reach__lte", 1)),
                            _connector="OR",
                        ),
                    ),
                    name="touchpoint_figures_are_on_their_scale",
                )
            ],
        },
    ),
    CreateModel(
        name="Series",
        fields=[
            ("id", ID),
            ("segment", models.CharField(blank=True, default="", max_length=80)),
            ("channel", models.CharField(blank=True, default="", max_length=80)),
            ("location", models.CharField(blank=True, default="", max_length=80)),
            (
                "journey",
                models.ForeignKey(null=True, on_delete=models.PROTECT, to="cx_loop.journey"),
            ),
            ("metric", models.ForeignKey(on_delete=models.PROTECT, to="cx_loop.metric")),
            ("stage", models.ForeignKey(null=True, on_delete=models.PROTECT, to="cx_loop.stage")),
            (
                "touchpoint",
                models.ForeignKey(null=True, on_delete=models.PROTECT, to="cx_loop.touchpoint"),
            ),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(
                    fields=(
                        "touchpoint",
                        "stage",
                        "journey",
                        "metric",
                        "segment",
                        "channel",
                        "location",
                    ),
                    name="series_once",
                    nulls_distinct=False,
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("journey", None), ("stage", None), ("touchpoint__isnull", False)),
                        models.Q(("journey", None), ("stage__isnull", False), ("touchpoint", None)),
                        models.Q(("journey__isnull", False), ("stage", None), ("touchpoint", None)),
                        _connector="OR",
                    ),
                    name="series_has_one_subject",
                ),
            ]
        },
    ),
    CreateModel(
        name="ObservationKey",
        fields=[
            ("digest", models.UUIDField(primary_key=True, serialize=False)),
            ("content", models.UUIDField()),
            ("revision", models.BigIntegerField(default=0)),
            ("occurred_at", models.DateTimeField()),
            ("value", models.FloatField(default=0)),
            ("exposure", models.FloatField(default=0)),
            ("bin", models.SmallIntegerField(default=0)),
            (
                "series",
                models.ForeignKey(
                    db_constraint=False,
                    db_index=False,
                    null=True,
                    on_delete=models.DO_NOTHING,
                    to="cx_loop.series",
                ),
            ),
            (
                "source",
                models.ForeignKey(
                    db_constraint=False,
                    db_index=False,
                    on_delete=models.DO_NOTHING,
                    to="cx_loop.source",
                ),
            ),
            ("was_series_id", models.BigIntegerField(null=True)),
            ("was_occurred_at", models.DateTimeField(null=True)),
            ("was_value", models.FloatField(null=True)),
            ("was_exposure", models.FloatField(null=True)),
            ("was_bin", models.SmallIntegerField(null=True)),
        ],
    ),
    CreateModel(
        name="ServiceStandard",
        fields=[
            ("id", ID),
            ("text", NameField(default=dict)),
            ("target", models.FloatField(blank=True, null=True)),
            ("position", models.PositiveSmallIntegerField(default=0)),
            (
                "metric",
                models.ForeignKey(
                    blank=True, null=True, on_delete=models.PROTECT, to="cx_loop.metric"
                ),
            ),
            (
                "touchpoint",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="standards", to="cx_loop.touchpoint"
                ),
            ),
            ("key", models.SlugField(max_length=160, unique=True)),
            (
                "direction",
                models.CharField(
                    blank=True,
                    choices=[("at_most", "At Most"), ("at_least", "At Least")],
                    max_length=8,
                ),
            ),
            ("aggregate", models.JSONField(blank=True, null=True)),
            ("window", models.CharField(blank=True, max_length=8)),
            ("retired_at", models.DateTimeField(blank=True, null=True)),
        ],
        options={"ordering": ["touchpoint", "position", "key"]},
    ),
    CreateModel(
        name="Feedback",
        fields=[
            ("digest", models.UUIDField(primary_key=True, serialize=False)),
            ("segment", models.CharField(blank=True, default="", max_length=80)),
            ("channel", models.CharField(blank=True, default="", max_length=80)),
            ("location", models.CharField(blank=True, default="", max_length=80)),
            ("occurred_at", models.DateTimeField()),
            ("comment", models.TextField()),
            (
                "journey",
                models.ForeignKey(null=True, on_delete=models.PROTECT, to="cx_loop.journey"),
            ),
            ("series", models.ForeignKey(null=True, on_delete=models.PROTECT, to="cx_loop.series")),
            ("source", models.ForeignKey(on_delete=models.PROTECT, to="cx_loop.source")),
            ("stage", models.ForeignKey(null=True, on_delete=models.PROTECT, to="cx_loop.stage")),
            (
                "touchpoint",
                models.ForeignKey(null=True, on_delete=models.PROTECT, to="cx_loop.touchpoint"),
            ),
            ("analysed_at", models.DateTimeField(null=True)),
            ("analyser", models.CharField(blank=True, db_default="", default="", max_length=80)),
            ("confidence", models.FloatField(null=True)),
            (
                "corrected_by",
                models.ForeignKey(
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("heard", models.BooleanField(db_default=False, default=False)),
            (
                "mentions",
                models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
            ),
            ("polarity", models.FloatField(null=True)),
            ("redacted", models.TextField(blank=True, db_default="", default="")),
        ],
        options={
            "indexes": [
                models.Index(fields=["touchpoint", "-occurred_at"], name="feedback_latest"),
                models.Index(
                    condition=models.Q(("heard", False)), fields=["digest"], name="feedback_to_hear"
                ),
            ]
        },
    ),
    CreateModel(
        name="CatalogState",
        fields=[
            ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
            ("token", models.UUIDField(default=uuid.uuid4)),
        ],
    ),
    CreateModel(
        name="AnsweredRequest",
        fields=[
            ("id", ID),
            ("caller", models.CharField(max_length=40)),
            ("key", models.CharField(max_length=255)),
            ("fingerprint", models.BinaryField(max_length=32)),
            ("status", models.PositiveSmallIntegerField()),
            ("content_type", models.CharField(max_length=80)),
            ("body", models.BinaryField()),
            ("answered_at", models.DateTimeField(db_index=True)),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("caller", "key"), name="answered_once")]
        },
    ),
    CreateModel(
        name="DroppedMonth",
        fields=[
            ("month", models.DateTimeField(primary_key=True, serialize=False)),
            ("dropped_at", models.DateTimeField()),
        ],
    ),
    CreateModel(
        name="Endpoint",
        fields=[
            ("id", ID),
            ("fingerprint", models.CharField(editable=False, max_length=64, unique=True)),
            ("address", models.TextField(editable=False)),
            ("host", models.CharField(editable=False, max_length=255)),
            ("tool", models.SlugField(blank=True, editable=False, max_length=20)),
            ("secret", models.TextField(blank=True, editable=False)),
            ("old_secret", models.TextField(blank=True, editable=False)),
            ("old_secret_until", models.DateTimeField(editable=False, null=True)),
            ("created_at", models.DateTimeField(editable=False)),
            ("last_ok_at", models.DateTimeField(editable=False, null=True)),
            ("failures", models.PositiveIntegerField(default=0, editable=False)),
            ("failing_since", models.DateTimeField(editable=False, null=True)),
            ("disabled_at", models.DateTimeField(editable=False, null=True)),
            ("disabled_reason", models.CharField(blank=True, editable=False, max_length=40)),
            ("whole", models.BooleanField(db_default=False, default=False, editable=False)),
        ],
        options={
            "ordering": ["host", "id"],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("disabled_at", None), ("disabled_reason", "")),
                        models.Q(
                            ("disabled_at__isnull", False),
                            models.Q(("disabled_reason", ""), _negated=True),
                        ),
                        _connector="OR",
                    ),
                    name="endpoint_disabled_for_a_reason",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("failing_since", None), ("failures", 0)),
                        models.Q(("failing_since__isnull", False), ("failures__gt", 0)),
                        _connector="OR",
                    ),
                    name="endpoint_fails_since_a_moment",
                ),
            ],
        },
    ),
    CreateModel(
        name="Message",
        fields=[
            ("id", ID),
            ("dedup_key", models.CharField(max_length=200, unique=True)),
            ("channel", models.CharField(max_length=20)),
            ("recipient", models.CharField(max_length=500)),
            ("payload", models.JSONField()),
            ("task_number", models.BigIntegerField(null=True)),
            (
                "state",
                models.CharField(
                    choices=[
                        ("pending", "Pending"),
                        ("sent", "Sent"),
                        ("dead", "Dead"),
                        ("cancelled", "Cancelled"),
                        ("suppressed", "Suppressed"),
                    ],
                    default="pending",
                    max_length=12,
                ),
            ),
            ("attempts", models.PositiveSmallIntegerField(default=0)),
            ("available_at", models.DateTimeField()),
            ("lease", models.UUIDField(null=True)),
            ("last_error", models.CharField(blank=True, max_length=300)),
            ("created_at", models.DateTimeField()),
            ("sent_at", models.DateTimeField(null=True)),
            (
                "user",
                models.ForeignKey(
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("bundled", models.BooleanField(default=False)),
            (
                "endpoint",
                models.ForeignKey(
                    null=True, on_delete=models.PROTECT, related_name="+", to="cx_loop.endpoint"
                ),
            ),
            ("urgency", models.PositiveSmallIntegerField(db_default=0, default=0)),
        ],
        options={
            "indexes": [
                models.Index(
                    condition=models.Q(("state", "pending")),
                    fields=["available_at"],
                    name="message_due",
                ),
                models.Index(
                    condition=models.Q(("bundled", True), ("state", "pending")),
                    fields=["user"],
                    name="message_bundled",
                ),
                models.Index(
                    condition=models.Q(("state", "dead")),
                    fields=["created_at"],
                    name="message_dead",
                ),
                models.Index(
                    condition=models.Q(("channel", "email"), ("state", "sent")),
                    fields=["user", "sent_at"],
                    name="message_told",
                ),
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("sent_at__isnull", False), ("state", "sent")),
                        models.Q(("state", "sent"), _negated=True),
                        _connector="OR",
                    ),
                    name="message_sent_has_a_time",
                )
            ],
        },
    ),
    CreateModel(
        name="Invariant",
        fields=[
            ("name", models.SlugField(primary_key=True, serialize=False)),
            ("looked_at", models.DateTimeField()),
            ("broken", models.IntegerField()),
            ("found", models.BigIntegerField(default=0)),
            ("healed", models.BigIntegerField(default=0)),
            ("place", models.BigIntegerField(default=0)),
        ],
    ),
    CreateModel(
        name="PersonLink",
        fields=[
            ("id", ID),
            (
                "kind",
                models.CharField(
                    choices=[("invite", "Invite"), ("reset", "Reset"), ("calendar", "Calendar")],
                    max_length=10,
                ),
            ),
            ("digest", models.CharField(max_length=64, unique=True)),
            ("created_at", models.DateTimeField()),
            ("expires_at", models.DateTimeField(null=True)),
            ("ended_at", models.DateTimeField(null=True)),
            (
                "user",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="links", to=settings.AUTH_USER_MODEL
                ),
            ),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("ended_at", None)),
                    fields=("user", "kind"),
                    name="person_link_one_of_a_kind",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("expires_at", None), ("kind", "calendar")),
                        ("expires_at__gt", models.F("created_at")),
                        _connector="OR",
                    ),
                    name="person_link_runs_out_unless_a_feed",
                ),
            ]
        },
    ),
    CreateModel(
        name="Fold",
        fields=[
            ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
            ("folded_until", models.DateTimeField()),
            ("folding_until", models.DateTimeField()),
            ("through", models.BigIntegerField(default=0)),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("folded_until__lte", models.F("folding_until")), ("id", 1)),
                    name="fold_is_one",
                )
            ]
        },
    ),
    CreateModel(
        name="JourneyDrivers",
        fields=[
            (
                "journey",
                models.OneToOneField(
                    on_delete=models.PROTECT,
                    primary_key=True,
                    related_name="drivers",
                    serialize=False,
                    to="cx_loop.journey",
                ),
            ),
            ("weighed_at", models.DateTimeField()),
            ("since", models.DateTimeField()),
            ("n", models.PositiveIntegerField(default=0)),
            ("r2", models.FloatField(null=True)),
            ("shares", models.JSONField(default=list)),
            (
                "metric",
                models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="cx_loop.metric"),
            ),
            (
                "by_segment",
                models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
            ),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        ("r2", None),
                        models.Q(("r2__gte", 0), ("r2__lte", 1.000001)),
                        _connector="OR",
                    ),
                    name="drivers_r2_is_a_share",
                )
            ]
        },
    ),
    CreateModel(
        name="MomentCard",
        fields=[
            ("id", ID),
            ("segment", models.CharField(blank=True, default="", max_length=80)),
            ("who", models.CharField(max_length=120)),
            ("scene", models.CharField(max_length=400)),
            ("felt", models.CharField(max_length=400)),
            (
                "kind",
                models.CharField(
                    blank=True,
                    choices=[
                        ("product", "product"),
                        ("service", "service"),
                        ("brand", "brand"),
                        ("virtual", "virtual"),
                        ("emotional", "emotional"),
                        ("social", "social"),
                    ],
                    default="",
                    max_length=20,
                ),
            ),
            (
                "score",
                models.FloatField(
                    blank=True, null=True, validators=[MinValueValidator(-5), MaxValueValidator(5)]
                ),
            ),
            ("rank", models.PositiveSmallIntegerField(default=32767)),
            ("made_at", models.DateTimeField()),
            ("retired_at", models.DateTimeField(blank=True, null=True)),
            (
                "made_by",
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
                    on_delete=models.PROTECT, related_name="cards", to="cx_loop.touchpoint"
                ),
            ),
        ],
        options={
            "ordering": ["rank", "id"],
            "indexes": [models.Index(fields=["rank", "id"], name="card_by_rank")],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        ("score", None),
                        models.Q(("score__gte", -5), ("score__lte", 5)),
                        _connector="OR",
                    ),
                    name="card_score_is_on_its_scale",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("who", ""), _negated=True),
                        models.Q(("scene", ""), _negated=True),
                        models.Q(("felt", ""), _negated=True),
                    ),
                    name="card_says_all_three",
                ),
                models.CheckConstraint(
                    condition=models.Q(("rank__gte", 1), ("rank__lte", 32767)),
                    name="card_rank_is_a_place",
                ),
            ],
        },
    ),
    CreateModel(
        name="MomentWeights",
        fields=[
            (
                "id",
                models.PositiveSmallIntegerField(
                    default=1, editable=False, primary_key=True, serialize=False
                ),
            ),
            (
                "reading",
                models.CharField(
                    choices=[("mean", "Mean"), ("top_box", "Top Box")], default="mean", max_length=8
                ),
            ),
            (
                "decide_by",
                models.CharField(
                    choices=[("measured", "Measured"), ("expectation", "Expectation")],
                    default="measured",
                    max_length=12,
                ),
            ),
            (
                "expectation",
                models.FloatField(
                    default=3.0, validators=[MinValueValidator(0), MaxValueValidator(5)]
                ),
            ),
            (
                "goal",
                models.FloatField(
                    blank=True, null=True, validators=[MinValueValidator(-5), MaxValueValidator(5)]
                ),
            ),
            (
                "neutral",
                models.FloatField(
                    default=1.0, validators=[MinValueValidator(0), MaxValueValidator(5)]
                ),
            ),
            (
                "days",
                models.PositiveSmallIntegerField(
                    default=28, validators=[MinValueValidator(1), MaxValueValidator(366)]
                ),
            ),
            ("recall_peak", models.FloatField(default=0.4, validators=[MinValueValidator(0)])),
            ("recall_end", models.FloatField(default=0.4, validators=[MinValueValidator(0)])),
            ("recall_mean", models.FloatField(default=0.2, validators=[MinValueValidator(0)])),
            ("by_importance", models.FloatField(default=1.0, validators=[MinValueValidator(0)])),
            ("by_gap", models.FloatField(default=1.0, validators=[MinValueValidator(0)])),
            ("by_reach", models.FloatField(default=1.0, validators=[MinValueValidator(0)])),
            ("for_peak", models.FloatField(default=0.5, validators=[MinValueValidator(0)])),
            ("for_end", models.FloatField(default=0.5, validators=[MinValueValidator(0)])),
            (
                "expectation_metric",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to="cx_loop.metric",
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
        ],
        options={
            "verbose_name_plural": "moment weights",
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("id", 1)), name="moment_weights_are_one"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("by_gap__gte", 0),
                        ("by_importance__gte", 0),
                        ("by_reach__gte", 0),
                        ("for_end__gte", 0),
                        ("for_peak__gte", 0),
                        ("recall_end__gte", 0),
                        ("recall_mean__gte", 0),
                        ("recall_peak__gte", 0),
                    ),
                    name="moment_weights_are_not_negative",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("recall_peak__gt", 0),
                        ("recall_end__gt", 0),
                        ("recall_mean__gt", 0),
                        _connector="OR",
                    ),
                    name="moment_recall_weighs_something",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("expectation__gte", 0),
                        ("expectation__lte", 5),
                        ("neutral__gte", 0),
                        models.Q(
                            ("goal", None),
                            models.Q(("goal__gte", -5), ("goal__lte", 5)),
                            _connector="OR",
                        ),
                    ),
                    name="moment_lines_are_on_their_scale",
                ),
            ],
        },
    ),
    CreateModel(
        name="SurveyResponse",
        fields=[
            ("digest", models.UUIDField(primary_key=True, serialize=False)),
            ("revision", models.BigIntegerField()),
            ("edition", models.IntegerField()),
            ("content", models.UUIDField(null=True)),
            ("delivery_id", models.BigIntegerField()),
            ("sent", models.JSONField(default=list)),
            (
                "source",
                models.ForeignKey(
                    db_constraint=False,
                    db_index=False,
                    on_delete=models.DO_NOTHING,
                    to="cx_loop.source",
                ),
            ),
        ],
    ),
    CreateModel(
        name="Viewpoint",
        fields=[
            ("id", ID),
            ("key", models.SlugField(max_length=80, unique=True)),
            ("name", NameField(default=dict)),
            ("retired_at", models.DateTimeField(blank=True, null=True)),
            ("reviewed_on", models.DateField(blank=True, null=True)),
            ("who", NameField(blank=True, default=dict)),
            ("to_be", models.BooleanField(default=False)),
            ("segment", models.CharField(blank=True, default="", max_length=80)),
            ("position", models.PositiveSmallIntegerField(default=0)),
            (
                "journey",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="viewpoints", to="cx_loop.journey"
                ),
            ),
            (
                "reviewer",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
        ],
        options={"ordering": ["journey__position", "position", "key"]},
    ),
    CreateModel(
        name="JourneyVersion",
        fields=[
            ("id", ID),
            ("number", models.PositiveIntegerField()),
            ("at", models.DateTimeField()),
            ("form", models.JSONField()),
            (
                "journey",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="versions", to="cx_loop.journey"
                ),
            ),
            (
                "key",
                models.ForeignKey(
                    null=True, on_delete=models.PROTECT, related_name="+", to="cx_loop.apikey"
                ),
            ),
            (
                "user",
                models.ForeignKey(
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
        ],
        options={
            "ordering": ["journey", "-number"],
            "constraints": [
                models.UniqueConstraint(fields=("journey", "number"), name="journey_version_once")
            ],
        },
    ),
    CreateModel(
        name="ViewpointStop",
        fields=[
            ("id", ID),
            ("name", NameField(blank=True, default=dict)),
            (
                "felt",
                models.FloatField(
                    blank=True, null=True, validators=[MinValueValidator(-5), MaxValueValidator(5)]
                ),
            ),
            ("words", NameField(blank=True, default=dict)),
            (
                "blueprint",
                models.JSONField(
                    blank=True, db_default=models.Value({}, models.JSONField()), default=dict
                ),
            ),
            ("dropped", models.BooleanField(default=False)),
            ("position", models.PositiveSmallIntegerField(default=0)),
            (
                "stage",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to="cx_loop.stage",
                ),
            ),
            (
                "touchpoint",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to="cx_loop.touchpoint",
                ),
            ),
            (
                "viewpoint",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="stops", to="cx_loop.viewpoint"
                ),
            ),
        ],
        options={
            "ordering": ["viewpoint", "position", "id"],
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("touchpoint__isnull", False)),
                    fields=("viewpoint", "touchpoint"),
                    name="viewpoint_speaks_once_of_a_touchpoint",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("stage", None), ("touchpoint__isnull", False)),
                        models.Q(
                            ("dropped", False),
                            ("stage__isnull", False),
                            ("touchpoint", None),
                            models.Q(("name", {}), _negated=True),
                        ),
                        _connector="OR",
                    ),
                    name="viewpoint_stop_is_there_or_to_come",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("felt", None),
                        models.Q(("felt__gte", -5), ("felt__lte", 5)),
                        _connector="OR",
                    ),
                    name="viewpoint_felt_is_on_its_scale",
                ),
            ],
        },
    ),
    CreateModel(
        name="VoiceModel",
        fields=[
            ("id", ID),
            ("learnt_at", models.DateTimeField()),
            ("lexicon", models.CharField(max_length=40)),
            ("learnt_from", models.PositiveIntegerField()),
            ("tried_on", models.PositiveIntegerField()),
            ("accuracy", models.FloatField()),
            ("lexicon_accuracy", models.FloatField()),
            ("kept", models.BooleanField(default=False)),
            ("numbers", models.BinaryField(null=True)),
        ],
        options={
            "ordering": ["-learnt_at"],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        ("kept", False), ("numbers__isnull", False), _connector="OR"
                    ),
                    name="voice_model_kept_is_there",
                )
            ],
        },
    ),
    CreateModel(
        name="VoiceWord",
        fields=[
            ("id", ID),
            ("text", models.CharField(max_length=40, unique=True)),
            (
                "meaning",
                models.CharField(
                    blank=True,
                    choices=[
                        ("pain", "pain"),
                        ("delight", "delight"),
                        ("topic", "topic"),
                        ("wish", "wish"),
                        ("neutral", "neutral"),
                        ("negation", "negation"),
                        ("lack", "lack"),
                        ("contrast", "contrast"),
                    ],
                    max_length=12,
                ),
            ),
            (
                "category",
                models.CharField(
                    blank=True,
                    choices=[
                        ("efficiency", "efficiency"),
                        ("quality", "quality"),
                        ("emotion", "emotion"),
                        ("personalisation", "personalisation"),
                        ("technology", "technology"),
                        ("communication", "communication"),
                    ],
                    max_length=20,
                ),
            ),
            ("added_at", models.DateTimeField()),
            (
                "added_by",
                models.ForeignKey(
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
        ],
        options={"ordering": ["text"]},
    ),
    CreateModel(
        name="HandedFile",
        fields=[
            ("id", ID),
            ("name", models.CharField(max_length=200)),
            ("kind", models.CharField(choices=[("csv", "csv"), ("xlsx", "xlsx")], max_length=4)),
            ("content", models.BinaryField(null=True)),
            ("text", models.TextField(blank=True, default="")),
            ("head", models.TextField(blank=True, default="")),
            (
                "state",
                models.CharField(
                    choices=[
                        ("reading", "Reading"),
                        ("read", "Read"),
                        ("trying", "Trying"),
                        ("tried", "Tried"),
                        ("counting", "Counting"),
                        ("counted", "Counted"),
                        ("failed", "Failed"),
                    ],
                    default="reading",
                    max_length=8,
                ),
            ),
            ("reason", models.CharField(blank=True, default="", max_length=80)),
            ("where", models.CharField(blank=True, default="", max_length=200)),
            ("lines", models.PositiveIntegerField(default=0)),
            ("done", models.PositiveIntegerField(default=0)),
            ("landed", models.PositiveIntegerField(default=0)),
            ("refused", models.PositiveIntegerField(default=0)),
            ("rows", models.PositiveIntegerField(default=0)),
            ("handed_at", models.DateTimeField()),
            ("settled_at", models.DateTimeField(null=True)),
            (
                "handed_by",
                models.ForeignKey(
                    null=True,
                    on_delete=models.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "source",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="files", to="cx_loop.source"
                ),
            ),
        ],
        options={
            "ordering": ["-pk"],
            "indexes": [
                models.Index(
                    condition=models.Q(("state__in", ["reading", "trying", "counting"])),
                    fields=["id"],
                    name="handedfile_at_work",
                ),
                models.Index(fields=["handed_at"], name="handedfile_by_age"),
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("done__lte", models.F("lines"))),
                    name="handedfile_ends_with_its_lines",
                )
            ],
        },
    ),
    CreateModel(
        name="HandEntry",
        fields=[
            ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
            (
                "kind",
                models.CharField(
                    choices=[
                        ("mystery_visit", "mystery_visit"),
                        ("interview", "interview"),
                        ("staff", "staff"),
                    ],
                    max_length=20,
                ),
            ),
            ("value", models.FloatField(null=True)),
            ("exposure", models.FloatField(null=True)),
            ("occurred_at", models.DateTimeField()),
            ("entered_at", models.DateTimeField()),
            ("taken_out_at", models.DateTimeField(null=True)),
            (
                "entered_by",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "metric",
                models.ForeignKey(
                    null=True, on_delete=models.PROTECT, related_name="+", to="cx_loop.metric"
                ),
            ),
            (
                "source",
                models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="cx_loop.source"),
            ),
            (
                "touchpoint",
                models.ForeignKey(
                    on_delete=models.PROTECT, related_name="+", to="cx_loop.touchpoint"
                ),
            ),
        ],
        options={
            "verbose_name_plural": "hand entries",
            "indexes": [
                models.Index(fields=["entered_by", "-entered_at"], name="handentry_own"),
                models.Index(fields=["-entered_at"], name="handentry_latest"),
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("metric", None), ("value", None)),
                        models.Q(("metric__isnull", False), ("value__isnull", False)),
                        _connector="OR",
                    ),
                    name="handentry_measures_or_speaks",
                )
            ],
        },
    ),
    CreateModel(
        name="RefusedLine",
        fields=[
            ("id", ID),
            ("line", models.PositiveIntegerField()),
            ("cells", models.JSONField(default=list)),
            ("code", models.CharField(max_length=80)),
            ("about", models.CharField(blank=True, default="", max_length=300)),
            (
                "file",
                models.ForeignKey(
                    on_delete=models.CASCADE, related_name="refusals", to="cx_loop.handedfile"
                ),
            ),
        ],
        options={
            "ordering": ["line"],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("code", ""), _negated=True), name="refusedline_says_why"
                )
            ],
        },
    ),
]


OBSERVATIONS = """
CREATE TABLE cx_loop_observation (
    digest uuid NOT NULL,
    series_id bigint NOT NULL,
    occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    value double precision NOT NULL,
    exposure double precision NOT NULL,
    bin smallint NOT NULL
) PARTITION BY RANGE (occurred_at);
CREATE INDEX cx_loop_observation_series ON cx_loop_observation (series_id, occurred_at);
"""
OBSERVATIONS_BACK = "DROP TABLE cx_loop_observation"

# many small upserts hit the same rows: room on the page keeps them off the indexes, and marks
# live for milliseconds, so vacuum must not wait for a fifth of the table
TUNING = """
ALTER TABLE cx_loop_rollup SET (fillfactor = 70);
ALTER TABLE cx_loop_dirtymark SET (autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_scale_factor = 0);
"""

# the trail is append-only for everybody, superusers of the application included
APPEND_ONLY = """
CREATE FUNCTION cx_loop_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER activity_append_only BEFORE UPDATE OR DELETE ON cx_loop_activity
    FOR EACH ROW EXECUTE FUNCTION cx_loop_append_only();
"""
APPEND_ONLY_BACK = """
DROP TRIGGER activity_append_only ON cx_loop_activity;
DROP FUNCTION cx_loop_append_only();
"""

# the rows an upsert proposes may be negative (a correction takes the old value out), and a check
# constraint judges the proposal; the trigger judges what is stored
NOT_NEGATIVE = """
CREATE FUNCTION cx_loop_rollup_below_zero() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rollup % % % % would count below zero',
        NEW.series_id, NEW.grain, NEW.bucket, NEW.bin USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER rollup_n_not_negative AFTER INSERT OR UPDATE ON cx_loop_rollup
    FOR EACH ROW WHEN (NEW.n < 0) EXECUTE FUNCTION cx_loop_rollup_below_zero();
"""
NOT_NEGATIVE_BACK = """
DROP TRIGGER rollup_n_not_negative ON cx_loop_rollup;
DROP FUNCTION cx_loop_rollup_below_zero();
"""

# windows of the calendar are kept under the token as names are: a changed zone must change it
CATALOG = dict.fromkeys(
    ("journey", "stage", "touchpoint", "metric", "segment"),
    "INSERT OR UPDATE OR DELETE OR TRUNCATE",
) | {"organization": "INSERT OR DELETE OR UPDATE OF timezone"}
CHANGED = """
CREATE FUNCTION cx_loop_catalog_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO cx_loop_catalogstate (id, token) VALUES (1, gen_random_uuid())
    ON CONFLICT (id) DO UPDATE SET token = excluded.token;
    RETURN NULL;
END $$;
INSERT INTO cx_loop_catalogstate (id, token) VALUES (1, gen_random_uuid());
"""
CHANGED_WHEN = "".join(
    f"""
CREATE TRIGGER catalog_changed AFTER {when} ON cx_loop_{table}
    FOR EACH STATEMENT EXECUTE FUNCTION cx_loop_catalog_changed();
"""
    for table, when in CATALOG.items()
)
CHANGED_BACK = (
    "".join(f"DROP TRIGGER catalog_changed ON cx_loop_{table};" for table in CATALOG)
    + "DROP FUNCTION cx_loop_catalog_changed();"
)

# volatile, so what it reads is what is committed when it has the lock; a statement's own snapshot
# is older than its wait for a fold. Its argument makes a statement wait for it in the right place.
HOLD = """
CREATE FUNCTION cx_loop_hold_fold(after bigint) RETURNS cx_loop_fold LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    found cx_loop_fold;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(5871202);
    SELECT * INTO found FROM cx_loop_fold;
    RETURN found;
END $$;
"""
HOLD_BACK = "DROP FUNCTION cx_loop_hold_fold(bigint)"

# 0007 made it unique afterwards; whoever names the constraint means it in every installation
UNIQUE = """
ALTER TABLE cx_loop_servicestandard
    RENAME CONSTRAINT cx_loop_servicestandard_key_key TO cx_loop_servicestandard_key_eb2899f7_uniq;
"""


class Migration(migrations.Migration):
    replaces = [
        ("cx_loop", "0001_initial"),
        ("cx_loop", "0002_observations_partitioned_by_month"),
        ("cx_loop", "0003_corrections_and_catalog_state"),
        ("cx_loop", "0004_keep_answers"),
        ("cx_loop", "0005_remember_dropped_months"),
        ("cx_loop", "0006_find_marks_by_series"),
        ("cx_loop", "0007_standards_are_things"),
        ("cx_loop", "0008_time_zone_is_looked_up_like_names"),
        ("cx_loop", "0009_people_away_and_tasks_in_turn"),
        ("cx_loop", "0010_outside_and_as_people_want"),
        ("cx_loop", "0011_audited_invariants"),
        ("cx_loop", "0012_people_come_and_go"),
        ("cx_loop", "0013_fold_hours_and_days"),
        ("cx_loop", "0014_endpoints_of_the_whole"),
        ("cx_loop", "0015_mails_are_gathered"),
        ("cx_loop", "0016_moments_of_truth"),
        ("cx_loop", "0017_deliveries_are_mapped"),
        ("cx_loop", "0018_maps_have_lanes_and_viewpoints"),
        ("cx_loop", "0019_comments_are_heard"),
        ("cx_loop", "0020_customers_agree_to_be_contacted"),
        ("cx_loop", "0021_files_are_handed_in_and_entries_made_by_hand"),
        ("cx_loop", "0022_calendars_have_special_days"),
        ("cx_loop", "0023_drivers_by_segment"),
        ("cx_loop", "0024_journeys_may_have_a_public_page"),
    ]

    initial = True

    dependencies = [("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        CreateModels(TABLES),
        migrations.RunSQL(
            [OBSERVATIONS, TUNING, APPEND_ONLY, NOT_NEGATIVE, CHANGED, CHANGED_WHEN, HOLD, UNIQUE],
            [HOLD_BACK, CHANGED_BACK, NOT_NEGATIVE_BACK, APPEND_ONLY_BACK, OBSERVATIONS_BACK],
        ),
    ]
