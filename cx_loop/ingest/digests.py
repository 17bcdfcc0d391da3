"""What an observation and a customer are known by."""

import hmac
from hashlib import blake2b

from django.conf import settings


def digest_of(source_id: int, external_id: str, metric: str) -> bytes:
    """The 16 bytes an observation is known by; `metric` is '' for a comment alone."""
    return blake2b(f"{source_id}\0{external_id}\0{metric}".encode(), digest_size=16).digest()


def pseudonym(customer: str) -> bytes:
    """A keyed hash: the customer cannot be read from it, yet can be found to be erased."""
    return hmac.digest(settings.KEY_PEPPER.encode(), customer.encode(), "sha256")[:16]
