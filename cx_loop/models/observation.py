"""Raw observations: lean, partitioned by month of occurrence, no foreign key points at them."""

from typing import Self

from django.db import models
from django.db.models import Q, Value

from cx_loop.models.journey import Journey, Stage, Touchpoint
from cx_loop.models.people import User
from cx_loop.models.series import Series
from cx_loop.models.source import Source
from cx_loop.models.visibility import Viewer, departments_of


class Observation(models.Model):
    """One measured value. The table is partitioned, so migrations make it by hand.

    `digest` is the key's (or random without an external_id); (series, occurred_at) finds the row.
    """

    digest = models.UUIDField(primary_key=True)
    series = models.ForeignKey(Series, on_delete=models.DO_NOTHING, db_constraint=False)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    value = models.FloatField()
    exposure = models.FloatField()
    bin = models.SmallIntegerField()

    class Meta:
        managed = False
        db_table = "cx_loop_observation"

    def __str__(self) -> str:
        return f"{self.series_id} {self.occurred_at} {self.value}"


class ObservationKey(models.Model):
    """Exactly once: unique by the digest of (source, external_id, metric), without the time.

    A unique index of a time-partitioned table must contain the time, so it would let a resend
    with another time in. The row remembers what was counted, so a correction can take it back,
    and what the last correction replaced (`was_…`, null while there was none), because the one
    statement that stores a batch must hear of it before it writes the rollups.
    """

    digest = models.UUIDField(primary_key=True)
    content = models.UUIDField()  # digest of everything that was sent
    revision = models.BigIntegerField(default=0)
    source = models.ForeignKey(
        Source, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    # null for a comment alone: nothing was counted
    series = models.ForeignKey(
        Series, null=True, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    occurred_at = models.DateTimeField()
    value = models.FloatField(default=0)
    exposure = models.FloatField(default=0)
    bin = models.SmallIntegerField(default=0)
    was_series_id = models.BigIntegerField(null=True)
    was_occurred_at = models.DateTimeField(null=True)
    was_value = models.FloatField(null=True)
    was_exposure = models.FloatField(null=True)
    was_bin = models.SmallIntegerField(null=True)

    def __str__(self) -> str:
        return str(self.digest)


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Comments at touchpoints the viewer sees; those of a stage or journey are of everybody
        who sees everything."""
        if departments_of(viewer) is None:
            return self
        return self.filter(touchpoint__in=Touchpoint.objects.all().visible_to(viewer).order_by())


class Feedback(models.Model):
    """What the customer wrote, apart from the figures and with its own retention.

    What was made of it stands beside it, so that it goes when the comment goes: `redacted` is what
    people read; `mentions` are (kind, category, start, end, words) of the comment; `analyser` says
    whose they are, `person` when somebody corrected it. `heard`: analysed as it stands now.
    """

    digest = models.UUIDField(primary_key=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT)
    series = models.ForeignKey(Series, null=True, on_delete=models.PROTECT)
    touchpoint = models.ForeignKey(Touchpoint, null=True, on_delete=models.PROTECT)
    stage = models.ForeignKey(Stage, null=True, on_delete=models.PROTECT)
    journey = models.ForeignKey(Journey, null=True, on_delete=models.PROTECT)
    segment = models.CharField(max_length=80, blank=True, default="")
    channel = models.CharField(max_length=80, blank=True, default="")
    location = models.CharField(max_length=80, blank=True, default="")
    occurred_at = models.DateTimeField()
    comment = models.TextField()
    heard = models.BooleanField(default=False, db_default=False)
    redacted = models.TextField(default="", db_default="", blank=True)
    polarity = models.FloatField(null=True)  # -1..1
    confidence = models.FloatField(null=True)  # 0..1
    mentions = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    analyser = models.CharField(max_length=80, default="", db_default="", blank=True)
    analysed_at = models.DateTimeField(null=True)
    corrected_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        indexes = [
            # serves: the latest words on a touchpoint
            models.Index(fields=["touchpoint", "-occurred_at"], name="feedback_latest"),
            # serves: the job that listens
            models.Index(fields=["digest"], condition=Q(heard=False), name="feedback_to_hear"),
        ]

    def __str__(self) -> str:
        return f"{self.touchpoint_id} {self.occurred_at}"


class CustomerLink(models.Model):
    """Which customer (as a keyed hash) is behind an observation or a comment.

    `may_contact`: what they said when they answered, null where they were not asked. Only of who
    agreed the reference is kept too, encrypted: nobody could contact a hash.
    """

    digest = models.UUIDField(primary_key=True)
    customer = models.UUIDField(db_index=True)
    occurred_at = models.DateTimeField()
    may_contact = models.BooleanField(null=True)
    reference = models.TextField(default="", db_default="", blank=True)

    def __str__(self) -> str:
        return str(self.digest)


class DroppedMonth(models.Model):
    """A month whose raw observations retention has dropped: its rollups are all that is left of
    it, so they are never counted anew, even when something arrives for it late."""

    month = models.DateTimeField(primary_key=True)  # its first moment, UTC
    dropped_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class ErasedCustomer(models.Model):
    """A tombstone: what this customer sends again after erasure is counted without the link."""

    customer = models.UUIDField(primary_key=True)
    erased_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.customer)
