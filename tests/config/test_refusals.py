"""What is wrong is refused with its line and the fix; everything at once, and nothing applied."""

from pathlib import Path

import pytest

from config.configuration import ConfigurationRefused, apply_configuration
from cx_loop.models import Department
from tests.config.conftest import Apply, Refused
from tests.factories import NOW

pytestmark = pytest.mark.django_db

# what of the example is replaced, by what, and how the refusal begins
WRONG_IN_EXAMPLE = {
    "an unknown key": (
        "owner: ground-ops",
        "ownr: ground-ops",
        "34: Unknown key 'ownr' of a touchpoint. Did you mean 'owner'?",
    ),
    "a missing key": (
        "owner: ground-ops, ",
        "",
        "34: This touchpoint has no owner. Add owner: <key of a department>.",
    ),
    "an unknown section": (
        "playbooks:",
        "playboks:",
        "52: Unknown key 'playboks' of a configuration. Did you mean 'playbooks'?",
    ),
    "a dangling owner": (
        "owner: ground-ops",
        "owner: ground-op",
        "34: There is no department 'ground-op'. Add it, or name another. "
        "Did you mean 'ground-ops'?",
    ),
    "a dangling metric of a rule": (
        "    metric: wait\n",
        "    metric: wat\n",
        "39: There is no metric 'wat'.",
    ),
    "a dangling touchpoint of a rule": (
        "touchpoints: [boarding]",
        "touchpoints: [bording]",
        "40: There is no touchpoint 'bording'.",
    ),
    "a dangling playbook": (
        "playbook: extra-staff",
        "playbook: extra",
        "50: There is no playbook 'extra'.",
    ),
    "a duty nobody has": (
        "role: quality",
        "role: qualty",
        "56: department ground-ops has no duty 'qualty'. Did you mean 'quality'?",
    ),
    "a recovery on the wrong side": (
        "recover: 25",
        "recover: 35",
        "46: rule boarding-wait, warning.recover:",
    ),
    "a threshold out of reach": (
        "warning:  {above: 30, recover: 25}",
        "warning:  {below: 0}",
        "46: rule boarding-wait, warning",
    ),
    "a window off the edges": ("window: 1d", "window: 7m", "43: rule boarding-wait, window:"),
    "a rule of a metric it does not fit": (
        "aggregate: p90",
        "aggregate: nps",
        "42: rule boarding-wait, aggregate:",
    ),
    "a repeat that is not the last": (
        "{repeat: 24h, max: 5}]",
        "{repeat: 24h, max: 0}]",
        "62: escalation default, steps[2].max:",
    ),
    "a length of time that is none": (
        "respond_within: 4h",
        "respond_within: soon",
        "60: escalation default, respond_within:",
    ),
    "hours that overlap": ('"09:00-18:00"', '"9-18"', "16: '9-18' is not a shift"),
    "a time zone that is none": (
        "timezone: Asia/Shanghai, hours",
        "timezone: Asia/Shanghei, hours",
        "16: 'Asia/Shanghei' is not a time zone",
    ),
    "a country without holidays": ('holidays: "CN"', 'holidays: "XX"', "16: "),
    "a kind of metric that is none": (
        "kind: csat, scale",
        "kind: csta, scale",
        "19: 'csta' cannot stand for metrics.kind. Did you mean 'csat'?",
    ),
    "a scale upside down": ("scale: [1, 5]", "scale: [5, 1]", "19: "),
    "a scale of a metric without one": (
        "{key: complaints, kind: count,",
        "{key: complaints, kind: count, scale: [1, 5],",
        "23: [1, 5] is no scale of a count metric. Take the scale of this count out.",
    ),
    "an e-mail address that is none": (
        "lead: ida@example.com",
        "lead: ida",
        "8: 'ida' is not an e-mail address.",
    ),
    "a key twice": (
        "- {key: it, name: IT, parent: operations, lead: ida@example.com}",
        "- {key: operations}",
        "8: department operations stands twice, first on line 7. Rename or remove one.",
    ),
    "a member twice": (
        "members: [ana@example.com]",
        "members: [ana@example.com, ana@example.com]",
        "14: 'ana@example.com' stands twice in departments.members, first on line 14.",
    ),
    "a yaml key twice": (
        "    lead: lin@example.com\n",
        "    lead: lin@example.com\n    lead: ana@example.com\n",
        "13: 'lead' stands twice here, first on line 12. Keep one of them.",
    ),
    "text for a number": ("target: 20", "target: soon", "36: 'soon' is not a number."),
    "text for a flag": (
        "front_stage: true",
        "front_stage: yes",
        "35: 'yes' is neither true nor false.",
    ),
    "a number for text": ("name: IT", "name: 7", "8: 7 is not text. Put it in quotes."),
    "a word for a list": (
        "support: [it]",
        "support: it",
        "34: journeys.stages.touchpoints.support is not a list.",
    ),
    "a key with a space": ("key: boarding,", "key: gate boarding,", "34: 'gate boarding'"),
    "a language without pages": (
        "languages: [zh-hans, en]",
        "languages: [de]",
        "3: There are no pages in 'de'. Known: en, zh-hans.",
    ),
    "a person's language without pages": (
        "language: zh-hans",
        "language: a-language-longer-than-its-column",
        "5: There are no pages in 'a-language-longer-than-its-column'.",
    ),
    "an e-mail address too long": ("lead: ida@", f"lead: ida@{'long.' * 60}", "8: 'ida@long."),
    "a secret without its variable": (
        "${TYPEFORM_SECRET}",
        "${TYPEFROM_SECRET}",
        "64: The environment has no TYPEFROM_SECRET. Set it and run this again.",
    ),
    "no way to be told": ("notify: [email]", "notify: [http://x]", "17: 'http://x' is no way"),
    "an internal address": (
        "notify: [email]",
        "notify: [email, 'https://10.1.2.3/hook/secret']",
        "17: 10.1.2.3 leads to an internal network. Name another address, or open that network",
    ),
    "a user in an address": (
        "notify: [email]",
        "notify: ['https://u:p@x.example/']",
        "17: 'https://u:p@x.example/' is no way",
    ),
}


@pytest.mark.parametrize("wrong", WRONG_IN_EXAMPLE.values(), ids=WRONG_IN_EXAMPLE.keys())
def test_is_refused_with_its_line(
    wrong: tuple[str, str, str], example: str, refused: Refused
) -> None:
    old, new, beginning = wrong
    assert old in example

    assert any(said.startswith(beginning) for said in refused(example.replace(old, new, 1)))
    assert not Department.objects.exists()


# a whole file, and its only refusal
WRONG_WHOLE = {
    "": "1: The file is empty. Start with a section such as rules:.",
    "# nothing\n": "1: The file is empty. Start with a section such as rules:.",
    "- a\n- b\n": "1: The file is not a mapping. Start with a section such as rules:.",
    "metrics:\n\t- {key: a}\n": (
        "2: A tab indents this line, which YAML does not allow. Use spaces."
    ),
    "segments: [a]\n---\nsegments: [b]\n": (
        "2: A second document begins here. Keep everything in one, without '---' between."
    ),
    "segments: a: b\n": (
        "1: This is not YAML: mapping values are not allowed here. Look here and at the line above."
    ),
    "segments: &all [*all]\n": "1: This is repeated without end. Write it out.",
    "segments: !thing [a]\n": "1: The tag !thing means nothing here. Take it out.",
    "segments: {a: 1}\n": "1: segments is not a list. Write [ … ] or lines with '- '.",
    "segments: [1]\n": "1: 1 is not a key. Put it in quotes.",
    "departments:\n  - {key: a, parent: b}\n  - {key: b, parent: a}\n": (
        "2: department a is its own parent. Break the circle."
    ),
    "metrics: [{key: a, kind: score, scale: [0, .inf]}]": (
        "1: .inf is no number to reckon with. Write a finite one."
    ),
    'sources: [{key: a, mapping: [{field: b, to: segment, values: {c: "\\0"}}]}]': (
        "1: This holds a character that is none. Take it out."
    ),
}


@pytest.mark.parametrize(("text", "sentence"), WRONG_WHOLE.items())
def test_a_whole_file_is_refused_in_one_sentence(
    text: str, sentence: str, refused: Refused
) -> None:
    assert refused(text) == [sentence]


def test_everything_wrong_is_said_at_once(example: str, refused: Refused) -> None:
    wrong = example.replace("owner:", "ownr:").replace("window: 1d", "window: 7m")

    lines = [int(said.split(":")[0]) for said in refused(wrong)]

    assert lines == sorted(lines)
    assert {34, 43} <= set(lines)


def test_a_retired_object_is_not_a_reference(apply: Apply, refused: Refused) -> None:
    apply("metrics: [{key: a, kind: csat}, {key: b, kind: csat}]\n")
    apply("metrics: [{key: a, kind: csat}]\n", prune=True)

    said = refused("routes: [{when: {metric: b}, to: it}]\ndepartments: [{key: it}]\n")

    assert said == [
        "1: There is no metric 'b'. "
        "It is retired: add it to the file to bring it back, or name another."
    ]


def test_a_file_is_named_in_its_refusals(tmp_path: Path) -> None:
    path = tmp_path / "air.yaml"
    path.write_bytes(b"segments: [a]\n# \xe9\n")

    with pytest.raises(ConfigurationRefused) as raised:
        apply_configuration(path, now=NOW)

    assert str(raised.value) == "air.yaml:2: This is not UTF-8 text. Save the file as UTF-8."


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationRefused, match="cannot be read: No such file"):
        apply_configuration(tmp_path / "none.yaml", now=NOW)
    with pytest.raises(ConfigurationRefused, match="This is a folder"):
        apply_configuration(tmp_path, now=NOW)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("when: {touchpoint: gate}", "gate"),
        ("when: {pain_category: anger}", "anger"),
        ("steps: [{text: Wait, within: soon}]", "working time such as 4h"),
        ("steps: [{text: Wait, kind: magic}]", "magic"),
    ],
)
def test_a_playbook_names_what_is_there(
    refused: Refused, applied: str, wrong: str, said: str
) -> None:
    assert said in refused(f"playbooks:\n  - {{key: call, name: Call, {wrong}}}\n")[0]
