"""The pages of settings, in the order in which a company is set up."""

from django.utils.translation import gettext_lazy

from alerts.models import Playbook
from cx_loop.models import ApiKey, Department, Metric, ServiceStandard
from cx_loop.ui.setting_pages import SettingPage, register
from tasks.actions.route_edits import routes_now
from tasks.models import EscalationPolicy, RecoveryRule

PAGES = (
    SettingPage(
        "organization",
        gettext_lazy("Organisation"),
        "cx_loop:organization",
        "info",
        gettext_lazy("Its name, time zone and languages."),
    ),
    SettingPage(
        "departments",
        gettext_lazy("Departments"),
        "cx_loop:departments",
        "person",
        gettext_lazy("Who answers for what, who leads, and the hours deadlines count in."),
        lambda: Department.objects.in_force().count(),
    ),
    SettingPage(
        "calendars",
        gettext_lazy("Calendars"),
        "cx_loop:calendars",
        "clock",
        gettext_lazy("Days off and made-up days that differ from the week, a year at a time."),
    ),
    SettingPage(
        "measures",
        gettext_lazy("Metrics and segments"),
        "cx_loop:measures",
        "watch",
        gettext_lazy("What is measured, and whose answers are told apart."),
        lambda: Metric.objects.filter(retired_at=None).count(),
    ),
    SettingPage(
        "values",
        gettext_lazy("Channels and locations"),
        "cx_loop:values",
        "place",
        gettext_lazy("What people call the words that observations write."),
    ),
    SettingPage(
        "moments",
        gettext_lazy("Weighing of moments"),
        "cx_loop:moment-weights",
        "map",
        gettext_lazy("What satisfaction is read from, and what makes a touchpoint come first."),
    ),
    SettingPage(
        "standards",
        gettext_lazy("Standards"),
        "tasks:standards",
        "done",
        gettext_lazy("What is promised at the touchpoints, in words and in a figure."),
        lambda: ServiceStandard.objects.in_force().count(),
    ),
    SettingPage(
        "routes",
        gettext_lazy("Routes"),
        "tasks:routes",
        "right",
        gettext_lazy("Which department gets a task when it is not the touchpoint's owner."),
        lambda: len(routes_now()),
    ),
    SettingPage(
        "escalation",
        gettext_lazy("Escalation"),
        "tasks:policies",
        "up",
        gettext_lazy("How fast tasks are answered and resolved, and who is asked when not."),
        lambda: EscalationPolicy.objects.filter(retired_at=None).count(),
    ),
    SettingPage(
        "recovery",
        gettext_lazy("Recovery rules"),
        "tasks:recovery-rules",
        "note",
        gettext_lazy("Which single answers put a customer on the list of those to contact."),
        lambda: RecoveryRule.objects.filter(retired_at=None).count(),
    ),
    SettingPage(
        "playbooks",
        gettext_lazy("Playbooks"),
        "tasks:playbooks",
        "queue",
        gettext_lazy("What is done about an alert, step by step."),
        lambda: Playbook.objects.filter(retired_at=None).count(),
    ),
    SettingPage(
        "keys",
        gettext_lazy("API keys"),
        "cx_loop:keys",
        "done",
        gettext_lazy("What programs may send, read and do."),
        lambda: ApiKey.objects.filter(revoked_at=None).count(),
    ),
    SettingPage(
        "yaml",
        gettext_lazy("As a file"),
        "cx_loop:yaml",
        "down",
        gettext_lazy("What these pages say, as a configuration file."),
    ),
)


def fill() -> None:
    for page in PAGES:
        register(page)
