"""Things to test with: plain functions that make one row each, with sensible neighbours.

Every maker takes what the story is about and invents the rest, so a test names only what matters.
"""

from tests.factories.alerts import (
    make_alert,
    make_evaluation,
    make_group,
    make_playbook,
    make_rule,
    make_silence,
)
from tests.factories.common import NOW, PASSWORD
from tests.factories.journey import (
    fill_days,
    fill_hour,
    folded_grains,
    make_card,
    make_metric,
    make_segment,
    make_series,
    make_source,
    make_stage,
    make_standard,
    make_touchpoint,
)
from tests.factories.organization import (
    add_member,
    make_admin,
    make_calendar,
    make_department,
    make_organization,
    make_user,
)
from tests.factories.tasks import (
    breach_title,
    make_activity,
    make_attachment,
    make_comment,
    make_follow_up,
    make_idea,
    make_recovery,
    make_step,
    make_task,
    make_template,
    make_verification,
)

__all__ = [
    "NOW",
    "PASSWORD",
    "add_member",
    "breach_title",
    "fill_days",
    "fill_hour",
    "folded_grains",
    "make_activity",
    "make_admin",
    "make_alert",
    "make_attachment",
    "make_calendar",
    "make_card",
    "make_comment",
    "make_department",
    "make_evaluation",
    "make_follow_up",
    "make_group",
    "make_idea",
    "make_metric",
    "make_organization",
    "make_playbook",
    "make_recovery",
    "make_rule",
    "make_segment",
    "make_series",
    "make_silence",
    "make_source",
    "make_stage",
    "make_standard",
    "make_step",
    "make_task",
    "make_template",
    "make_touchpoint",
    "make_user",
    "make_verification",
]
