"""You said, we mended: two sentences, public only when a lead has released them."""

from typing import Any

import pytest
from django.test import Client

from cx_loop import clock
from cx_loop.models import Actor, Journey
from tasks.actions.errors import Forbidden, Invalid
from tasks.actions.mended import release_sentence, write_sentence
from tasks.models import Task
from tests.factories import NOW, make_admin, make_recovery
from tests.pages import reading_as, seen
from tests.tasks.conftest import Mended

pytestmark = pytest.mark.django_db
SAID = {"en": "Boarding felt slow.", "zh-hans": "登机太慢。"}
MENDED = {"en": "A second gate opens.", "zh-hans": "高峰时开放第二登机口。"}


def written(world: Mended, task: Task, version: int = 0, **more: Any) -> int:
    texts = {"said": SAID, "mended": MENDED, **more}
    said = {"number": task.number, "version": version, **texts}
    return write_sentence(**said, by=Actor(world.ana), now=NOW).version


def test_a_lead_releases_what_was_written_and_a_change_takes_it_back(world: Mended) -> None:
    task = world.mend()
    version = written(world, task)
    with pytest.raises(Forbidden):
        release_sentence(number=task.number, version=version, by=Actor(world.ana), now=NOW)
    kept = release_sentence(number=task.number, version=1, by=Actor(world.lead), now=NOW)
    assert kept.released_by == world.lead
    assert written(world, task, 1) == 2
    kept.refresh_from_db()
    assert kept.released_at is None
    with pytest.raises(Invalid):
        release_sentence(number=task.number, version=1, by=Actor(world.lead), now=NOW)


def test_what_is_not_proven_or_a_customers_own_stays_inside(world: Mended) -> None:
    task = world.mend()
    make_recovery(world.boarding, "等了四十分钟没人解释", task=task)
    found = {}
    for text in ("Half of you wait 5 minutes less.", "等了四十分钟没人解释", "Now 4.4 of five."):
        try:
            written(world, task, mended={**MENDED, "en": text})
        except Invalid as refusal:
            found[text] = {code for _field, code, _message in refusal.problems}
    assert found == {
        "Half of you wait 5 minutes less.": {"number_not_proven"},
        "等了四十分钟没人解释": {"customers_words"},
    }


def test_the_page_is_off_until_an_admin_switches_it_on(world: Mended) -> None:
    task, admin = world.mend(), reading_as(make_admin())
    written(world, task)
    journey = Journey.objects.get()
    public, nobody = f"/mended/{journey.key}/", Client()
    assert seen(nobody, public, status=404)
    switch = f"/journeys/{journey.key}/mended/"
    with clock.set_to(NOW):
        assert reading_as(world.lead).post(switch, {"on": "yes"}).status_code == 302
        assert not Journey.objects.get().public_page
        assert admin.post(switch, {"on": "yes"}).status_code == 302
    assert MENDED["en"] not in seen(nobody, public)
    release_sentence(number=task.number, version=1, by=Actor(world.lead), now=NOW)
    assert MENDED["en"] in seen(nobody, public)
    assert MENDED["zh-hans"] in seen(nobody, public, **{"Accept-Language": "zh-CN"})
    assert MENDED["zh-hans"] in seen(nobody, f"{public}zh-hans/")
    answer = nobody.get(public)
    assert answer.headers["Cache-Control"].startswith("public")
    assert (answer.headers["Vary"], len(answer.cookies)) == ("Accept-Language", 0)
    assert not admin.get(public).cookies
    Task.objects.update(state="open", resolution="", closed_at=None, next_due_at=NOW)
    assert MENDED["en"] not in seen(nobody, public)
