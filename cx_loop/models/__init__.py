from cx_loop.models.activity import SYSTEM, Activity, Actor, entry, record
from cx_loop.models.answered import AnsweredRequest
from cx_loop.models.asked import once, reading
from cx_loop.models.catalog import CatalogState
from cx_loop.models.dimension import Channel, Location
from cx_loop.models.endpoint import Endpoint
from cx_loop.models.fold import Fold
from cx_loop.models.hand_entry import HandEntry
from cx_loop.models.handed_file import HandedFile, RefusedLine
from cx_loop.models.journey import Journey, ServiceStandard, Stage, Touchpoint
from cx_loop.models.languages import Named, NameField, in_language
from cx_loop.models.links import PersonLink
from cx_loop.models.message import Heartbeat, Invariant, Message, Notice
from cx_loop.models.metric import Metric
from cx_loop.models.moment import UNRANKED, JourneyDrivers, MomentCard, MomentWeights
from cx_loop.models.observation import (
    CustomerLink,
    DroppedMonth,
    ErasedCustomer,
    Feedback,
    Observation,
    ObservationKey,
)
from cx_loop.models.organization import (
    AppliedConfiguration,
    Calendar,
    Department,
    Membership,
    Organization,
    ids_of_member,
    places_of,
    zone_of,
)
from cx_loop.models.people import User
from cx_loop.models.segment import Segment
from cx_loop.models.series import COARSE, DAY, FINE, DirtyMark, Rollup, Series
from cx_loop.models.source import ApiKey, Delivery, Source, SurveyResponse
from cx_loop.models.viewpoint import JourneyVersion, Viewpoint, ViewpointStop
from cx_loop.models.visibility import Viewer, department_ids_of, departments_of
from cx_loop.models.voice import VoiceModel, VoiceWord

__all__ = [
    "COARSE",
    "DAY",
    "FINE",
    "SYSTEM",
    "UNRANKED",
    "Activity",
    "Actor",
    "AnsweredRequest",
    "ApiKey",
    "AppliedConfiguration",
    "Calendar",
    "CatalogState",
    "Channel",
    "CustomerLink",
    "Delivery",
    "Department",
    "DirtyMark",
    "DroppedMonth",
    "Endpoint",
    "ErasedCustomer",
    "Feedback",
    "Fold",
    "HandEntry",
    "HandedFile",
    "Heartbeat",
    "Invariant",
    "Journey",
    "JourneyDrivers",
    "JourneyVersion",
    "Location",
    "Membership",
    "Message",
    "Metric",
    "MomentCard",
    "MomentWeights",
    "NameField",
    "Named",
    "Notice",
    "Observation",
    "ObservationKey",
    "Organization",
    "PersonLink",
    "RefusedLine",
    "Rollup",
    "Segment",
    "Series",
    "ServiceStandard",
    "Source",
    "Stage",
    "SurveyResponse",
    "Touchpoint",
    "User",
    "Viewer",
    "Viewpoint",
    "ViewpointStop",
    "VoiceModel",
    "VoiceWord",
    "department_ids_of",
    "departments_of",
    "entry",
    "ids_of_member",
    "in_language",
    "once",
    "places_of",
    "reading",
    "record",
    "zone_of",
]
