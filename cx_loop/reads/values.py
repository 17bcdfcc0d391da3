"""Which channels and locations are written anywhere, whether or not somebody gave them a name."""

from cx_loop.models import Series, Touchpoint


def values_seen(dimension: str) -> set[str]:
    """Of observations, by their series; channels also of touchpoints on a map."""
    rows = Series.objects.exclude(**{dimension: ""}).order_by()
    found = set(rows.values_list(dimension, flat=True).distinct())
    if dimension == "channel":
        drawn = Touchpoint.objects.in_force().order_by().values_list("channels", flat=True)
        found |= {str(word) for words in drawn for word in words}
    return found
