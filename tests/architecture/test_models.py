"""All models, walked: what each must have, or why it has not."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db.models import PROTECT, ForeignKey, Model

OURS = ("cx_loop", "alerts", "tasks", "config")

# why no constraint stands on it: neither a check nor anything unique besides its own number
UNCONSTRAINED = {
    "Calendar": "two departments may keep the same hours",
    "CatalogState": "one row, read and raised by number",
    "DirtyMark": "appended without waiting for anybody; duplicates are taken together",
    "Feedback": "its primary key is the digest of its observation",
    "CustomerLink": "its primary key is the digest of its observation",
    "Observation": "partitioned; its key stands in ObservationKey",
    "ObservationKey": "its primary key is the digest that makes it once",
    "ErasedCustomer": "its primary key is the customer",
    "SurveyResponse": "its primary key is the digest of its response",
    "DroppedMonth": "its primary key is the month",
    "Heartbeat": "its primary key is its name",
    "Invariant": "its primary key is its name",
    "SeriesSeen": "its primary key is the series",
    "DriftStanding": "its primary key is the group",
    "Note": "people may say the same twice",
    "Turn": "its department is its key; whoever was last, anybody may be next",
    "OptOut": "its primary key is the customer",
}

# what goes with its parent, or is looked after by nobody, and why
NOT_PROTECTED = {
    "Notice.user": "an inbox ends with its owner",
    "QueueView.user": "so do the views they kept",
    "ComparedSeries.group": "who is held against what is worked out again from the rule",
    "GroupSeries.group": "who watches what is worked out again from the rule",
    "DriftStanding.group": "what is normal for a group means nothing without it",
    "RuleState.group": "where a group stands means nothing without it",
    "Evaluation.group": "a decision means nothing without its group",
    "RefusedLine.file": "a refused line goes with its file",
    "Observation.series": "no key points at or from millions of rows; intake has just made it",
    "ObservationKey.source": "likewise",
    "SurveyResponse.source": "likewise",
    "ObservationKey.series": "likewise",
}

# who may see a row where the model itself has no visible_to
SEEN_THROUGH = {
    "its key alone": ("AnsweredRequest",),
    "its department": ("Calendar", "Department", "Membership"),
    "its touchpoint": ("Series", "Rollup", "DirtyMark"),
    "its series": (
        "Observation",
        "ObservationKey",
        "CustomerLink",
        "GroupSeries",
        "SeriesSeen",
        "ComparedSeries",
    ),
    "its rule": ("RuleVersion", "Group", "RuleState", "DriftStanding"),
    "its task": (
        "TaskAlert",
        "Holding",
        "JudgedElsewhere",
        "Episode",
        "Attachment",
        "Mention",
        "Note",
        "Vote",
        "Offer",
        "Origin",
        "Watcher",
        "Pause",
        "Escalation",
        "Look",
        "Activity",
        "Told",
    ),
    "its user alone": ("User", "Notice", "Message", "PersonLink", "QueueView"),
    "everybody signed in": (
        "Organization",
        "Metric",
        "Segment",
        "Channel",
        "Location",
        "Journey",
        "Stage",
        "Playbook",
        "PlaybookVersion",
        "MomentWeights",
        "Viewpoint",
        "VoiceWord",
        "VoiceModel",
    ),
    "its touchpoint, or its viewpoint where it is still to come": ("ViewpointStop",),
    "whoever sees everything": ("JourneyVersion",),
    "its journey, and whole only with every touchpoint of it": ("JourneyDrivers",),
    "admins": (
        "ApiKey",
        "AppliedConfiguration",
        "CatalogState",
        "Delivery",
        "DroppedMonth",
        "Endpoint",
        "ErasedCustomer",
        "EscalationPolicy",
        "EscalationPolicyVersion",
        "Fold",
        "HandedFile",
        "Heartbeat",
        "Invariant",
        "OptOut",
        "RecoveryRule",
        "RefusedLine",
        "Route",
        "RouteTable",
        "Turn",
        "Source",
        "SurveyResponse",
    ),
}


def models() -> list[type[Model]]:
    return [model for label in OURS for model in apps.get_app_config(label).get_models()]


def foreign_keys() -> Iterator[tuple[str, "ForeignKey[Model, Model]"]]:
    for model in models():
        for field in model._meta.fields:
            if isinstance(field, ForeignKey):
                yield f"{model.__name__}.{field.name}", field


def has_a_constraint(model: type[Model]) -> bool:
    unique = [field for field in model._meta.fields if field.unique and not field.primary_key]
    return bool(unique or model._meta.constraints)


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_a_model_says_what_it_is(model: type[Model]) -> None:
    said = next(base for base in model.__mro__ if "__str__" in vars(base))
    assert said is not Model


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_a_model_is_constrained_or_says_why_not(model: type[Model]) -> None:
    assert has_a_constraint(model) != (model.__name__ in UNCONSTRAINED)


def test_nothing_vanishes_with_what_it_points_at() -> None:
    loose = {name for name, key in foreign_keys() if key.remote_field.on_delete is not PROTECT}
    assert loose == set(NOT_PROTECTED)


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_who_may_see_a_row_is_said_of_every_model(model: type[Model]) -> None:
    itself = hasattr(model._default_manager.all(), "visible_to")
    through = [how for how, names in SEEN_THROUGH.items() if model.__name__ in names]
    assert itself + len(through) == 1


def test_every_reason_speaks_of_a_model_there_is() -> None:
    there = {model.__name__ for model in models()}
    seen = {name for names in SEEN_THROUGH.values() for name in names}
    assert seen | set(UNCONSTRAINED) <= there
