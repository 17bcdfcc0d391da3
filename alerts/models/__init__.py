from alerts.models.alert import UNRESOLVED, Alert, AlertQuerySet, Severity
from alerts.models.drift import DriftStanding
from alerts.models.group import (
    ComparedSeries,
    Evaluation,
    Group,
    GroupSeries,
    RuleState,
    SeriesSeen,
)
from alerts.models.playbook import Playbook, PlaybookVersion
from alerts.models.rule import Rule, RuleVersion
from alerts.models.silence import Silence

__all__ = [
    "UNRESOLVED",
    "Alert",
    "AlertQuerySet",
    "ComparedSeries",
    "DriftStanding",
    "Evaluation",
    "Group",
    "GroupSeries",
    "Playbook",
    "PlaybookVersion",
    "Rule",
    "RuleState",
    "RuleVersion",
    "SeriesSeen",
    "Severity",
    "Silence",
]
