"""What we say about a breach: codes and parameters in, a sentence in the reader's language out."""

from alerts.notices.alerts import (
    STATES,
    mail_of_praise,
    sentence_of,
)
from alerts.notices.evaluations import (
    say_evaluation,
    say_rule,
    say_state,
    say_verdict,
    say_window,
)
from alerts.notices.values import (
    say_aggregate,
    say_aggregate_name,
    say_breach,
    say_drift,
    say_limit,
    say_n,
    say_n_at_least,
    say_problem,
    split_aggregate,
)

__all__ = [
    "STATES",
    "mail_of_praise",
    "say_aggregate",
    "say_aggregate_name",
    "say_breach",
    "say_drift",
    "say_evaluation",
    "say_limit",
    "say_n",
    "say_n_at_least",
    "say_problem",
    "say_rule",
    "say_state",
    "say_verdict",
    "say_window",
    "sentence_of",
    "split_aggregate",
]
