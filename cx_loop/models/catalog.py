import uuid

from django.db import models


class CatalogState(models.Model):
    """One row whose token changes, by trigger, whenever what intake looks names up in changes.

    Intake keeps journeys, touchpoints, metrics and segments in memory and compares the token:
    otherwise a metric retired in one process would still be accepted in another.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    token = models.UUIDField(default=uuid.uuid4)

    def __str__(self) -> str:
        return str(self.token)
