"""The names of states, calls, resolutions, verdicts and levels."""

from django.utils.translation import gettext_lazy, pgettext_lazy

STATES = {
    "open": pgettext_lazy("task", "Open"),
    "accepted": gettext_lazy("Accepted"),
    "in_progress": gettext_lazy("In progress"),
    "on_hold": gettext_lazy("On hold"),
    "verifying": gettext_lazy("Verifying"),
    "closed": gettext_lazy("Closed"),
}
CALLS = {
    "accept": gettext_lazy("Accept"),
    "assign": gettext_lazy("Assign"),
    "start": gettext_lazy("Start"),
    "hold": gettext_lazy("Put on hold"),
    "hand_over": gettext_lazy("Hand over"),
    "submit": gettext_lazy("Submit the fix"),
    "withdraw": gettext_lazy("Withdraw the fix"),
    "send_back": gettext_lazy("Send back"),
    "dismiss": gettext_lazy("Dismiss"),
    "decide": gettext_lazy("Decide"),
    "reopen": gettext_lazy("Reopen"),
}
RESOLUTIONS = {
    "effective": gettext_lazy("Effective"),
    "partially_effective": gettext_lazy("Partially effective"),
    "recovered_unproven": gettext_lazy("Recovered, not proven"),
    "inconclusive": gettext_lazy("Inconclusive"),
    "false_alarm": gettext_lazy("False alarm"),
    "wont_fix": gettext_lazy("Will not fix"),
    "external_cause": gettext_lazy("External cause"),
    "duplicate": gettext_lazy("Duplicate"),
    "data_error": gettext_lazy("Data error"),
    "self_recovered": gettext_lazy("Self-recovered"),
}
VERDICTS = {
    "effective": gettext_lazy("Effective"),
    "partially_effective": gettext_lazy("Partially effective"),
    "no_effect": gettext_lazy("No effect shown"),
    "worse": gettext_lazy("Worse"),
    "inconclusive": gettext_lazy("Inconclusive"),
    "recovered_unproven": gettext_lazy("Recovered, not proven"),
    "relapsed": gettext_lazy("Relapsed"),
    "reopen": gettext_lazy("Reopen"),
}
LEVELS = {
    "staff": gettext_lazy("staff"),
    "lead": gettext_lazy("lead"),
    "director": gettext_lazy("director"),
}
