"""What each page is for: three sentences, by the name of its view. A test knows all pages."""

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config import setting_help

PANELS: dict[str, StrOrPromise] = {
    "cx_loop:login": _(
        "People are invited by an admin; nobody signs up by themselves. A forgotten password is"
        " mended by a link in a mail. After ten wrong tries, wait 15 minutes."
    ),
    "tasks:home": _(
        "What is yours and what is late comes first. A task opens by itself when a rule is"
        " breached, and its clocks run in the working time of its department. Press ? for the"
        " keys."
    ),
    "tasks:board": _(
        "All open tasks of your departments, by state. The load beside each name says who has"
        " how much. Late and escalated ones stand first in each column."
    ),
    "tasks:unattended": _(
        "Tasks whose whole ladder was asked without an answer. They stay here until somebody"
        " makes a call on them. Accept, assign or hand them over."
    ),
    "tasks:inbox": _(
        "All that you were told, the newest first. Opening a task reads what was told of it."
        " Which of it also comes as a mail is chosen in your settings."
    ),
    "tasks:task": _(
        "At the top stands what happened, below it the proof. The one filled button is the next"
        " step. After the fix the same metric is looked at again: the task closes, or it comes"
        " back."
    ),
    "tasks:proof": _(
        "How the effect of the fix is judged: before against after, at the looks that were"
        " planned when it was submitted. An interval says how sure that is. A relapse opens the"
        " task again."
    ),
    "tasks:open": _(
        "For what no rule has seen: a task by hand at a touchpoint. It goes to the department"
        " that owns the touchpoint and has clocks like any other. Name no customer in its title."
    ),
    "alerts:list": _(
        "An alert is one breach of one group, until it clears or people close it. Each has its"
        " task. Acknowledged means that somebody has seen it."
    ),
    "alerts:alert": _(
        "Which line was crossed, by what, on how many answers. Below stand the decisions of each"
        " window. Dismissing the alert dismisses its task, with a reason."
    ),
    "alerts:touchpoint": _(
        "All metrics of the place, segments side by side. Its open tasks and past fixes stand on"
        " one line of time. The standard says what is promised to customers here."
    ),
    "tasks:standards": _(
        "What is promised at each touchpoint and how far it is kept. Each version says who changed"
        " it, and by which fix. Below stands what proven fixes have changed for good."
    ),
    "cx_loop:comments": _(
        "What customers said here, and what it was taken for. The words that made it so are"
        " marked. Who knows better corrects it, and the machine learns from that."
    ),
    "cx_loop:lexicon": _(
        "The words by which comments are understood. Words of your own stand over those that"
        " came along. New ones count for what comes, and for what is read again."
    ),
    "tasks:recoveries": _(
        "Customers who complained are contacted within a working day. Say what came of it, so"
        " that nobody calls twice. It stands beside the task, which mends the cause."
    ),
    "tasks:told": _(
        "When a fix has proven to help, the customers behind the task can hear of it, each once."
        " Only who agreed to be contacted is written to, and nobody who wants no messages. The"
        " words are a template that somebody else has approved."
    ),
    "tasks:templates": _(
        "The words in which customers are told what was mended. A lead or director other than"
        " their writer approves them. A changed template waits for approval again."
    ),
    "tasks:template": _(
        "One subject and one text in each language. Placeholders are filled in when it is sent."
        " The link to hear no more must be in the text."
    ),
    "tasks:mended": _(
        "What everybody may read of a journey, when its page is switched on. Each pair of sentences"
        " belongs to a fix that has proven to help. A task that comes back takes its sentences off"
        " the page."
    ),
    "cx_loop:journeys": _(
        "A journey is the way of a customer in stages and touchpoints. Its map shows where they"
        " are pleased and where not. Open alerts and tasks stand in place."
    ),
    "cx_loop:journey": _(
        "Columns are stages, rows are what customer, front stage, back stage and support do. The"
        " curve is satisfaction; its peak and its end are what is remembered. Choose a viewpoint"
        " to see one segment."
    ),
    "cx_loop:journey-edit": _(
        "Add, move and name stages and touchpoints, and give each an owner. What is measured"
        " stays with its touchpoint. Each change is a version that can be read later."
    ),
    "cx_loop:journey-new": _(
        "Name the journey and the stage it begins with. Its map opens next, where touchpoints and"
        " further stages are added. The short name for files and programs is made of the name."
    ),
    "cx_loop:journey-viewpoints": _(
        "Who looks at the journey, and how: as it is, or as it should be. A viewpoint lies over"
        " the one map, so the stages stay the same. Each has a reviewer and a day of review."
    ),
    "cx_loop:journey-versions": _(
        "How the map came to be, the newest first. Each version says who changed what. An older one"
        " can be brought back as a new version."
    ),
    "alerts:rules": _(
        "A rule says which windows of which metric breach which line. What its alerts led to"
        " tells how good it is. Retired rules keep their history."
    ),
    "alerts:rule": _(
        "The rule as a sentence, with what it has raised and what that led to. Each change is a"
        " version; alerts keep the version that raised them. Why it did or did not warn at a"
        " moment can be asked."
    ),
    "alerts:rule-new": _(
        "Fill in the sentence; the days behind show what it would have raised. Clear later than"
        " you warn, otherwise it flickers. Few answers make many false alarms: ask for enough."
    ),
    "alerts:rule-edit": _(
        "A change makes a new version; what is open goes on. The preview shows what it would"
        " have raised. Which groups it watches is worked out anew at once."
    ),
    "alerts:why": _(
        "Choose a group and a moment: it shows the window, the number of answers, the value and"
        " the line. Insufficient means too few answers to decide. Windows still open can warn,"
        " never clear."
    ),
    "alerts:review": _(
        "Which rules led to work that helped, and which to false alarms. Each share stands with"
        " its number and interval. Begin with the noisiest."
    ),
    "alerts:watch": _(
        "What drifts away from its normal without crossing a line yet. It raises no task by"
        " itself. Make a rule of it, or wait."
    ),
    "alerts:silences": _(
        "Before works at a place, make a maintenance window: alerts open but tell nobody, and"
        " clocks stand still. Each silence ends by itself. What still fires then is told once."
    ),
    "tasks:insights": _(
        "How well the loop itself works over a period. Each figure stands with its number and"
        " how sure it is. Every number opens to its tasks."
    ),
    "tasks:insights-tasks": _(
        "The tasks behind a number, as far as you see them. Take the list along as a file. The"
        " period is the one you chose before."
    ),
    "tasks:report": _(
        "The month on paper, for the meeting of all departments. It closes with the open points"
        " and who has them. Print it from the browser."
    ),
    "cx_loop:people": _(
        "Who works here, and where. Admins invite and change; leads see the people of their"
        " departments. Switching somebody off gives their tasks back."
    ),
    "cx_loop:person": _(
        "Roles, account and what they have in hand. A lead is asked when tasks wait, a director"
        " after that. All that changes here stands in the trail."
    ),
    "cx_loop:invite": _(
        "The link works once, for seven days, and is shown only now. Give a role afterwards on"
        " the person's page. Without mail, print the link."
    ),
    "cx_loop:sources": _(
        "Where answers come from: survey tools, files, programs. Each says when it was heard of"
        " last and what waits. A source that is silent for longer than usual is told to admins."
    ),
    "cx_loop:enter": _(
        "For mystery visits, interviews and what employees notice. It is counted at once and rules"
        " watch it like any other answer. What was entered by mistake can be taken out."
    ),
    "cx_loop:source-file": _(
        "A file is read first, then tried or counted while you look on. Trying says how much would"
        " be counted and which lines would not, and stores nothing. Refused lines can be taken"
        " away, mended and handed in again."
    ),
    "cx_loop:source": _(
        "Paste the address into the tool and send one answer: its fields appear below. Choose"
        " what each field is, on which scale it was asked, and try it before you save. What came"
        " before is kept and counted then."
    ),
    "cx_loop:source-delivery": _(
        "One delivery, word for word as it came. Above it stands what it is counted as, or why it"
        " waits. Analysts see it without personal data."
    ),
    "cx_loop:messages": _(
        "Where what happens is told outside: webhooks and chats. A test message says what the"
        " other side said. What was given up can be sent again."
    ),
    "cx_loop:absences": _(
        "While somebody is away, their substitute is asked instead. Tasks they have can be given"
        " back. An absence always has an end."
    ),
    "cx_loop:me": _(
        "Language, time zone and which mails you get. Quiet hours hold mails back, but for what"
        " is critical. The inbox always has everything."
    ),
    "start": _(
        "Seven steps from nothing to the first warning. Each can be done again later: most"
        " companies have more than one department. What is made here can be kept as a file too."
    ),
}
SAME = {
    "tasks:queue": "tasks:home",
    "tasks:template-new": "tasks:template",
    "cx_loop:forgot": "cx_loop:login",
    "cx_loop:journey-restore": "cx_loop:journey-versions",
    "cx_loop:second-factor": "cx_loop:me",
}


def panels() -> dict[str, StrOrPromise]:
    own = PANELS | setting_help.PANELS
    same = SAME | setting_help.SAME
    return own | {name: own[other] for name, other in same.items()}
