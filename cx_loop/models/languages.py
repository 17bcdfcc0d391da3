"""Names that people configure, one text a language."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import get_language


def in_language(names: dict[str, str], language: str | None = None) -> str:
    """The name in the reader's language, else English, else whatever there is."""
    wanted = language or get_language() or settings.LANGUAGE_CODE
    return names.get(wanted) or names.get("en") or next(iter(names.values()), "")


class NameField(models.JSONField[Any, Any]):
    """{"en": "Boarding", "zh-hans": "登机"}: one text a language; {} is shown by the key."""

    empty_values = (None, "")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        super().__init__(*args, **kwargs)


class Named(models.Model):
    key = models.SlugField(max_length=80, unique=True)
    name = NameField()
    # things with history are retired, never deleted
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return in_language(self.name) or self.key
