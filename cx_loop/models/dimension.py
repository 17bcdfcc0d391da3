"""What observations call the ways and places of a meeting, and what people call them."""

from django.db import models

from cx_loop.models.languages import Named


class _Said(Named):
    """A name of a value that observations may hold; one without stands as it was sent."""

    # as observations write it: any text, never checked on intake
    key = models.CharField(max_length=80, unique=True)

    class Meta:
        abstract = True
        ordering = ["key"]


class Channel(_Said):
    """By which way customer and company met, such as airport or app."""

    class Meta(_Said.Meta):
        pass


class Location(_Said):
    """Where they met, such as EWR or counter 12."""

    class Meta(_Said.Meta):
        pass
