import base64

import pytest

from cx_loop.logic.signatures import secret_bytes, sign

# the example of the specification of Standard Webhooks
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_published_example_is_signed_as_published():
    body = b'{"test": 2432232314}'
    assert sign([SECRET], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == SIGNATURE


def test_two_secrets_give_two_signatures():
    other = "whsec_" + base64.b64encode(b"x" * 32).decode()
    both = sign([SECRET, other], "id", 1, b"").split(" ")
    assert both == [sign([SECRET], "id", 1, b""), sign([other], "id", 1, b"")]


@pytest.mark.parametrize(
    "secret", ["whsec_", "whsec_c2hvcnQ=", "whsec_***", "whsec_" + "QUFB" * 40]
)
def test_an_unusable_secret_is_refused(secret):
    with pytest.raises(ValueError, match="A webhook secret"):
        secret_bytes(secret)
