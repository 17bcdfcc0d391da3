"""Threshold rules, in versions: a change never rewrites what an alert was raised under."""

from typing import Self

from django.db import models

from alerts.models.playbook import Playbook
from cx_loop.models import Metric, NameField, Touchpoint, User, Viewer, departments_of


class RuleQuerySet(models.QuerySet["Rule"]):
    def in_force(self) -> Self:
        return self.filter(retired_at=None, current__isnull=False)

    def visible_to(self, viewer: Viewer) -> Self:
        """Rules that watch a touchpoint the viewer sees."""
        if departments_of(viewer) is None:
            return self
        seen = Touchpoint.objects.all().visible_to(viewer)
        return self.filter(groups__touchpoint__in=seen).distinct()


class Rule(models.Model):
    key = models.SlugField(max_length=80, unique=True)
    name = NameField(blank=True)
    current = models.OneToOneField(
        "RuleVersion", null=True, on_delete=models.PROTECT, related_name="+"
    )
    retired_at = models.DateTimeField(null=True, blank=True)
    # since when `by` has more values than it may make groups of
    over_limit_at = models.DateTimeField(null=True, blank=True)

    objects = RuleQuerySet.as_manager()

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key


class RuleVersion(models.Model):
    """`spec` is the canonical form of the rule's YAML: conditions.parse_spec reads it back."""

    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    metric = models.ForeignKey(Metric, on_delete=models.PROTECT)
    watches = models.JSONField()  # {"touchpoints": [...]}, {"stage": …}, {"journey": …} or "all"
    spec = models.JSONField()
    playbook = models.ForeignKey(Playbook, null=True, on_delete=models.PROTECT)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "number"], name="rule_version_once")]

    def __str__(self) -> str:
        return f"{self.rule} v{self.number}"
