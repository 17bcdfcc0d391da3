"""What is normal for a group whose rule follows drift, and how far its average has moved."""

from django.db import models

from alerts.models.group import Group
from alerts.models.rule import RuleVersion


class DriftStanding(models.Model):
    """After the local day `through`, a week before the newest one judged: what comes late is still
    taken in. `standing` as `alerts.logic.drift.Standing` writes it; its baseline is frozen.
    """

    group = models.OneToOneField(
        Group, primary_key=True, on_delete=models.CASCADE, related_name="drift"
    )
    version = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="+")
    through = models.DateField()
    standing = models.JSONField()

    def __str__(self) -> str:
        return f"{self.group_id} through {self.through}"
