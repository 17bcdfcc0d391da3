"""The moment every story happens at, and numbers nobody has taken."""

from datetime import UTC, datetime
from itertools import count

NOW = datetime(2025, 11, 21, 8, 0, tzinfo=UTC)  # a Friday, 16:00 in Shanghai
PASSWORD = "a long enough password"
serial = count(1)
