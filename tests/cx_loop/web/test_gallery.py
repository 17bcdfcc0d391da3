"""The gallery of components, and what a page may weigh."""

import pytest

from cx_loop.ui.icons import PATHS
from tests import factories
from tests.pages import reading_as, seen

pytestmark = pytest.mark.django_db


def test_the_gallery_shows_every_icon_and_chart_to_who_is_signed_in() -> None:
    factories.make_organization()
    page = seen(reading_as(factories.make_user()), "/gallery/")
    assert all(f"</svg> {name}</span>" in page for name in PATHS)
    for part in ("chart matrix", 'class="curve"', "before-after", "heat shade-5", 'class="spark"'):
        assert part in page
    assert page.count("No data yet: the chart appears") == 2
    assert len(page.encode()) < 200_000
