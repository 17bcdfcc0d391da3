"""Answers that are given again when the same request comes again."""

from django.db import models


class AnsweredRequest(models.Model):
    """What a caller was answered under an Idempotency-Key, kept for a week.

    Written in the transaction of the effect, so there is one exactly when the effect is there.
    """

    caller = models.CharField(max_length=40)  # "key:7", "user:3"
    key = models.CharField(max_length=255)
    fingerprint = models.BinaryField(max_length=32)  # SHA-256 of method, path and raw body
    status = models.PositiveSmallIntegerField()
    content_type = models.CharField(max_length=80)
    body = models.BinaryField()
    answered_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "key"], name="answered_once")]

    def __str__(self) -> str:
        return f"{self.caller} {self.key} {self.status}"
