"""How comments are read: the organisation's own words, and the models learnt from its scores."""

from django.db import models
from django.db.models import Q

from cx_loop.logic.voice.words import CATEGORIES, MEANINGS
from cx_loop.models.people import User


class VoiceWord(models.Model):
    """A word of the organisation's own, over the shipped list; meaning '' takes one out of it."""

    text = models.CharField(max_length=40, unique=True)
    meaning = models.CharField(
        max_length=12, blank=True, choices=[(each, each) for each in MEANINGS]
    )
    category = models.CharField(
        max_length=20, blank=True, choices=[(each, each) for each in CATEGORIES]
    )
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["text"]

    def __str__(self) -> str:
        return self.text


class VoiceModel(models.Model):
    """What was learnt in one night, and whether it read a month it had not seen better.

    The newest is in use when it was kept; its numbers are arrays, never code. Accuracy is
    balanced: the mean over both classes of the share that was read right. `embeddings`: the name
    of the vectors it was learnt with, '' without; `embeddings_accuracy`: with them, where they
    were tried.
    """

    learnt_at = models.DateTimeField()
    lexicon = models.CharField(max_length=40)  # version it leans on
    learnt_from = models.PositiveIntegerField()  # comments
    tried_on = models.PositiveIntegerField()
    accuracy = models.FloatField()
    lexicon_accuracy = models.FloatField()
    embeddings = models.CharField(max_length=40, blank=True, default="", db_default="")
    embeddings_accuracy = models.FloatField(null=True)
    kept = models.BooleanField(default=False)
    numbers = models.BinaryField(null=True)

    class Meta:
        ordering = ["-learnt_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kept=False) | Q(numbers__isnull=False), name="voice_model_kept_is_there"
            )
        ]

    def __str__(self) -> str:
        return f"learnt {self.learnt_at:%Y-%m-%d}"

    @property
    def percent(self) -> float:
        return 100 * self.accuracy

    @property
    def embeddings_percent(self) -> float | None:
        return None if self.embeddings_accuracy is None else 100 * self.embeddings_accuracy

    @property
    def lexicon_percent(self) -> float:
        return 100 * self.lexicon_accuracy
