"""Where observations come from. A secret is stored encrypted and compared by its fingerprint."""

from collections.abc import Iterator
from datetime import datetime

from cx_loop.actions.configure.kinds import Draft, Kind, Wanted, retired
from cx_loop.logic.configuration.differences import Form
from cx_loop.logic.configuration.tree import Node
from cx_loop.models import Actor, Source
from cx_loop.models.encryption import decrypt, encrypt, fingerprint

SHOWN = 12  # digits of a fingerprint: enough to see a change, useless for anything else


def _read(draft: Draft, file: Node) -> Iterator[Wanted]:
    for node in file.at("sources").items:
        key = draft.claim("source", node)
        if key is None:
            continue
        mapping, secret = node.value("mapping", []), node.value("secret", "")
        if not isinstance(mapping, list):
            draft.report.refuse(node.at("mapping"), "The mapping of a source is a list. Write [].")
            continue
        form = {
            "tool": node.value("tool", "api"),
            "secret": fingerprint(secret)[:SHOWN],
            "mapping": mapping,
            "retired": False,
        }
        yield Wanted(key, form, node, secret=secret)


def _current() -> dict[str, Form]:
    return {
        row.key: {
            "tool": row.tool,
            "secret": _fingerprint_of(row),
            "mapping": row.mapping,
            "retired": row.retired_at is not None,
        }
        for row in Source.objects.all()
    }


def _fingerprint_of(source: Source) -> str:
    try:
        return fingerprint(decrypt(source.secret))[:SHOWN]
    except ValueError:
        return "unreadable"


def save_source(*, wanted: Wanted, by: Actor, now: datetime) -> Source:
    saved, _ = Source.objects.update_or_create(
        key=wanted.key,
        defaults={
            "tool": wanted.form["tool"],
            "secret": encrypt(wanted.secret),
            "mapping": wanted.form["mapping"],
            "retired_at": None,
        },
    )
    return saved


# adopts: creating a key makes the source "api", which no file lists and --prune must not retire
SOURCE = Kind("source", "sources", _read, _current, save_source, retired(Source), adopts=True)
