from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from cx_loop.models.languages import Named


class Segment(Named):
    """A kind of customer, such as gold. A segment not listed is refused on intake."""

    position = models.PositiveSmallIntegerField(default=0)
    weight = models.FloatField(default=1.0, validators=[MinValueValidator(0)])
    # on 0..5, where the touchpoint states none
    expectation = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(5)]
    )

    class Meta:
        ordering = ["position", "key"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expectation=None) | Q(expectation__gte=0, expectation__lte=5),
                name="segment_expectation_is_on_its_scale",
            )
        ]
