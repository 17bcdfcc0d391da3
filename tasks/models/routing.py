"""Who gets a task, and when it is pushed up: versioned as a whole, tasks keep what they used."""

from django.db import models

from cx_loop.models import Department, Named, User


class RouteTable(models.Model):
    """All routes of one moment; the newest table is in force."""

    number = models.PositiveIntegerField(unique=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"routes {self.number}"


class Route(models.Model):
    table = models.ForeignKey(RouteTable, on_delete=models.PROTECT, related_name="routes")
    position = models.PositiveSmallIntegerField()
    when = models.JSONField(default=dict)
    department = models.ForeignKey(Department, on_delete=models.PROTECT)
    role = models.CharField(max_length=80, blank=True)  # lead, director, members, or a duty

    class Meta:
        ordering = ["table", "position"]
        constraints = [
            models.UniqueConstraint(fields=["table", "position"], name="route_place_once")
        ]

    def __str__(self) -> str:
        return f"{self.when} -> {self.department}"


class Turn(models.Model):
    """Who of a department was given a task last: the next one goes to who comes after."""

    department = models.OneToOneField(Department, primary_key=True, on_delete=models.PROTECT)
    last = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.department_id}: {self.last_id}"


class EscalationPolicy(Named):
    """Its name is beside its versions: calling it otherwise changes no deadline."""

    position = models.PositiveSmallIntegerField(default=0)
    current = models.OneToOneField(
        "EscalationPolicyVersion", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["position", "key"]
        verbose_name_plural = "escalation policies"


class EscalationPolicyVersion(models.Model):
    """`spec` is the canonical YAML: escalation.parse_policy reads it back."""

    policy = models.ForeignKey(EscalationPolicy, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    spec = models.JSONField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "number"], name="policy_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.policy} v{self.number}"
