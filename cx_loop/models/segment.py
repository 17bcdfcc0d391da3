from django.db import models

from cx_loop.models.languages import Named


class Segment(Named):
    """A kind of customer, such as gold. A segment not listed is refused on intake."""

    position = models.PositiveSmallIntegerField(default=0)
    weight = models.FloatField(default=1.0)

    class Meta:
        ordering = ["position", "key"]
