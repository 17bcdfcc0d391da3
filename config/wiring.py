"""How the loop closes: which event nudges which job, which slot is filled by whom.

Read this first. Imports run config > tasks > alerts > cx_loop, so a lower package can only
speak through the signals and slots that are joined here.
"""

from alerts import events as alert_events
from alerts.actions.configure import rebuild_all_groups
from config import menu, nudges
from config.configuration import FORMAT, KINDS
from cx_loop import events as cx_events
from cx_loop.actions.configure.edit import Catalogue, catalogue
from tasks import reads as task_reads
from tasks.actions.dispatch import ask_ahead, dispatch, follow_alert
from tasks.actions.forgetting import forget_customer
from tasks.actions.give_back import give_back, in_hand
from tasks.actions.pauses import follow_quiet
from tasks.actions.recount import hand_to_owner, recount_clocks
from tasks.reads.recovery import rows_of_customer


def connect() -> None:
    """Join the packages; called once, when all models are loaded."""
    # observations are stored -> their series are evaluated
    cx_events.observations_stored.connect(nudges.evaluate_soon, dispatch_uid="evaluate")
    # a survey tool has delivered -> what it says becomes observations
    cx_events.delivery_received.connect(nudges.map_soon, dispatch_uid="map")
    # a file was handed in -> it is read, tried, counted
    cx_events.file_due.connect(nudges.files_soon, dispatch_uid="files")
    # a message is queued -> it is delivered
    cx_events.message_queued.connect(nudges.deliver_soon, dispatch_uid="deliver")
    # an alert opens -> its task opens, in the same transaction
    alert_events.dispatch_ahead.provide(ask_ahead)
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
    # somebody leaves -> their tasks go back to the queue
    cx_events.tasks_return.provide(give_back)
    cx_events.tasks_in_hand.provide(in_hand)
    # a calendar changes -> open tasks are counted by it, a touchpoint changes hands -> so may they
    cx_events.calendars_changed.provide(recount_clocks)
    cx_events.work_moves.provide(hand_to_owner)
    # touchpoints move or change owner -> the rules that watch them are regrouped
    cx_events.touchpoints_changed.provide(rebuild_all_groups)
    # a customer is erased, or asks what is kept -> the lists of customers to contact follow
    cx_events.customer_erased.provide(forget_customer)
    cx_events.customer_kept.provide(rows_of_customer)
    # what is configured in pages is checked as a whole, by what every package says of its own
    catalogue.provide(lambda: Catalogue(KINDS, FORMAT))
    # the base page has a menu, an alert names its tasks, a first start shows how far it is
    menu.fill()
