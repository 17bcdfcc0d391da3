"""Telling customers what was mended, over the REST API: the words, who approves them, and once."""

from collections.abc import Iterator
from typing import Any

import pytest

from cx_loop import clock
from tasks.models import Told
from tests.api_stories import codes, get, post, with_key
from tests.factories import NOW, make_admin, make_user
from tests.tasks.conftest import Mended

WORDS = {
    "name": "Mended",
    "subject": {"en": "You told us", "zh-hans": "您的反馈"},
    "text": {"en": "{mended} {stop}", "zh-hans": "{mended}{stop}"},
}
SAID = {
    "said": {"en": "Boarding took long.", "zh-hans": "登机太慢。"},
    "mended": {"en": "A second gate opens.", "zh-hans": "增开一个登机口。"},
}


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with clock.set_to(NOW):
        yield


def test_words_are_written_by_one_and_approved_by_another(world: Mended) -> None:
    key, as_ana = with_key("work"), {"as": world.ana.email}
    made = post(key, "templates/", 201, **WORDS, **as_ana)
    assert (made["version"], made["approved_by"], made["journey"]) == (1, None, None)
    url = f"templates/{made['id']}/"
    assert post(world.ana, f"{url}approve/", 403, version=1)["code"] == "lead_only"
    assert post(world.lead, f"{url}approve/", version=1)["approved_by"] == str(world.lead)
    other = {"subject": {"en": "We mended it"}}
    newer = post(world.lead, f"{url}change/", 409, **other)["newer"]
    changed = post(world.lead, f"{url}change/", version=newer["version"], **other)
    assert (changed["approved_at"], changed["subject"]["zh-hans"]) == (None, "您的反馈")
    assert post(world.lead, f"{url}approve/", 403, version=2)["code"] == "own_words"
    assert get(world.ana, "templates/", approved="true")["results"] == []
    post(world.ana, f"{url}retire/", version=2)
    get(world.ana, url, 404)


def test_wrong_words_are_told_by_language(world: Mended) -> None:
    wrong: dict[str, Any] = {**WORDS, "name": "", "text": {"en": "{who}", "zh-hans": "{stop}"}}
    found = codes(post(world.ana, "templates/", 400, **wrong))
    assert found == {"name": "required", "text.en": "stop_missing"}
    assert codes(post(world.ana, "templates/", 400, text={"fr": "x"}))["text.fr"]
    post(make_user(is_analyst=True), "templates/", 403, **WORDS)


def test_sentences_are_released_by_a_lead_and_customers_told_once(world: Mended) -> None:
    world.answered("wei@example.com", contact=True)
    world.answered("li@example.com", contact=False)
    task = world.mend()
    url = f"tasks/{task.number}/"
    assert get(world.ana, f"{url}sentences/")["version"] == 0
    numbers = {**SAID, "mended": {"en": "9 gates", "zh-hans": "好了"}}
    refused = codes(post(world.ana, f"{url}sentences/", 400, **numbers))
    assert refused == {"mended.en": "number_not_proven"}
    assert post(world.ana, f"{url}sentences/", **SAID)["version"] == 1
    made = post(world.ana, "templates/", 201, **WORDS)
    post(world.lead, f"templates/{made['id']}/approve/", version=1)
    said = {"template": made["id"], "version": 1}
    assert codes(post(world.ana, f"{url}told/", 400, **said)) == {"template": "sentence_missing"}
    post(world.ana, f"{url}sentences/release/", 403, version=1)
    assert post(world.lead, f"{url}sentences/release/", version=1)["released_at"]
    before = get(world.ana, f"{url}told/")
    assert (before["mail"], before["left_out"]) == (1, {"no_consent": 1})
    told = post(world.ana, f"{url}told/", **said)
    assert (told["mail"], told["tellings"][0]["mail"], Told.objects.count()) == (0, 1, 1)
    get(make_user(), f"{url}told/", 404)
    assert post(make_admin(), f"{url}sentences/withdraw/", version=1)["released_at"] is None
