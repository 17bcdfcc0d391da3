"""Configuration as code: the kinds of objects this package applies, in the order of writing."""

from cx_loop.actions.configure.dimensions import CHANNEL, LOCATION
from cx_loop.actions.configure.journeys import JOURNEY, STAGE, TOUCHPOINT
from cx_loop.actions.configure.kinds import Draft, Kind, Wanted
from cx_loop.actions.configure.metrics import METRIC, SEGMENT
from cx_loop.actions.configure.moments import MOMENTS
from cx_loop.actions.configure.organization import ORGANIZATION
from cx_loop.actions.configure.people import DEPARTMENT, PERSON
from cx_loop.actions.configure.sources import SOURCE
from cx_loop.actions.configure.standards import STANDARD
from cx_loop.actions.configure.viewpoints import VIEWPOINT
from cx_loop.actions.configure.voice import WORD

KINDS = (
    ORGANIZATION,
    PERSON,
    DEPARTMENT,
    METRIC,
    SEGMENT,
    CHANNEL,
    LOCATION,
    JOURNEY,
    STAGE,
    TOUCHPOINT,
    STANDARD,
    VIEWPOINT,
    MOMENTS,
    SOURCE,
    WORD,
)

__all__ = ["KINDS", "Draft", "Kind", "Wanted"]
