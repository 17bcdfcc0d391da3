"""The documents say what the code says: states, settings, and links that lead somewhere."""

import re
from itertools import chain

import pytest

from alerts.logic import lifecycle as alert_lifecycle
from config import celery_settings
from config.launch import ROOT
from tasks.logic import lifecycle as task_lifecycle
from tasks.models import Verification

CODE = re.compile(r"`([^`]+)`")
SETTING = re.compile(r"\bCX_[A-Z]+(?:_[A-Z]+)*\b")
KEPT_SECRET = re.compile(r"""kept_secret\("([A-Z_]+)"\)""")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
OUTSIDE = ("http://", "https://", "mailto:")
FOLDERS = [path for path in ROOT.iterdir() if path.is_dir() and path.name[0] != "."]
DOCUMENTS = sorted(chain(ROOT.glob("*.md"), *(folder.rglob("*.md") for folder in FOLDERS)))


def text_of(name):
    return (ROOT / "docs" / name).read_text("utf-8")


def table_of(name, heading):
    """Rows of the first table below a line that begins with `heading`: cells of text each."""
    below = text_of(name).split(f"\n{heading}", 1)[1].split("\n")
    rows = []
    for line in below:
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
        elif rows:
            break
    return rows[2:]


def words(cell):
    return tuple(CODE.findall(cell))


def listed(name, heading):
    """The words in code style of the one line that begins with `heading`."""
    return words(text_of(name).split(f"\n{heading}", 1)[1].split("\n", 1)[0])


def test_the_words_are_the_same_in_both_languages():
    english, chinese = (
        [line.split("|")[1:3] for line in text_of(name).split("\n") if line.startswith("| ")]
        for name in ("domain.md", "domain.zh-hans.md")
    )
    assert english == chinese


def test_the_calls_of_a_task_are_documented_as_they_are():
    told = [
        (words(call), words(origins), words(targets), words(needs), set(words(who)), new == "yes")
        for call, origins, targets, needs, who, new in table_of(
            "lifecycles.md", "Every call, checked. *Needs*"
        )
    ]
    assert told == [
        ((row.call,), row.origins, row.targets, row.needs, set(row.who), row.new_episode)
        for row in task_lifecycle.TABLE.values()
    ]


def test_the_calls_of_an_alert_are_documented_as_they_are():
    told = [
        tuple(words(cell) for cell in row)
        for row in table_of("lifecycles.md", "Every call, checked.\n")
    ]
    assert told == [
        ((row.call,), row.origins, (row.target,), row.who) for row in alert_lifecycle.TRANSITIONS
    ]


def test_states_and_endings_are_documented_in_their_order():
    task, alert = text_of("lifecycles.md").split("\n## Alert", 1)
    states = "States, checked:"
    assert words(task.split(states)[1].split("\n")[0]) == task_lifecycle.STATES
    assert words(alert.split(states)[1].split("\n")[0]) == alert_lifecycle.STATES
    assert listed("lifecycles.md", "How a task ends")[1:] == task_lifecycle.RESOLUTIONS


def test_states_and_verdicts_of_a_verification_are_documented():
    states = [words(row[0])[0] for row in table_of("lifecycles.md", "States, checked:\n")]
    verdicts = [words(row[0])[0] for row in table_of("lifecycles.md", "Verdicts, checked.")]
    assert states == Verification.State.values
    assert tuple(verdicts) == task_lifecycle.VERDICTS


def test_every_setting_is_documented_and_none_that_is_not_read():
    told = {words(row[0])[0] for row in table_of("operations.md", "## Settings")}
    sources = [ROOT / "manage.py", *(ROOT / "config").rglob("*.py")]
    read = set()
    for path in sources:
        source = path.read_text("utf-8")
        read |= set(SETTING.findall(source))
        read |= {f"CX_{name}" for name in KEPT_SECRET.findall(source)}
    assert told == read


def flat(settings, prefix=""):
    """Name -> value; members of the transport's options with a dot."""
    for name, value in settings.items():
        if name == "broker_transport_options":
            yield from flat(value, f"{name}.")
        else:
            yield f"{prefix}{name}", repr(value)


def test_every_celery_setting_is_documented_with_its_value_and_a_reason():
    rows = table_of("operations.md", "## Celery")
    said_elsewhere = {"env", "broker_url", "beat_schedule", "Queue", "QUEUES"}
    said_elsewhere |= {"task_queues", "task_routes"}
    settings = {
        name: value
        for name, value in vars(celery_settings).items()
        if not name.startswith("_") and name not in said_elsewhere
    }
    assert {words(name)[0]: words(value)[0] for name, value, _ in rows} == dict(flat(settings))
    assert all(reason for _, _, reason in rows)


def test_the_timetable_is_documented():
    told = {
        words(job)[0]: (float(every), float(expires))
        for job, every, expires in table_of("operations.md", "The timetable is static")
    }
    assert told == {
        entry["task"]: (entry["schedule"], entry["options"]["expires"])
        for entry in celery_settings.beat_schedule.values()
    }


def anchors_of(path):
    """The anchors that headings make: lower case, words joined by hyphens, signs left out."""
    prose = FENCE.sub("", path.read_text("utf-8"))
    headings = re.findall(r"^#{1,6} (.+)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_links(path):
    prose = FENCE.sub("", path.read_text("utf-8"))
    for link in LINK.findall(prose):
        if link.startswith(OUTSIDE):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            yield link


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    assert list(dead_links(path)) == []


def test_every_document_is_in_the_index():
    index = {(ROOT / "docs" / link).resolve() for link in LINK.findall(text_of("README.md"))}
    documents = {path.resolve() for path in (ROOT / "docs").rglob("*.md")}
    assert documents - index == {(ROOT / "docs" / "README.md").resolve()}
