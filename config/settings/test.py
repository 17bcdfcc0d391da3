"""Settings of the test suite: stricter than production."""

from config.settings.base import *  # noqa: F403
from config.settings.base import TEMPLATES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PUBLIC_URL = "http://testserver"
# a test sees what its request led to, in its own transaction
EVALUATES_BESIDE_REQUESTS = False
# nothing is collected for tests: files are found when asked for
WHITENOISE_AUTOREFRESH = True
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]


class UndefinedVariable(str):
    """An undefined template variable fails the test instead of rendering as nothing."""

    __slots__ = ()

    def __mod__(self, missing: object) -> str:
        raise AssertionError(f"undefined template variable: {missing}")

    def __contains__(self, part: object) -> bool:
        return part == "%s"


TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UndefinedVariable("%s")
