"""The organisation: one row."""

from collections.abc import Iterator
from datetime import datetime

from cx_loop.actions.configure.kinds import Draft, Kind, Wanted, names_of, speaks
from cx_loop.logic.configuration.differences import Form
from cx_loop.logic.configuration.tree import Node
from cx_loop.logic.working_time import WorkingHours
from cx_loop.models import Actor, Organization

KEY = ""


def _read(draft: Draft, file: Node) -> Iterator[Wanted]:
    node = file.fields.get("organization")
    if node is None or not draft.report.is_clean(node):
        return
    timezone = node.value("timezone", "UTC")
    try:
        WorkingHours(timezone=timezone)
    except ValueError as refusal:
        draft.report.refuse(node.at("timezone"), str(refusal))
        return
    languages = [language.lower() for language in node.value("languages", ["en"])]
    if not all(speaks(draft, node, f"languages.{place}") for place in range(len(languages))):
        return
    form = {"name": names_of(node), "timezone": timezone, "languages": languages}
    yield Wanted(KEY, form, node)


def _current() -> dict[str, Form]:
    row = Organization.objects.first()
    if row is None:
        return {}
    return {KEY: {"name": row.name, "timezone": row.timezone, "languages": row.languages}}


def save_organization(*, wanted: Wanted, by: Actor, now: datetime) -> Organization:
    saved, _ = Organization.objects.update_or_create(id=1, defaults=dict(wanted.form))
    return saved


def _entry(key: str, form: Form) -> Form:
    return dict(form)


ORGANIZATION = Kind(
    "organization", "organization", _read, _current, save_organization, adopts=True, entry=_entry
)
