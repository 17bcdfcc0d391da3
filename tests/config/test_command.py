"""`manage.py configure`, and the page that documents its keys."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from config.configuration.apply import FORMAT
from cx_loop.logic.configuration.blocks import keys_below
from cx_loop.models import Department, Endpoint
from tests.config.conftest import EXAMPLE

DOCUMENT = Path(__file__).parents[2] / "docs" / "configuration.md"


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TYPEFORM_SECRET", "knock knock")


def configure(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("configure", *arguments, stdout=out)
    return out.getvalue().splitlines()


@pytest.mark.django_db
def test_check_says_what_would_change_and_changes_nothing() -> None:
    said = configure(str(EXAMPLE), "--check")

    assert "+ rule boarding-wait" in said
    assert "would change, nothing written" in said
    assert not Department.objects.exists()


@pytest.mark.django_db
def test_every_key_of_the_example_is_used() -> None:
    said = configure(str(EXAMPLE), "--check")

    assert not any("not used yet" in line for line in said)
    assert not any("rules.window" in line for line in said)


@pytest.mark.django_db
def test_a_webhook_address_is_kept_encrypted_and_told_by_its_fingerprint(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(
        "departments: [{key: it, notify: [email, 'https://example.com/hook/not-to-be-read']}]\n"
    )

    assert not any("not-to-be-read" in line for line in configure(str(path)))
    endpoint = Endpoint.objects.get()
    assert Department.objects.get().notify == ["email", endpoint.fingerprint]
    assert "not-to-be-read" not in endpoint.address
    assert configure(str(path)) == ["nothing to change"]


@pytest.mark.django_db
def test_applied_twice_there_is_nothing_to_change() -> None:
    assert "+ organization" in configure(str(EXAMPLE))
    assert configure(str(EXAMPLE)) == ["nothing to change"]


@pytest.mark.django_db
def test_a_refusal_ends_the_command(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("segmets: [a]\n")

    with pytest.raises(CommandError) as raised:
        configure(str(path))

    assert str(raised.value) == (
        "a.yaml:1: Unknown key 'segmets' of a configuration. Did you mean 'segments'?\n"
        "refused for 1 reason, nothing changed"
    )


def test_the_documentation_lists_every_key() -> None:
    rows = [line for line in DOCUMENT.read_text("utf-8").splitlines() if line.startswith("| `")]
    documented = {row.split("`")[1]: row for row in rows}

    known = dict(keys_below(FORMAT))
    assert documented.keys() == known.keys()
    for path, key in known.items():
        cells = [cell.strip() for cell in documented[path].strip("|").split("|")]
        wanted = "required" if key.required else key.default
        assert cells == [f"`{path}`", key.shape.words, wanted, "yes" if key.used else "not yet"]
