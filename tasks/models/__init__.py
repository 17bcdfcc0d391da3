from tasks.models.checklist import Adoption, Countermeasure, FollowUp, Idea, Step, Vote
from tasks.models.elsewhere import JudgedElsewhere
from tasks.models.escalation import Escalation
from tasks.models.note import Note
from tasks.models.pause import Pause
from tasks.models.permanence import Offer, Permanence
from tasks.models.recovery import Recovery, RecoveryRule
from tasks.models.rounds import Episode
from tasks.models.routing import EscalationPolicy, EscalationPolicyVersion, Route, RouteTable, Turn
from tasks.models.sharing import Attachment, Mention, Origin, Watcher
from tasks.models.task import WORKABLE, Holding, Task, TaskAlert
from tasks.models.telling import Mended, MessageTemplate, OptOut, Telling, Told
from tasks.models.verification import Look, Verification
from tasks.models.view import QueueView

__all__ = [
    "WORKABLE",
    "Adoption",
    "Attachment",
    "Countermeasure",
    "Episode",
    "Escalation",
    "EscalationPolicy",
    "EscalationPolicyVersion",
    "FollowUp",
    "Holding",
    "Idea",
    "JudgedElsewhere",
    "Look",
    "Mended",
    "Mention",
    "MessageTemplate",
    "Note",
    "Offer",
    "OptOut",
    "Origin",
    "Pause",
    "Permanence",
    "QueueView",
    "Recovery",
    "RecoveryRule",
    "Route",
    "RouteTable",
    "Step",
    "Task",
    "TaskAlert",
    "Telling",
    "Told",
    "Turn",
    "Verification",
    "Vote",
    "Watcher",
]
