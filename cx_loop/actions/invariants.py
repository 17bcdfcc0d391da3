from datetime import datetime

from django.db.models import F

from cx_loop.models import Invariant


def keep(*, name: str, broken: int, healed: int, now: datetime) -> None:
    """What an audit found of one invariant; both totals only grow, as a counter must."""
    said = {"looked_at": now, "broken": broken}
    grown = Invariant.objects.filter(name=name).update(
        **said, found=F("found") + broken, healed=F("healed") + healed
    )
    if not grown:
        Invariant.objects.bulk_create(
            [Invariant(name=name, **said, found=broken, healed=healed)], ignore_conflicts=True
        )


def place_of(name: str) -> int:
    """Where the next slice of an audit begins that looks at a part of the rows each time."""
    return Invariant.objects.filter(name=name).values_list("place", flat=True).first() or 0


def keep_place(*, name: str, place: int) -> None:
    """For an invariant that was kept before; one that is new begins on top again."""
    Invariant.objects.filter(name=name).update(place=place)
