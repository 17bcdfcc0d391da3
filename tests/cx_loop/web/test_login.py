import pytest
from django.core.cache import cache
from django.test import Client

from cx_loop.web import throttle
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
WRONG = "This e-mail and password do not fit together."


@pytest.fixture(autouse=True)
def _nobody_has_tried() -> None:
    cache.clear()


def _try(client: Client, email: str, password: str, **more: str) -> tuple[int, str]:
    answer = client.post("/login/", {"email": email, "password": password, **more})
    return answer.status_code, answer.content.decode() or answer["Location"]


def test_a_person_signs_in_by_e_mail_in_any_case(client: Client) -> None:
    make_user("ana@example.com")
    assert _try(client, "Ana@Example.com", PASSWORD) == (302, "/")


def test_wrong_password_and_unknown_address_get_the_same_answer(client: Client) -> None:
    make_user("ana@example.com")
    known = _try(client, "ana@example.com", "wrong")
    unknown = _try(client, "nobody@example.com", "wrong")
    assert known[0] == unknown[0] == 422
    assert WRONG in known[1]
    assert WRONG in unknown[1]


def test_a_person_who_left_cannot_sign_in(client: Client) -> None:
    make_user("ana@example.com", is_active=False)
    assert _try(client, "ana@example.com", PASSWORD)[0] == 422


def test_the_eleventh_try_is_refused_even_with_the_right_password(client: Client) -> None:
    make_user("ana@example.com")
    for _ in range(throttle.LIMIT):
        _try(client, "ana@example.com", "wrong")
    status, page = _try(client, "ana@example.com", PASSWORD)
    assert status == 422
    assert "Too many tries." in page


def test_the_tenth_try_still_counts(client: Client) -> None:
    make_user("ana@example.com")
    for _ in range(throttle.LIMIT - 1):
        _try(client, "ana@example.com", "wrong")
    assert _try(client, "ana@example.com", PASSWORD)[0] == 302


def test_one_account_tried_often_does_not_lock_another(client: Client) -> None:
    make_user("lin@example.com")
    for _ in range(throttle.LIMIT):
        _try(client, "ana@example.com", "wrong")
    assert _try(client, "lin@example.com", PASSWORD)[0] == 302


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_log_in_leads_to_our_own_pages_only(client: Client, wanted: str) -> None:
    make_user("ana@example.com")
    assert _try(client, "ana@example.com", PASSWORD, next=wanted) == (302, "/")


def test_logging_out_is_a_post(client: Client) -> None:
    client.force_login(make_user())
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/")["Location"] == "/login/"
    assert client.get("/")["Location"] == "/login/?next=/"
