from django.db import models

from cx_loop.models import NameField, User


class Playbook(models.Model):
    """A set of countermeasures. What it says stands in its versions; tasks keep theirs."""

    key = models.SlugField(max_length=80, unique=True)
    current = models.OneToOneField(
        "PlaybookVersion", null=True, on_delete=models.PROTECT, related_name="+"
    )
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return str(self.current) if self.current else self.key


class PlaybookVersion(models.Model):
    playbook = models.ForeignKey(Playbook, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    name = NameField()
    kind = models.CharField(max_length=20, blank=True)
    # {"touchpoint": ["boarding"], "metric": […], "pain_category": […]}; {} fits anywhere
    when = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    # [{"text": {...}, "type": "contain" | "correct", "kind": "training", "within": "4h"}], of
    # which the text alone must be there
    steps = models.JSONField(default=list)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["playbook", "number"], name="playbook_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.playbook_id} v{self.number}"
