"""Working hours as a list of departments says them."""

from django.utils import translation

from cx_loop.ui.words import say_hours


def test_weekdays_are_said_in_the_readers_language() -> None:
    hours = {"mon-fri": "09:00-18:00", "sat,sun": "10:00-12:00"}
    assert say_hours(hours) == "Mon–Fri 09:00-18:00, Sat/Sun 10:00-12:00"
    with translation.override("zh-hans"):
        assert say_hours(hours) == "周一至周五 09:00-18:00, 周六/周日 10:00-12:00"
