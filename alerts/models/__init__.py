from alerts.models.alert import UNRESOLVED, Alert, Severity
from alerts.models.group import Evaluation, Group, GroupSeries, RuleState, SeriesSeen
from alerts.models.playbook import Playbook, PlaybookVersion
from alerts.models.rule import Rule, RuleVersion

__all__ = [
    "UNRESOLVED",
    "Alert",
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
]
