from tasks.models.escalation import Escalation
from tasks.models.pause import Pause
from tasks.models.routing import EscalationPolicy, EscalationPolicyVersion, Route, RouteTable, Turn
from tasks.models.task import WORKABLE, Episode, Holding, Note, Task, TaskAlert
from tasks.models.verification import Look, Verification

__all__ = [
    "WORKABLE",
    "Episode",
    "Escalation",
    "EscalationPolicy",
    "EscalationPolicyVersion",
    "Holding",
    "Look",
    "Note",
    "Pause",
    "Route",
    "RouteTable",
    "Task",
    "TaskAlert",
    "Turn",
    "Verification",
]
