"""Files with answers that somebody hands in: read, tried and counted a piece at a time."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from cx_loop.models.people import User
from cx_loop.models.source import Source


class HandedFileQuerySet(models.QuerySet["HandedFile"]):
    def at_work(self) -> Self:
        """Those a job goes on with."""
        return self.filter(state__in=HandedFile.AT_WORK)


class HandedFile(models.Model):
    """`content` is the file as it came until it was read into `text`, a table in UTF-8. `done` is
    the last line that was settled, of `lines`; so whoever goes on after a kill begins there.
    `then`: what is done with it once it is read, without anybody asking again.
    `landed` responses counted (or would, when tried), `refused` lines could not be."""

    class State(models.TextChoices):
        READING = "reading"
        READ = "read"  # waits for somebody to try or count it
        TRYING = "trying"  # dry run: nothing is stored
        TRIED = "tried"
        COUNTING = "counting"
        COUNTED = "counted"
        FAILED = "failed"

    class Then(models.TextChoices):
        ASK = ""
        TRY = "try"
        COUNT = "count"

    AT_WORK = (State.READING, State.TRYING, State.COUNTING)

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=4, choices=[("csv", "csv"), ("xlsx", "xlsx")])
    content = models.BinaryField(null=True)
    text = models.TextField(blank=True, default="")
    head = models.TextField(blank=True, default="")  # the first lines, for the page of the mapping
    state = models.CharField(max_length=8, choices=State, default=State.READING)
    then = models.CharField(
        max_length=5, choices=Then, blank=True, default=Then.ASK, db_default=Then.ASK
    )
    reason = models.CharField(max_length=80, blank=True, default="")
    where = models.CharField(max_length=200, blank=True, default="")
    lines = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    landed = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)  # settled, without headers and empty lines
    handed_at = models.DateTimeField()
    handed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)

    objects = HandedFileQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            # serves: the job that reads, tries and counts
            models.Index(
                fields=["id"],
                condition=Q(state__in=["reading", "trying", "counting"]),
                name="handedfile_at_work",
            ),
            # serves: retention
            models.Index(fields=["handed_at"], name="handedfile_by_age"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(done__lte=F("lines")), name="handedfile_ends_with_its_lines"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_at_work(self) -> bool:
        return self.state in self.AT_WORK

    @property
    def rest(self) -> int:
        """Lines that said nothing new: counted before, empty, or not finished."""
        return max(self.rows - self.landed - self.refused, 0)


class RefusedLine(models.Model):
    """A line of a file that is not counted, and why; as it stood, to be handed back."""

    file = models.ForeignKey(HandedFile, on_delete=models.CASCADE, related_name="refusals")
    line = models.PositiveIntegerField()
    cells = models.JSONField(default=list)
    code = models.CharField(max_length=80)
    about = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["line"]
        constraints = [models.CheckConstraint(condition=~Q(code=""), name="refusedline_says_why")]

    def __str__(self) -> str:
        return f"{self.file_id} {self.line} {self.code}"
