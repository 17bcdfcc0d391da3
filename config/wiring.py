"""How the loop closes: which event nudges which job, which slot is filled by whom.

Read this first. Imports run config > tasks > alerts > cx_loop, so a lower package can only
speak through the signals and slots that are joined here.
"""

from alerts import events as alert_events
from alerts.actions.configure import rebuild_all_groups
from config import menu, nudges
from cx_loop import events as cx_events
from tasks import reads as task_reads
from tasks.actions.dispatch import dispatch, follow_alert
from tasks.actions.pauses import follow_quiet


def connect() -> None:
    """Join the packages; called once, when all models are loaded."""
    # observations are stored -> their series are evaluated
    cx_events.observations_stored.connect(nudges.evaluate_soon, dispatch_uid="evaluate")
    # a message is queued -> it is delivered
    cx_events.message_queued.connect(nudges.deliver_soon, dispatch_uid="deliver")
    # an alert opens -> its task opens, in the same transaction
    alert_events.dispatch.provide(dispatch)
    # an alert is raised, cleared or dismissed -> its task follows
    alert_events.work_follows.provide(follow_alert)
    # an alert falls silent, or is heard again -> the clocks of its task stand still, or go on
    alert_events.quiet_changed.provide(follow_quiet)
    # whoever works on its task may act on an alert
    alert_events.departments_at_work.provide(task_reads.departments_at_work)
    # what is closed with an alert is locked with it
    alert_events.groups_at_work.provide(task_reads.groups_at_work)
    # a rule is as good as what its alerts led to
    alert_events.outcomes_of_work.provide(task_reads.outcomes_of_alerts)
    # whoever has or had a task sees what belongs to it
    cx_events.touchpoints_seen_through_work.provide(task_reads.touchpoints_of_work)
    alert_events.alerts_seen_through_work.provide(task_reads.alerts_of_work)
    # touchpoints move or change owner -> the rules that watch them are regrouped
    cx_events.touchpoints_changed.provide(rebuild_all_groups)
    # the base page has a menu, an alert names its tasks, a first start shows how far it is
    menu.fill()
