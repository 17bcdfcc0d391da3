"""What each page of settings is for: three sentences, as `config/help.py` has of the others."""

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

PANELS: dict[str, StrOrPromise] = {
    "cx_loop:settings": _(
        "Everything the company is set up with, one page for each thing. A configuration file can"
        " say the same, and both are checked alike. Who changed what stands below each page."
    ),
    "cx_loop:organization": _(
        "The name stands on every page and in every mail. Days and weeks of figures begin in the"
        " time zone. Names of things are asked for in the languages chosen here."
    ),
    "cx_loop:departments": _(
        "Each touchpoint belongs to a department, which gets its tasks. The one above it sees"
        " them too. Hours decide when a task is due."
    ),
    "cx_loop:department": _(
        "Who leads it, what it is part of, and when it works. The days below show what the hours"
        " and holidays make of this week and the next. A page that somebody else has changed"
        " meanwhile is not saved over theirs unasked."
    ),
    "cx_loop:calendars": _(
        "When each department works, side by side. A year's list says which days are off and which"
        " are made up for them. It is shown as it was read before it is taken."
    ),
    "cx_loop:measures": _(
        "Metrics are what is measured at touchpoints. Segments tell the answers of customers"
        " apart. What has been measured keeps its scale for good."
    ),
    "cx_loop:values": _(
        "Observations say by which channel and at which location something was, as words of their"
        " own. Here each gets a name in every language of the company. The word stays what"
        " programs send and files say."
    ),
    "cx_loop:value": _(
        "The name is shown wherever the word would be. Forms take the name or the word. A name"
        " that is retired is offered no more, and what was measured keeps it."
    ),
    "cx_loop:moment-weights": _(
        "How the emotion curve of a journey is read, and how its touchpoints are ranked. Each"
        " weight is a choice of the company, so all of them can be set. Pages of journeys show"
        " what comes of it at once."
    ),
    "cx_loop:keys": _(
        "Programs send observations and read with a key. It is shown once, so copy it at once."
        " Rotating makes a second one, and both work for a week."
    ),
    "cx_loop:yaml": _(
        "What the pages say, as a configuration file. Keep it under version control, or take it"
        " to another installation. Applied here again it changes nothing."
    ),
    "alerts:standard-edit": _(
        "A standard is what is promised at a touchpoint. With a metric and a target it is seen how"
        " far it is kept. A rule that was made of it stays as it is when the target changes."
    ),
    "tasks:routes": _(
        "The first route that fits takes a task, so the order matters. Move a route with its"
        " buttons or drag it. Below you can try where a task would go."
    ),
    "tasks:route": _(
        "All that is chosen must hold, and of a list one is enough. A route without conditions"
        " takes everything, so it stands last. A duty is a named job in the department."
    ),
    "tasks:policies": _(
        "How long a task may wait, and who is asked when it does. Times are counted in the hours"
        " of its department. The line shows what would happen to a task that opens now."
    ),
    "tasks:policy": _(
        "Steps are counted from when the task opens. The last one asked can be asked again and"
        " again. Tasks keep the version they began with."
    ),
    "tasks:recovery-rules": _(
        "Some answers are bad enough that their customer is called, whatever the mean says. Each"
        " rule draws a line through single answers. It makes no task, and an answer that two"
        " rules catch is listed once."
    ),
    "tasks:recovery-rule": _(
        "Choose what is answered, and from which line on a customer is contacted. The time to do"
        " so is counted in the hours of the department that owns the touchpoint. A change holds"
        " for answers that come from then on, and for those of the last three days."
    ),
    "tasks:playbooks": _(
        "What has helped before, written down as steps. A rule can name one, and others are"
        " proposed where they fit. How well each does is counted."
    ),
    "tasks:playbook": _(
        "Containment stops the harm today, and a correction ends its cause. Where it fits says"
        " when it is proposed. A change makes a new version, and tasks keep theirs."
    ),
}
SAME = {
    "cx_loop:department-new": "cx_loop:department",
    "cx_loop:measure": "cx_loop:measures",
    "cx_loop:measure-new": "cx_loop:measures",
    "cx_loop:value-new": "cx_loop:values",
    "alerts:standard-new": "alerts:standard-edit",
    "tasks:route-new": "tasks:route",
    "tasks:policy-new": "tasks:policy",
    "tasks:recovery-rule-new": "tasks:recovery-rule",
    "tasks:playbook-new": "tasks:playbook",
}
