"""Whose turn it is: the next in a circle, or who has the least to do."""

from collections.abc import Collection, Mapping


def next_in_turn(
    people: Collection[int], *, last: int | None, load: Mapping[int, int] | None = None
) -> int | None:
    """The one who comes after `last` in a circle ordered by id; None when there is nobody.

    load: unsubmitted tasks of each, for a department that gives to the least loaded: then only
    those with the fewest stand in the circle, so equals still take turns.
    """
    if load is not None and people:
        least = min(load.get(person, 0) for person in people)
        people = [person for person in people if load.get(person, 0) == least]
    circle = sorted(people)
    after = [person for person in circle if last is not None and person > last]
    return next(iter(after or circle), None)
