from collections.abc import Callable
from pathlib import Path

import pytest

from config.configuration import Changes, ConfigurationRefused, apply_configuration
from tests.factories import NOW

EXAMPLE = Path(__file__).parents[2] / "deploy" / "example.yaml"
ENVIRONMENT = {"TYPEFORM_SECRET": "knock knock"}

Apply = Callable[..., Changes]
Refused = Callable[..., list[str]]


@pytest.fixture
def example() -> str:
    return EXAMPLE.read_text("utf-8")


@pytest.fixture
def apply(db: None) -> Apply:
    def run(text: str, *, overwrite: bool = False, prune: bool = False) -> Changes:
        return apply_configuration(
            text, now=NOW, environment=ENVIRONMENT, overwrite=overwrite, prune=prune
        )

    return run


@pytest.fixture
def refused(apply: Apply) -> Refused:
    """Apply what must be refused; the sentences without the name of the file: `12: …`."""

    def run(text: str, **options: bool) -> list[str]:
        with pytest.raises(ConfigurationRefused) as raised:
            apply(text, **options)
        return [said.removeprefix("configuration:") for said in raised.value.refusals]

    return run


@pytest.fixture
def applied(apply: Apply, example: str) -> str:
    """The example, applied; gives its text, to be changed and applied again."""
    apply(example)
    return example
