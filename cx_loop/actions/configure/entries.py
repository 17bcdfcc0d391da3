"""People and departments as a file would say them, without giving away who may be written to."""

from typing import Any

from cx_loop.actions.configure.kinds import Draft, entry_of
from cx_loop.logic.configuration.differences import Form
from cx_loop.logic.configuration.shapes import KEPT
from cx_loop.logic.configuration.tree import Node
from cx_loop.messaging.door import Unreachable, check_written
from cx_loop.models import Endpoint
from cx_loop.models.encryption import fingerprint


def told_by(way: str) -> str:
    """An address may be a key to a chat: what is compared, printed and kept is its fingerprint."""
    if way.startswith(KEPT):
        return way.removeprefix(KEPT)
    return way if way == "email" else fingerprint(way)


def check_ways(draft: Draft, department: Node) -> None:
    """As the pages do: an internal address would be taken, and fail in silence at every event.

    What is said by its fingerprint must be an address already.
    """
    for node in department.at("notify").items:
        try:
            if _is_kept(node.content):
                _check_kept(draft, node)
            elif node.content != "email":
                check_written(str(node.content))
        except (ValueError, Unreachable) as refusal:
            draft.report.refuse(node, str(refusal))


def _check_kept(draft: Draft, node: Node) -> None:
    kept = str(node.content).removeprefix(KEPT)
    if not Endpoint.objects.filter(fingerprint=kept).exists():
        draft.report.refuse(node, "No such address is kept. Write the https:// address.")


def _is_kept(way: object) -> bool:
    return isinstance(way, str) and way.startswith(KEPT)


def entry_of_person(email: str, form: Form) -> dict[str, Any]:
    return {"email": email, **{name: form[name] for name in ("name", "roles") if form[name]}}


def entry_of_department(key: str, form: Form) -> dict[str, Any]:
    """Addresses are told by their fingerprint: whoever reads the file could use them else."""
    told = [way if way == "email" else f"{KEPT}{way}" for way in form["notify"]]
    entry = entry_of(key, {**form, "notify": told})
    if not told:
        entry["notify"] = []  # nobody is told, which is not the default
    if form["calendar"]:
        entry["calendar"] = {name: said for name, said in form["calendar"].items() if said}
    return entry
