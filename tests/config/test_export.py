"""What is in force, written as a file, is what is in force."""

import pytest

from config.configuration import apply_configuration, check_configuration
from cx_loop.actions.configure.export import exported
from cx_loop.actions.voice_words import drop_word
from cx_loop.logic.voice.words import Word
from cx_loop.messaging.endpoints import endpoint_of
from cx_loop.models import SYSTEM, Department
from cx_loop.reads.lexicon import own_words
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_an_export_applied_again_changes_nothing(applied: str) -> None:
    text = exported()
    for section in (
        "organization",
        "departments",
        "metrics",
        "journeys",
        "rules",
        "routes",
        "escalation",
    ):
        assert f"{section}:" in text
    assert str(check_configuration(text)) == "nothing to change"


def test_an_address_outside_is_told_by_its_fingerprint(applied: str) -> None:
    endpoint = endpoint_of("https://chat.example/secret", now=NOW)
    Department.objects.filter(key="it").update(notify=["email", endpoint.fingerprint])
    text = exported("department", key="it")
    assert "secret" not in text
    assert f"kept:{endpoint.fingerprint}" in text
    assert str(check_configuration(text)) == "nothing to change"


def test_a_fingerprint_of_no_address_is_refused(applied: str) -> None:
    with pytest.raises(Exception, match="No such address is kept"):
        check_configuration("departments:\n  - {key: it, notify: ['kept:0123456789ab']}\n")


def test_own_words_go_out_and_come_back(applied: str) -> None:
    text = (
        "words:\n"
        "  - {text: 慢死了, meaning: pain, category: efficiency}\n"
        "  - {text: long, meaning: out}\n"
    )
    apply_configuration(text, now=NOW)
    assert set(own_words()) == {Word("慢死了", "pain", "efficiency"), Word("long", "")}
    assert str(check_configuration(exported("word"))) == "nothing to change"
    drop_word(text="long", by=SYSTEM, now=NOW)
    assert "long" not in exported("word")
    apply_configuration("words: []\n", now=NOW, prune=True)
    assert own_words() == []


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("{text: Slow, meaning: pain}", "lower case"),
        ("{text: gate, meaning: topic}", "A topic has a category"),
        ("{text: a! b, meaning: pain}", "ends a clause"),
    ],
)
def test_a_word_that_cannot_be_used_is_refused(applied: str, word: str, why: str) -> None:
    with pytest.raises(Exception, match=why):
        check_configuration(f"words:\n  - {word}\n")


def test_journeys_come_with_all_that_stands_in_them() -> None:
    file = """
departments: [{key: ground-ops}, {key: it}]
segments: [gold]
metrics: [{key: wait, kind: duration}]
journeys:
  - key: flight
    name: {en: Flight, zh-hans: 飞行}
    stages:
      - key: departure
        touchpoints:
          - {key: desk, owner: it, expectation: {gold: 4}, front_stage: false}
          - key: boarding
            owner: ground-ops
            support: [it]
            blueprint: {customer: Queues}
            standards: [{text: On time, metric: wait, target: 20}]
    viewpoints:
      - key: soon
        to_be: true
        stops: [{touchpoint: boarding, felt: 3}, {stage: departure, name: A call}]
"""
    apply_configuration(file, now=NOW)
    text = exported("journey", key="flight")
    assert str(check_configuration(text)) == "nothing to change"
    for said in ("Flight", "expectation: {gold: 4", "blueprint:", "On time", "felt: 3", "A call"):
        assert said in text
