"""Comments are heard once, as they stand, and what is counted of them follows."""

from typing import Any

import pytest

from cx_loop.actions.voice import listen, listen_anew
from cx_loop.actions.voice_words import correct, drop_word, save_word
from cx_loop.ingest.recount import recount
from cx_loop.ingest.removal import remove_customer, remove_observation
from cx_loop.logic.voice.words import Word
from cx_loop.models import Actor, Feedback, Metric, Rollup, Source, VoiceWord
from tests.cx_loop.ingest.conftest import NOW, accept, airline, make_airline, said, source
from tests.factories import make_user

__all__ = ["airline", "make_airline", "source"]
pytestmark = pytest.mark.usefixtures("airline")


def wrote(source: Source, comment: str, external_id: str = "r1", **more: Any) -> Feedback:
    accept(source, said(2, comment=comment, external_id=external_id, **more))
    listen(now=NOW)
    return Feedback.objects.get(comment=comment)


def counted() -> list[tuple[str, float, float]]:
    """What the metrics of comments add up to: metric, value, exposure."""
    assert not any(month.different for month in recount(rebuild=False))
    metrics = Metric.objects.exclude(comments="").order_by("key")
    return [
        (metric.key, sum(row.total for row in rows), sum(row.exposure for row in rows))
        for metric in metrics
        if (rows := list(Rollup.objects.filter(grain=5, series_id__in=metric.series_set.all())))
    ]


@pytest.fixture
def pains() -> Metric:
    return Metric.objects.create(
        key="pains", kind="rate", comments="pain", direction="lower_is_better"
    )


def test_a_comment_is_heard_with_who_read_it(source: Source) -> None:
    row = wrote(source, "等了很久，打13812345678没人接")
    assert {(each[0], each[1]) for each in row.mentions} >= {("pain", "communication")}
    assert row.redacted == "等了很久，打[phone]没人接"
    assert row.analyser.startswith("lexicon@")
    assert row.polarity is not None
    assert row.polarity < 0
    assert listen(now=NOW) == 0


def test_a_comment_that_changed_is_heard_again(source: Source) -> None:
    wrote(source, "太慢")
    row = wrote(source, "空姐很热情")
    assert [each[:2] for each in row.mentions] == [["delight", "emotion"]]


def test_the_share_naming_a_pain_is_a_metric(source: Source, pains: Metric) -> None:
    wrote(source, "太慢")
    wrote(source, "空姐很热情", "r2")
    assert counted() == [("pains", 1, 2)]


def test_a_share_may_be_of_one_category(source: Source) -> None:
    Metric.objects.create(key="slow", kind="rate", comments="pain_efficiency")
    wrote(source, "太慢")
    wrote(source, "态度恶劣", "r2")
    assert counted() == [("slow", 1, 2)]


def test_what_is_counted_follows_what_is_written(source: Source, pains: Metric) -> None:
    wrote(source, "太慢")
    wrote(source, "很快")
    assert counted() == [("pains", 0, 1)]
    accept(source, said(2, external_id="r1"))
    listen(now=NOW)
    assert (counted(), Feedback.objects.count()) == ([("pains", 0, 0)], 0)


def test_what_is_taken_out_is_counted_no_more(source: Source, pains: Metric) -> None:
    wrote(source, "太慢", customer="wei@example.com")
    wrote(source, "太慢了", "r2")
    assert remove_customer(customer="wei@example.com", now=NOW).removed == 1
    assert counted() == [("pains", 1, 1)]
    assert remove_observation(source=source, external_id="r2", now=NOW).removed == 1
    assert counted() == [("pains", 0, 0)]


def test_a_correction_holds_until_the_comment_changes(source: Source, pains: Metric) -> None:
    row, by = wrote(source, "慢工出细活"), Actor(make_user())
    assert counted() == [("pains", 1, 1)]
    correct(feedback=row, mentions=[("delight", "quality")], by=by, now=NOW)
    listen_anew(now=NOW)
    listen(now=NOW)
    row.refresh_from_db()
    assert ([each[:2] for each in row.mentions], row.analyser) == (
        [["delight", "quality"]],
        "person",
    )
    assert counted() == [("pains", 0, 1)]
    assert wrote(source, "太慢").analyser.startswith("lexicon@")


def test_the_organisations_own_words_are_heard_at_once(source: Source) -> None:
    row, by = wrote(source, "又爆单了"), Actor(make_user())
    assert row.mentions == []
    save_word(word=Word("爆单", "pain", "efficiency"), by=by, now=NOW)
    listen(now=NOW)
    row.refresh_from_db()
    assert [each[:2] for each in row.mentions] == [["pain", "efficiency"]]
    assert drop_word(text="爆单", by=by, now=NOW)
    listen(now=NOW)
    row.refresh_from_db()
    assert (row.mentions, VoiceWord.objects.count()) == ([], 0)
