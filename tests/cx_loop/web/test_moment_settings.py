"""How moments are weighed is set in a page, as a file would set it."""

import pytest
from django.test import Client

from config.configuration import check_configuration
from cx_loop import clock
from cx_loop.actions.configure.export import exported
from cx_loop.models import Activity, MomentWeights
from tests.factories import NOW, make_admin, make_metric, make_organization
from tests.pages import reading_as, retyped, seen

pytestmark = pytest.mark.django_db
PAGE = "/settings/moments/"


@pytest.fixture
def admin() -> Client:
    make_organization()
    make_metric("wait", kind="duration")
    make_metric("felt", kind="score", low=-5, high=5)
    return reading_as(make_admin())


def sent(client: Client, said: dict[str, object]) -> tuple[int, str]:
    with clock.set_to(NOW):
        answer = client.post(PAGE, said)
    return answer.status_code, answer.content.decode()


def test_weights_are_set_in_a_page_as_in_a_file(admin: Client) -> None:
    page = seen(admin, PAGE)
    assert 'value="felt"' in page
    assert 'value="wait"' not in page  # no scale to read satisfaction from
    said = retyped(admin, PAGE, metric="felt", goal="1", recall_mean="0", for_end="")
    assert sent(admin, said)[0] == 302
    kept = MomentWeights.objects.get()
    assert (kept.metric and kept.metric.key, kept.goal, kept.days) == ("felt", 1, 28)
    assert (kept.recall.mean, kept.factors.peak, kept.factors.end) == (0, 0.5, 0.5)
    text = exported("moments")
    assert "metric: felt" in text
    assert str(check_configuration(text)) == "nothing to change"
    assert Activity.objects.get(subject="moments", verb="configured").params["change"] == "created"


def test_a_stale_page_does_not_write_over_a_newer_one(admin: Client) -> None:
    first = retyped(admin, PAGE, days="7")
    assert sent(admin, first)[0] == 302
    stale = {**retyped(admin, PAGE, days="14"), "opened": "older"}
    status, page = sent(admin, stale)
    assert (status, "Somebody changed this meanwhile" in page) == (409, True)
    assert MomentWeights.objects.get().days == 7


def test_what_a_file_may_not_say_is_refused_at_its_field(admin: Client) -> None:
    zero = retyped(admin, PAGE, recall_peak="0", recall_end="0", recall_mean="0")
    status, page = sent(admin, zero)
    assert (status, "cannot all weigh 0" in page) == (422, True)
    with clock.set_to(NOW):
        form = admin.post(PAGE, zero).context["form"]
    assert list(form.errors) == ["recall_peak"]
    assert not MomentWeights.objects.exists()
