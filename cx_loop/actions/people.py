"""What people decide about themselves."""

from cx_loop.models import User


def choose_language(*, user: User, language: str) -> User:
    """The language the person reads from now on. A preference, so it leaves no activity."""
    user.language = language
    user.save(update_fields=["language"])
    return user
